"""Packages from files, directories, repositories, addresses and indexes of their own: what the lock has of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest
from fakes import wheel
from world import MANIFEST, SYSTEM, World

from jupyflake import bundles, locking, store
from jupyflake.errors import JupyflakeError
from jupyflake.fetch.plan import artifacts
from jupyflake.lock import loads

if TYPE_CHECKING:
    from pathlib import Path

    from jupyflake.lock import Lock, Wheel

pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("apt-get", "git", "gpg", "nix-store")),
    reason="apt, git, gpg or Nix is not installed",
)
PYPROJECT = """\
[project]
name = "{name}"
version = "{version}"
dependencies = {dependencies}

[build-system]
requires = ["setuptools>=70"]
build-backend = "setuptools.build_meta"
"""


@pytest.fixture(autouse=True)
def _builder(world: World) -> None:
    world.index.add("setuptools", "80.0")


def manifest(packages: str, sources: str = "", more: str = "") -> str:
    """Write a manifest whose Python kernel has these packages."""
    kernel = MANIFEST.replace('packages = ["numpy", "six"]', f"packages = {packages}\n{more}")
    return f"{kernel}\n[sources]\n{sources}\n"


def tree(directory: Path, name: str = "mylib", version: str = "0.3", dependencies: str = "[]") -> Path:
    """Make a package's directory."""
    directory.mkdir(parents=True, exist_ok=True)
    text = PYPROJECT.format(name=name, version=version, dependencies=dependencies)
    (directory / "pyproject.toml").write_text(text, encoding="utf-8")
    (directory / f"{name}.py").write_text("VALUE = 1\n", encoding="utf-8")
    return directory


def line(lock: Lock, name: str) -> Wheel:
    """Give the line of a package."""
    return next(each for each in lock.wheels if each.name == name)


def refused(world: World, text: str) -> JupyflakeError:
    """Lock what can't be locked; nothing is written."""
    with pytest.raises(JupyflakeError) as caught:
        world.lock(text)
    assert caught.value.hint
    assert "\n" not in caught.value.message
    assert not (world.directory / "jupyter.lock").exists()
    return caught.value


