"""What people reported of other tools about names, markers, versions and messages; each test names its sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fakes import Index, Web, serve_index

import jupyflake as package
from jupyflake import nix, project
from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.manifest import load, requirements, sources
from jupyflake.resolve import uv
from jupyflake.resolve.plan import PythonRequest
from jupyflake.resolve.python import Upgrade, resolve_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from world import World

    Run = Callable[..., Any]

INTEL, ARM = "x86_64-linux", "aarch64-linux"
HEAD = '[project]\nname = "x"\nbase = "debian/trixie"\n'


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Serve an index and set uv to it."""
    with serve_index(tmp_path, monkeypatch) as server:
        yield server


@pytest.fixture
def index(web: Web) -> Index:
    """Give the index."""
    return Index(web.root)


def _request(*packages: str, python: str = "3.13") -> PythonRequest:
    return PythonRequest(name="py", python=python, requirements=packages)


def _resolve(*packages: str, system: str = INTEL, python: str = "3.13") -> uv.Resolution:
    return uv.compile_environment(_request(*packages, python=python), system, {}, console=Console(quiet=True))


def _files(*packages: str, system: str = INTEL, python: str = "3.13") -> dict[str, str]:
    return {wheel.name: wheel.file for wheel in _resolve(*packages, system=system, python=python).chosen}


def _failure(*packages: str, **options: Any) -> JupyflakeError:
    with pytest.raises(JupyflakeError) as caught:
        _resolve(*packages, **options)
    assert caught.value.hint
    return caught.value


def _refused(text: str, suites: dict[str, str]) -> JupyflakeError:
    with pytest.raises(JupyflakeError) as caught:
        load.parse(text, suites)
    return caught.value


# Names of kernels


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("PY", "py"),
        ("my kernel", "my-kernel"),
        ("naïve", "na-ve"),
        ("-x", "x"),
        ("../x", "x"),
        ("", "py"),
        ("R", "r"),
        ("a/b", "a-b"),
    ],
)
def test_odd_names_of_kernels_are_refused(name: str, better: str, suites: dict[str, str]) -> None:
    """A name that some system cannot hold, or that differs from another in case only, is told with a better one.

    tweag/jupyenv how-to.md (kernel names), NixOS/nix #119, microsoft/vscode-jupyter #13679.
    """
    error = _refused(f'{HEAD}[kernels."{name}"]\nlanguage = "python"\n', suites)
    assert (error.code, error.where) == ("JF107", "jupyter.toml:4:10")
    assert error.hint == f"[kernels.{better}]"


# Names of packages


@pytest.mark.parametrize(
    "spelling",
    [
        "discord.py",
        "zope.interface",
        "Flask_Cors",
        "Pillow",
        "jaraco.text",
        "PyYAML",
        "ruamel_yaml",
        "typing.Extensions",
    ],
)
def test_a_package_has_one_name_in_any_spelling(spelling: str, index: Index, suites: dict[str, str]) -> None:
    """The lock has the normal form; the same package twice under two spellings is an error that names both.

    DavHau/mach-nix #46, #66.
    """
    normal = spelling.lower().replace(".", "-").replace("_", "-")
    index.add(normal, "1.3.4")
    assert _resolve(f"{spelling}==1.3.4").versions == {normal: "1.3.4"}
    twice = f'{HEAD}[kernels.a]\nlanguage = "python"\npackages = ["{spelling}", "{normal}>=1"]\n'
    error = _refused(twice, suites)
    assert error.code == "JF113"
    assert f'"{spelling}"' in error.message
    assert error.hint == f'keep one of the two: "{normal}>=1"'


def test_extras_of_one_package_are_joined(index: Index) -> None:
    """With and without an extra is one package; extras that name other extras of their own package are followed.

    DavHau/mach-nix #326, #552.
    """
    index.add("email-validator", "2.0")
    index.add("numexpr", "2.0")
    index.add("uvloop", "1.0")
    index.add("pydantic", "2.0", requires=("email-validator>=2; extra == 'email'",))
    performance = ("numexpr; extra == 'performance'", "pandas[performance]; extra == 'all'")
    index.add("pandas", "2.0", requires=performance)
    index.add("uvicorn", "1.0", requires=("uvloop; (sys_platform != 'win32') and extra == 'standard'",))
    found = _resolve("pydantic", "pydantic[email]", "pandas[all]", "uvicorn[standard]").versions
    assert {"pydantic", "email-validator", "pandas", "numexpr", "uvicorn", "uvloop"} == found.keys()
    assert _resolve("uvicorn").versions.keys() == {"uvicorn"}


# Files that fit


@pytest.mark.parametrize(
    ("tags", "chosen"),
    [
        (["cp36-abi3-manylinux2014_x86_64"], 0),
        (["cp37-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64"], 0),
        (["cp313-cp313-musllinux_1_2_x86_64", "cp313-cp313-manylinux_2_28_x86_64"], 1),
        (["cp313-cp313t-manylinux_2_17_x86_64", "cp313-cp313-manylinux_2_17_x86_64"], 1),
        (["py2.py3-none-manylinux_2_31_x86_64"], 0),
        (["py2.py3-none-any"], 0),
        (["1-py3-none-any", "10-py3-none-any", "9-py3-none-any"], 1),
        (["py3-none-any", "cp313-none-manylinux_2_17_x86_64"], 1),
        (["cp313-cp313-win_amd64", "cp39-abi3-manylinux_2_28_x86_64"], 1),
    ],
)
def test_the_file_fits_python_and_libc(tags: list[str], chosen: int, index: Index) -> None:
    """An abi3 wheel of an older Python does; one for musl, or for Python without its lock, never does.

    nix-community/poetry2nix #254, #118.
    """
    for tag in tags:
        index.add("crypto", "3.4.4", tag=tag)
    assert _files("crypto")["crypto"] == f"crypto-3.4.4-{tags[chosen]}.whl"


def test_only_the_wrong_kind_of_file_is_an_error(index: Index) -> None:
    """Where no file fits, locking fails and says so, and not the build.

    nix-community/poetry2nix #254, jupyterhub/repo2docker #1120.
    """
    index.add("crypto", "3.4.4", tag="cp313-cp313t-manylinux_2_17_x86_64")
    assert _failure("crypto").code == "JF207"
    for tag in ("musllinux_1_2_x86_64", "win_amd64"):
        index.add("alpine", "1.0", tag=f"cp313-cp313-{tag}")
    assert "(only for musllinux_1_2_x86_64, win_amd64)" in _failure("alpine").message
    index.add("other", "1.0", tag="py3-none-manylinux_2_17_x86_64")
    assert "has no wheel for Python 3.13 on aarch64-linux" in _failure("other", system=ARM).message


@pytest.mark.parametrize("name", ["docopt", "panel"])
def test_a_source_distribution_is_never_taken(name: str, web: Web, index: Index) -> None:
    """A newer version that is there as source only is passed over; with nothing else it is an error.

    nix-community/poetry2nix #842.
    """
    index.add(name, "0.14.0")
    page = web.root / "simple" / name / "index.html"
    page.write_text(
        page.read_text().replace("</body>", f'<a href="/{name}-0.14.1.tar.gz">{name}-0.14.1.tar.gz</a></body>')
    )
    assert _resolve(name).versions == {name: "0.14.0"}
    error = _failure(f"{name}==0.14.1")
    assert error.code == "JF207"
    assert error.hint == f'sdists = ["{name}"], which builds it from its source, or {name} 0.14.0, which has one'
    index.add("needs-it", "1.0", requires=(f"{name}==0.14.1",))
    assert str(_failure("needs-it").hint).startswith(f'sdists = ["{name}"], which builds it from its source, or ')


def test_a_package_with_another_name_for_its_wheels(web: Web) -> None:
    """For a package that has only sources, the one that has wheels is named.

    nix-community/pypi2nix #94, #296.
    """
    for name in ("psycopg2", "mysqlclient"):
        page = web.root / "simple" / name / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(f'<html><body><a href="/{name}-2.9.tar.gz">{name}-2.9.tar.gz</a></body></html>')
    assert _failure("psycopg2").hint == "psycopg2-binary, which has wheels"
    assert _failure("mysqlclient").hint == "pymysql, which has wheels"


# Markers