def git(directory: Path, *words: str) -> str:
    """Run git as somebody."""
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main")
    completed = subprocess.run(
        ["git", *identity, *words], cwd=directory, check=True, capture_output=True, text=True, encoding="utf-8"
    )
    return completed.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository with a package in a subdirectory, at the tag v1."""
    root = tmp_path / "bar.git"
    tree(root / "py", "bar", "1.0", '["six"]')
    git(root, "init", "--quiet")
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "one")
    git(root, "tag", "-a", "v1", "-m", "v1")
    return root


def test_a_wheel_of_the_project(world: World) -> None:
    """The lock has path and hash; what the wheel needs is locked too, and nothing of it is fetched."""
    path = world.directory / "wheels/foo-1.0-py3-none-any.whl"
    path.parent.mkdir()
    path.write_bytes(wheel("foo", "1.0", requires=("six",)))
    world.index.add("foo", "9.0")
    text = manifest('["foo>=1"]', 'foo = { path = "./wheels/foo-1.0-py3-none-any.whl" }')
    locked = world.lock(text)
    found = line(locked.lock, "foo")
    assert (found.version, found.source.path) == ("1.0", "wheels/foo-1.0-py3-none-any.whl")  # type: ignore[union-attr]
    assert "py" in line(locked.lock, "six").use
    assert str(world.directory) not in locked.text
    assert world.fetch(locked.lock).count > 0
    assert not any(each.file == found.file for each in artifacts(locked.lock, SYSTEM))
    assert locking.is_current(world.project(), locked.lock)
    path.write_bytes(wheel("foo", "1.0"))
    with pytest.raises(JupyflakeError, match="older than wheels/foo"):
        locking.require_current(world.project(), locked.lock)


def test_a_directory_of_the_project(world: World) -> None:
    """Modules change without a new lock, what is locked of its metadata does not; its build requirements are locked."""
    directory = tree(world.directory / "libs/mylib", dependencies='["six>=1"]')
    locked = world.lock(manifest('["mylib"]', 'mylib = { path = "libs/mylib" }'))
    assert line(locked.lock, "mylib").version == "0.3"
    assert "py" in line(locked.lock, "six").use
    assert list(line(locked.lock, "setuptools").use) == ["py+mylib"]
    (directory / "mylib.py").write_text("VALUE = 2\n", encoding="utf-8")
    pyproject = directory / "pyproject.toml"
    pyproject.write_text(pyproject.read_text(encoding="utf-8") + "[tool.ruff]\n", encoding="utf-8")
    assert locking.is_current(world.project(), locked.lock)
    tree(directory, dependencies='["six<2"]')
    with pytest.raises(JupyflakeError, match=r"older than libs/mylib/pyproject\.toml"):
        locking.require_current(world.project(), locked.lock)
    assert world.lock().lock != locked.lock


def test_an_editable_package(world: World) -> None:
    """It is in the kernel without being in its list; others that need it get it from there too."""
    tree(world.directory, "own", "2.0", '["mylib"]')
    tree(world.directory / "libs/mylib")
    locked = world.lock(manifest("[]", 'mylib = { path = "libs/mylib" }', 'editable = ["."]'))
    assert line(locked.lock, "own").source.path == "."  # type: ignore[union-attr]
    assert list(line(locked.lock, "mylib").use) == ["py"]


def test_what_a_program_says_is_asked_in_a_copy(world: World) -> None:
    """A version that setup.py computes is locked, and nothing is left in the directory."""
    directory = world.directory / "old"
    directory.mkdir()
    backend = 'requires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    (directory / "pyproject.toml").write_text(f"[build-system]\n{backend}", encoding="utf-8")
    code = (
        "import os\n"
        "def prepare_metadata_for_build_wheel(directory, settings=None):\n"
        "    os.makedirs('left')\n"
        "    os.makedirs(f'{directory}/old-7.dist-info')\n"
        "    with open(f'{directory}/old-7.dist-info/METADATA', 'w') as file:\n"
        "        file.write('Metadata-Version: 2.1\\nName: old\\nVersion: 3.' + str(4) + '\\nRequires-Dist: six\\n')\n"
        "    return 'old-7.dist-info'\n"
    )
    (directory / "backend.py").write_text(code, encoding="utf-8")
    locked = world.lock(manifest('["old"]', 'old = { path = "old" }'))
    assert line(locked.lock, "old").version == "3.4"
    assert sorted(path.name for path in directory.iterdir()) == ["backend.py", "pyproject.toml"]


def test_a_commit_of_a_repository(world: World, repository: Path) -> None:
    """Commit and hash are locked, the address is not; a tag that moves changes nothing until it is asked for anew."""
    source = f'bar = {{ git = "{repository.as_uri()}", tag = "v1", subdirectory = "py" }}'
    locked = world.lock(manifest('["bar"]', source))
    commit = git(repository, "rev-parse", "HEAD")
    assert line(locked.lock, "bar").source.commit == commit  # type: ignore[union-attr]
    assert str(repository) not in locked.text
    world.fetch(locked.lock)
    [path] = [each.store_path for each in artifacts(locked.lock, SYSTEM) if each.commit]
    assert store.missing([path]) == frozenset()
    tree(repository / "py", "bar", "2.0")
    git(repository, "commit", "--quiet", "-a", "-m", "two")
    git(repository, "tag", "-f", "v1")
    assert world.lock(manifest('["bar", "six"]', source)).lock.wheels == world.lock().lock.wheels
    assert line(world.lock().lock, "bar").version == "1.0"
    newer = world.lock(upgrade=frozenset({"bar"}))
    assert line(newer.lock, "bar").version == "2.0"


def test_a_commit_is_fetched_again_and_verified(world: World, repository: Path) -> None:
    """Another machine gets it from lock and manifest; other files than were locked are refused, as is a lost commit."""
    source = f"git+{repository.as_uri()}@v1#subdirectory=py"
    locked = world.lock(manifest(f'["bar @ {source}"]'))
    shutil.rmtree(world.directory.parent / "cache/git")
    world.fetch(locked.lock)
    text = locked.text.replace(line(locked.lock, "bar").sha256, "0" * 64)
    with pytest.raises(JupyflakeError) as other:
        world.fetch(loads(text))
    assert other.value.code == "JF392"
    text = locked.text.replace(git(repository, "rev-parse", "HEAD"), "f" * 40)
    shutil.rmtree(world.directory.parent / "nix")
    with pytest.raises(JupyflakeError) as gone:
        world.fetch(loads(text))
    assert gone.value.code == "JF391"


def test_a_commit_is_carried_in_a_bundle(world: World, repository: Path) -> None:
    """A machine without a network gets the files of the commit as it gets wheels, verified."""
    (repository / "py" / "link").symlink_to("bar.py")
    (repository / "py" / "bar.py").chmod(0o755)
    git(repository, "add", "-A")
    git(repository, "commit", "--quiet", "-m", "two")
    locked = world.lock(manifest('["bar"]', f'bar = {{ git = "{repository.as_uri()}", subdirectory = "py" }}'))
    world.fetch(locked.lock)
    wanted = artifacts(locked.lock, SYSTEM)
    file = world.directory / "x.tar"
    bundles.create(file, world.project().text, locked.text, {SYSTEM: wanted}, world.console)
    shutil.rmtree(world.directory.parent / "nix")
    used = bundles.use(file, locked.lock, SYSTEM, world.console)
    assert set(used.added) == {each.store_path for each in wanted}
    assert store.missing(used.added) == frozenset()


@pytest.mark.parametrize(
    ("source", "code", "words", "hint"),
    [
        ('git = "{url}", tag = "v2"', "JF294", 'no tag "v2"; there are v1', 'tag = "v1"'),
        ('git = "{url}", branch = "mian", subdirectory = "py"', "JF294", 'no branch "mian"', 'branch = "main"'),
        ('git = "{url}x"', "JF294", "there is no repository", "address"),
        ('git = "{url}"', "JF292", "no pyproject.toml", "py in it has one"),
        ('git = "{url}", subdirectory = "no"', "JF291", "no directory no", "subdirectory"),
        ('git = "{url}", rev = "abcdef0"', "JF294", "no commit abcdef0", "hash"),
        ('path = "qqqq"', "JF291", "no qqqq in the project", "put it there"),
        (
            'path = "wheels/bar-1-py3-none-any.wh"',
            "JF291",
            "no wheels/bar-1-py3-none-any.wh",
            'bar-1-py3-none-any.whl"',
        ),
        ('path = "jupyter.toml"', "JF291", "neither a directory, nor a wheel", "directory"),
        ('path = "wheels"', "JF292", "no pyproject.toml", "[project]"),
        ('path = "wheels/bar-1-py3-none-any.whl"', "JF292", "no wheel that can be read", "again"),
        ('path = "wheels/foo-1.0-py3-none-any.whl"', "JF293", "the package foo, not bar", "foo = {"),
        ('path = "wheels/bar-1.0-cp311-cp311-linux_x86_64.whl"', "JF293", "not for Python 3.13", "a wheel that is"),
        ('index = "company"', "JF297", 'have an index "company"', "UV_INDEX=company="),
        ('url = "http://127.0.0.1:9/bar-1-py3-none-any.whl"', "JF306", "cannot be reached", "network"),
    ],
)
def test_wrong_sources(world: World, repository: Path, source: str, *, code: str, words: str, hint: str) -> None:
    """Each says in one line what is wrong and what to write; the lock is not touched."""
    folder = world.directory / "wheels"
    folder.mkdir()
    (folder / "bar-1-py3-none-any.whl").write_bytes(b"no wheel")
    (folder / "foo-1.0-py3-none-any.whl").write_bytes(wheel("foo", "1.0"))
    own = wheel("bar", "1.0", tag="cp311-cp311-linux_x86_64")
    (folder / "bar-1.0-cp311-cp311-linux_x86_64.whl").write_bytes(own)
    error = refused(world, manifest('["bar"]', f"bar = {{ {source.format(url=repository.as_uri())} }}"))
    assert error.code == code
    assert words in error.message
    assert hint in (error.hint or "")
    assert error.where is not None
    assert error.where.startswith("jupyter.toml:")


def test_a_wheel_for_one_of_two_systems(world: World) -> None:
    """Each target system must get a file: a wheel for one of them is told while locking (astral-sh/uv #12162)."""
    folder = world.directory / "wheels"
    folder.mkdir()
    name = "bar-1.0-cp313-cp313-manylinux_2_28_x86_64.whl"
    (folder / name).write_bytes(wheel("bar", "1.0", tag="cp313-cp313-manylinux_2_28_x86_64"))
    text = manifest('["bar"]', f'bar = {{ path = "wheels/{name}" }}')
    assert line(world.lock(text).lock, "bar").file == name
    (world.directory / "jupyter.lock").unlink()
    error = refused(world, text.replace('["x86_64-linux"]', '["x86_64-linux", "aarch64-linux"]'))
    assert (error.code, "on aarch64-linux" in error.message) == ("JF293", True)


def test_no_git(world: World, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git the package that needs it is named."""
    monkeypatch.setattr("jupyflake.resolve.git.shutil.which", lambda _: None)
    error = refused(world, manifest('["bar"]', f'bar = {{ git = "{repository.as_uri()}" }}'))
    assert (error.code, "git" in (error.hint or "")) == ("JF295", True)


def test_dependencies_with_sources_of_their_own_are_not_taken_from_an_index(world: World) -> None:
    """A name that a package takes from beside it, and the project doesn't, is told, and never looked for elsewhere."""
    directory = tree(world.directory / "libs/mylib", dependencies='["inner"]')
    with (directory / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('[tool.uv.sources]\ninner = { path = "../inner" }\n')
    world.index.add("inner", "9.0")
    text = manifest('["mylib"]', 'mylib = { path = "libs/mylib" }')
    error = refused(world, text)
    assert (error.code, error.hint) == ("JF296", 'inner = { path = "libs/inner" }, in [sources]')
    tree(world.directory / "libs/inner", "inner", "0.1")
    locked = world.lock(text + 'inner = { path = "libs/inner" }\n')
    assert line(locked.lock, "inner").version == "0.1"


def test_a_file_at_an_address(world: World) -> None:
    """Its hash is locked and held to; %2B is a plus in its name (pyproject-nix/uv2nix #56)."""
    name = "baz-1.0+cpu-py3-none-any.whl"
    (world.web.root / "files").mkdir()
    (world.web.root / "files" / name).write_bytes(wheel("baz", "1.0+cpu"))
    text = manifest(f'["baz @ {world.web.url}/files/{name.replace("+", "%2B")}"]')
    locked = world.lock(text)
    assert (line(locked.lock, "baz").file, line(locked.lock, "baz").version) == (name, "1.0+cpu")
    assert world.web.url not in locked.text
    world.fetch(locked.lock)
    (world.web.root / "files" / name).write_bytes(wheel("baz", "1.0+cpu", requires=("six",)))
    assert world.lock(text.replace("baz @", "baz  @")).lock.wheels == locked.lock.wheels
    shutil.rmtree(world.directory.parent / "nix")
    with pytest.raises(JupyflakeError) as caught:
        world.fetch(locked.lock)
    assert caught.value.code == "JF301"
    newer = world.lock(upgrade=frozenset({"baz"}))
    assert line(newer.lock, "baz").sha256 != line(locked.lock, "baz").sha256


@pytest.fixture(params=["filters", "no filters"])
def _python(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a Python whose tarfile has filters, or one that has none, as the first of 3.11."""
    if request.param == "no filters":
        monkeypatch.delattr(tarfile, "data_filter", raising=False)


@pytest.mark.usefixtures("_python")
def test_a_source_distribution_of_the_project(world: World) -> None:
    """It is looked into as directories are, and built as those of an index are."""
    tree(world.directory.parent / "made/mylib-0.3")
    (world.directory / "dist").mkdir()
    with tarfile.open(world.directory / "dist/mylib-0.3.tar.gz", "w:gz") as archive:
        archive.add(world.directory.parent / "made/mylib-0.3", "mylib-0.3")
    locked = world.lock(manifest('["mylib"]', 'mylib = { path = "dist/mylib-0.3.tar.gz" }'))
    assert line(locked.lock, "mylib").file == "mylib-0.3.tar.gz"
    assert list(line(locked.lock, "setuptools").use) == ["py+mylib"]


@pytest.mark.usefixtures("_python")
@pytest.mark.parametrize("link", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.REGTYPE])
def test_an_archive_that_leads_outside(world: World, link: bytes) -> None:
    """Links and names that lead out of it, and devices, are refused by every Python."""
    (world.directory / "dist").mkdir()
    with tarfile.open(world.directory / "dist/mylib-0.3.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("../outside" if link == tarfile.REGTYPE else "mylib-0.3/inside")
        member.type, member.linkname = link, "../../outside"
        archive.addfile(member)
    error = refused(world, manifest('["mylib"]', 'mylib = { path = "dist/mylib-0.3.tar.gz" }'))
    assert error.code == "JF292"
    assert "cannot be unpacked" in error.message
    assert not (world.directory.parent / "outside").exists()


def test_an_extra_that_a_package_has_not(world: World) -> None:
    """It is a warning, as for packages of an index, and names no file of this machine."""
    tree(world.directory / "libs/mylib")
    world.lock(manifest('["mylib[nope]"]', 'mylib = { path = "libs/mylib" }'))
    said = world.stderr.getvalue()
    assert "mylib" in said
    assert "does not have an extra named `nope`" in said
    assert "file://" not in said


def test_a_version_that_a_source_has_not(world: World) -> None:
    """The limits of others hold for what a source gives."""
    tree(world.directory / "libs/mylib")
    error = refused(world, manifest('["mylib>=1"]', 'mylib = { path = "libs/mylib" }'))
    assert error.code == "JF206"
    assert "file://" not in error.message
    assert "mylib" in error.message


def test_a_source_that_nothing_needs_is_in_no_environment(world: World) -> None:
    """What only stands in [sources] is not installed."""
    tree(world.directory / "libs/mylib")
    locked = world.lock(manifest('["six"]', 'mylib = { path = "libs/mylib" }'))
    assert "mylib" not in json.loads(locked.text)["environments"]
    assert not [each for each in locked.lock.wheels if each.name == "mylib"]