@pytest.mark.parametrize(
    ("marker", "there"),
    [
        ("os_name == 'nt' or sys_platform == 'linux' and python_version >= '3.8'", True),
        ("(os_name == 'nt' or sys_platform == 'linux') and python_version < '3.8'", False),
        ("'linux' in sys_platform", True),
        ("'win' in sys_platform", False),
        ("python_version < '3.10'", False),
        ("python_version >= '3.9'", True),
        ("python_full_version >= '3.13.0'", True),
        ("platform_machine == 'x86_64' or platform_machine == 'aarch64' or platform_machine == 'ppc64le'", True),
        ("platform_machine != 'aarch64'", True),
        ("implementation_name == 'pypy'", False),
    ],
)
def test_markers_are_read_as_their_standard_says(marker: str, there: bool, index: Index) -> None:  # noqa: FBT001
    """`and` binds closer than `or`, versions compare as versions, and texts may be looked for in others.

    nix-community/poetry2nix #1082, pyproject-nix/pyproject.nix #445.
    """
    index.add("evdev", "1.0")
    index.add("pynput", "1.8.1", requires=(f"evdev; {marker}",))
    assert ("evdev" in _resolve("pynput").versions) is there
    assert ("evdev" in _resolve("pynput", f"evdev; {marker}").versions) is there


def test_what_is_for_other_systems_is_not_looked_for(index: Index) -> None:
    """A dependency for another system need not exist for ours; one for a processor is there on that one only.

    nix-community/poetry2nix #1174, astral-sh/uv #12162.
    """
    index.add("pywin32", "1.0", tag="cp313-cp313-win_amd64")
    index.add("triton", "3.0", tag="cp313-cp313-manylinux_2_17_x86_64")
    index.add("click", "8.0", requires=("colorama; os_name == 'nt'", "pywin32; sys_platform == 'win32'"))
    wanted = ("click", "pywin32; sys_platform == 'win32'", "triton; platform_machine == 'x86_64'")
    assert _resolve(*wanted).versions.keys() == {"click", "triton"}
    assert _resolve(*wanted, system=ARM).versions.keys() == {"click"}


def test_a_lock_is_for_all_its_systems_or_fails(index: Index) -> None:
    """What one of the target systems has no file of is an error when locking, and names the system.

    astral-sh/uv #12162, getsentry/snuba #7773.
    """
    index.add("watchdog", "3.0.0", tag="py3-none-manylinux2014_x86_64")
    for name in ("jupyterlab", "notebook"):
        index.add(name, "1.0")
    requests = [_request("watchdog"), PythonRequest(name="jupyter", python="3.13", requirements=("jupyterlab",))]
    with pytest.raises(JupyflakeError) as caught:
        resolve_python(requests, [INTEL, ARM], None, Upgrade(), Console(quiet=True), tools=False)
    assert caught.value.code == "JF207"
    assert "[kernels.py]: watchdog" in caught.value.message
    assert ARM in caught.value.message


# What is not from the index


@pytest.mark.parametrize(
    "text",
    [
        "./wheels/foo-1.0-py3-none-any.whl",
        "../foo.whl",
        "/srv/foo-1.0-py3-none-any.whl",
        "file:///srv/foo-1.0-py3-none-any.whl",
        "pkg @ git+https://me:secret@host.example/r.git@v1#subdirectory=py",
        "git+https://host.example/r.git",
        "git@host.example:r.git",
        "-e .",
        "-r requirements.txt",
    ],
)
def test_what_says_no_name_or_a_secret_is_refused_plainly(text: str, suites: dict[str, str]) -> None:
    """A path or a repository without the package's name, and a password, are told with what to write instead.

    nix-community/poetry2nix #1901, #143, #1239, #946, #1846, #540; pyproject-nix/uv2nix #137.
    """
    error = _refused(f'{HEAD}[kernels.a]\nlanguage = "python"\npackages = ["{text}"]\n', suites)
    assert error.code in {"JF112", "JF114", "JF191", "JF193"}
    assert error.where == "jupyter.toml:6:13"
    assert error.hint
    assert "secret" not in error.message
    assert "secret" not in error.hint
    with pytest.raises(JupyflakeError):
        requirements.python_requirement(text)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("https://host.example/pkg-1.0%2Bcpu-py3-none-any.whl", {"url": None}),
        ("git+https://host.example/r.git@v1#subdirectory=py", {"git": "https://host.example/r.git", "tag": "v1"}),
        ("git+ssh://git@host.example/r.git", {"git": "ssh://git@host.example/r.git"}),
        ("git+https://host.example/r@0123456", {"git": "https://host.example/r", "rev": "0123456"}),
    ],
)
def test_direct_references_are_read(text: str, source: dict[str, str | None], suites: dict[str, str]) -> None:
    """The address of a wheel is not that of an archive; a repository has its tag, commit and subdirectory apart.

    nix-community/poetry2nix #1239, #946, #1846, #540.
    """
    found = load.parse(f'{HEAD}[kernels.a]\nlanguage = "python"\npackages = ["pkg @ {text}"]\n', suites)
    [origin] = sources.origins(found.manifest).values()
    assert origin.name == "pkg"
    expected = {key: text if value is None else value for key, value in source.items()}
    assert {key: getattr(origin.source, key) for key in expected} == expected
    assert origin.source.subdirectory == ("py" if "subdirectory" in text else None)


@pytest.mark.parametrize("text", ["Formula@1.2-4", "Formula==1.2", "Formula (>= 1.2)"])
def test_a_version_of_an_r_package_is_refused_plainly(text: str, suites: dict[str, str]) -> None:
    """R packages have the version of the base; the name alone is proposed.

    ropensci/rix #210, #283.
    """
    error = _refused(f'{HEAD}[kernels.a]\nlanguage = "r"\npackages = ["{text}"]\n', suites)
    assert error.code == "JF112"
    assert "version of the base" in error.message
    assert error.hint == '"Formula"'


# Why there is no solution


def test_the_reason_of_a_conflict_is_told(index: Index) -> None:
    """No such version, a Python that is too old or too new, and a conflict with another package are told apart.

    DavHau/mach-nix #274, #303, #494.
    """
    for version in ("0.7.12", "1.0"):
        index.add("alabaster", version)
    index.add("sphinx", "4.0.1", requires=("alabaster>=0.7,<0.8",))
    assert _resolve("sphinx==4.0.1", "alabaster==0.7.12").versions == {"sphinx": "4.0.1", "alabaster": "0.7.12"}
    both = _failure("sphinx==4.0.1", "alabaster>=1")
    assert both.code == "JF206"
    assert '"sphinx==4.0.1" and "alabaster>=1" contradict each other' in both.message
    assert "(sphinx needs alabaster>=0.7,<0.8)" in both.message
    index.add("numpy", "1.19.5", tag="cp39-cp39-manylinux2014_x86_64")
    index.add("numpy", "2.0", tag="cp313-cp313-manylinux2014_x86_64")
    old = _failure("numpy==1.19.5")
    assert (old.code, old.hint) == ("JF207", "numpy 2.0, which has one")


def test_a_package_for_another_python_is_told(index: Index) -> None:
    """What needs a newer Python is told with that, alone or behind another package, and with what fits.

    DavHau/mach-nix #274, #303.
    """
    index.add("future", "1.0", python=">=3.14")
    index.add("mixed", "1.0")
    index.add("mixed", "2.0", requires=("future",))
    alone = _failure("future")
    assert (alone.code, alone.message) == ("JF231", "[kernels.py]: future needs Python >=3.14, and this is 3.13")
    assert alone.hint == 'python = "3.14", for which future 1.0 fits'
    behind = _failure("mixed>=2")
    assert behind.code == "JF231"
    assert "future, which mixed" in behind.message
    assert behind.hint == "mixed 1.0, which fits"


def test_the_cure_is_one_that_works(index: Index) -> None:
    """Where a dependency has no wheel, a version of what was asked for is proposed, not a dependency that does not fit.

    DavHau/mach-nix #274.
    """
    index.add("markupsafe", "1.1", tag="cp36-cp36m-manylinux2014_x86_64")
    index.add("markupsafe", "3.0")
    index.add("sphinx", "4.0", requires=("markupsafe<2",))
    index.add("sphinx", "9.0", requires=("markupsafe>=3",))
    error = _failure("sphinx==4.0")
    assert "markupsafe, which sphinx" in error.message
    assert "has no wheel for Python 3.13" in error.message
    assert error.hint == "sphinx 9.0, all of whose packages have wheels"


def test_old_versions_of_build_tools_are_packages_as_others(index: Index) -> None:
    """Pinned setuptools and packaging disturb nothing: nothing is built, so no build has to share them.

    NixOS/nixpkgs #283695, pyproject-nix/uv2nix #130.
    """
    for name, versions in {"setuptools": ("68.2.2", "80.0"), "packaging": ("23.0", "26.0")}.items():
        for version in versions:
            index.add(name, version)
    found = _resolve("setuptools==68.2.2", "packaging==23.0").versions
    assert found == {"setuptools": "68.2.2", "packaging": "23.0"}


# The machine around


@pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("apt-get", "gpg", "nix-store")),
    reason="apt, gpg or Nix is not installed",
)
def test_locking_needs_neither_a_home_nor_a_keyring(world: World, tmp_path: Path) -> None:
    """Without a session bus, a keyring or a home that can be written, locking asks for nothing.

    tweag/jupyenv #477.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(package.__file__).parents[1]),
        "HOME": str(tmp_path / "nowhere"),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    code = "import sys; from jupyflake.cli import main; sys.exit(main(['lock']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=world.directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (world.directory / "jupyter.lock").exists()
    assert not (tmp_path / "nowhere").exists()


def _wanted(directory: Path) -> nix.Wanted:
    return nix.Wanted(directory, "packages.x86_64-linux.default", Console(quiet=True))


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_files_that_git_does_not_know_are_told_before_nix_runs(tmp_path: Path, jupyflake: Run) -> None:
    """Of a repository Nix sees only what git tracks; what is missing is named with the command that adds it.

    NixOS/nix #7107, #8389, #6642; pyproject-nix/uv2nix #238.
    """
    directory = tmp_path / "project"
    assert jupyflake("init", directory, "--base", "debian/trixie", "--kernel", "r").code == 0
    (directory / "jupyter.lock").write_text("{}\n")
    flake = directory / "flake.nix"
    flake.write_text(flake.read_text().replace("src = ./.; }", "src = ./.; } // { x = 1; }"))
    # Without git, and with a flake that is as it was made, nothing needs to be tracked.
    assert _wanted(directory).arguments()[0].startswith("path:.#")
    subprocess.run(["git", "init", "--quiet"], cwd=directory, check=True)
    with pytest.raises(JupyflakeError) as caught:
        _wanted(directory).arguments()
    assert caught.value.code == "JF430"
    assert caught.value.hint == "git add -N flake.nix jupyter.toml jupyter.lock"
    subprocess.run(["git", "add", "-N", "flake.nix", "jupyter.toml"], cwd=directory, check=True)
    with pytest.raises(JupyflakeError) as caught:
        _wanted(directory).arguments()
    assert caught.value.message == "jupyter.lock is not tracked by git, so Nix does not see it"
    subprocess.run(["git", "add", "-N", "jupyter.lock"], cwd=directory, check=True)
    assert _wanted(directory).arguments()[0].startswith(".#")


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize(("ignored", "cure"), [("", "git add -N"), ("*.whl\nlibs\n", "git add -N -f")])
def test_packages_that_git_does_not_know_are_told_before_nix_runs(
    tmp_path: Path, jupyflake: Run, ignored: str, cure: str
) -> None:
    """A wheel or a directory of [sources] that is untracked, or ignored, is named with the command that adds it.

    nix-community/poetry2nix #1901, #143; pyproject-nix/uv2nix #137.
    """
    directory = tmp_path / "project"
    assert jupyflake("init", directory, "--base", "debian/trixie", "--kernel", "r").code == 0
    flake = directory / "flake.nix"
    flake.write_text(flake.read_text().replace("src = ./.; }", "src = ./.; } // { x = 1; }"))
    (directory / ".gitignore").write_text(ignored)
    subprocess.run(["git", "init", "--quiet"], cwd=directory, check=True)
    subprocess.run(["git", "add", "-A"], cwd=directory, check=True)
    with (directory / "jupyter.toml").open("a") as file:
        file.write('\n[sources]\na = { path = "wheels/a-1-py3-none-any.whl" }\nb = { path = "libs/b" }\n')
    for name in ("wheels/a-1-py3-none-any.whl", "libs/b/pyproject.toml"):
        (directory / name).parent.mkdir(parents=True)
        (directory / name).write_text("")
    with pytest.raises(JupyflakeError) as caught:
        _wanted(directory).arguments()
    assert (caught.value.code, caught.value.hint) == ("JF430", f"{cure} wheels/a-1-py3-none-any.whl libs/b")
    subprocess.run([*cure.split(), "wheels", "libs"], cwd=directory, check=True)
    assert _wanted(directory).arguments()[0].startswith(".#")


def test_a_kernel_needs_no_logo_and_no_other_file(tmp_path: Path) -> None:
    """A manifest alone is a project: nothing else has to stand beside it.

    tweag/jupyenv #527.
    """
    (tmp_path / "jupyter.toml").write_text(f'{HEAD}[kernels.a]\nlanguage = "python"\n')
    assert list(project.read(tmp_path).manifest.kernels) == ["a"]
