"""Bundles, with a real store: what is checked before anything is taken, and what is said where it is wrong."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyflake import bundles, nix, store
from jupyflake.cache import cache_directory
from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.fetch.plan import artifacts
from jupyflake.lock import Bootstrap, Environment, Lock, Wheel, dumps
from jupyflake.manifest.digest import digest
from jupyflake.manifest.load import parse

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(shutil.which("nix-store") is None, reason="nix-store is not installed")
AMD = "x86_64-linux"
DATA, TOOL = b"the content of a wheel", b"\x7fELF a tool"
MANIFEST = '[project]\nname = "demo"\nbase = "debian/trixie"\n'


def sha(data: bytes) -> str:
    """Give the SHA-256."""
    return hashlib.sha256(data).hexdigest()


LOCK = Lock(
    manifest="0" * 64,
    systems=(AMD,),
    environments={"jupyter": Environment(base="debian/trixie", language="python", python="3.13")},
    bootstrap=(
        Bootstrap(
            name="busybox",
            version="1",
            system=AMD,
            file="busybox.deb",
            size=1,
            sha256="1" * 64,
            member="usr/bin/busybox",
            nar=store.nar_of_executable(TOOL),
        ),
    ),
    wheels=(
        Wheel(
            name="six",
            version="1",
            file="six-1-py3-none-any.whl",
            size=len(DATA),
            sha256=sha(DATA),
            use={"jupyter": (AMD,)},
        ),
    ),
)


def move_store(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a store of this directory's own, whose paths are those of the machine's."""
    for name in ("STATE", "LOG", "CONF"):
        monkeypatch.setenv(f"NIX_{name}_DIR", str(root / name))
    monkeypatch.delenv("NIX_REMOTE", raising=False)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a bundle, and a store that has nothing of it."""
    monkeypatch.setenv("NIX_STORE_DIR", str(tmp_path / "store"))
    monkeypatch.setenv("JUPYFLAKE_CACHE_DIR", str(tmp_path / "cache"))
    move_store(tmp_path / "first", monkeypatch)
    (tmp_path / "six-1-py3-none-any.whl").write_bytes(DATA)
    (tmp_path / "busybox").write_bytes(TOOL)
    (tmp_path / "busybox").chmod(0o755)
    store.add_flat([tmp_path / "six-1-py3-none-any.whl"])
    store.add_recursive([tmp_path / "busybox"])
    target = tmp_path / "x.bundle.tar"
    digest = bundles.create(target, MANIFEST, dumps(LOCK), {AMD: artifacts(LOCK, AMD)}, Console(quiet=True))
    assert digest == sha(target.read_bytes())
    shutil.rmtree(tmp_path / "store")
    move_store(tmp_path / "second", monkeypatch)
    return target


def use(path: Path, lock: Lock = LOCK, **options: str) -> bundles.Used:
    """Use a bundle."""
    return bundles.use(path, lock, AMD, Console(quiet=True), **options)


def refused(path: Path, code: str, lock: Lock = LOCK, **options: str) -> JupyflakeError:
    """Use a bundle that has a fault; nothing is left in the cache."""
    with pytest.raises(JupyflakeError) as caught:
        use(path, lock, **options)
    assert caught.value.code == code
    assert caught.value.hint
    assert list(cache_directory("bundle").iterdir()) == []
    return caught.value


def changed(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Copy a bundle with changed members; nothing instead of content leaves one out."""
    target = path.with_name("changed.tar")
    with tarfile.open(path) as old, tarfile.open(target, "w") as new:
        for member in old:
            file = old.extractfile(member)
            content = change(member.name, file.read() if file else b"")
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


def test_what_is_bundled_is_taken(made: Path) -> None:
    """Files and executables come into the store where the lock expects them; a second time there is nothing to do."""
    assert set(use(made).added) == {artifact.store_path for artifact in artifacts(LOCK, AMD)}
    assert use(made, sha256=sha(made.read_bytes()).upper()).added == []
    assert bundles.read_head(made) == bundles.Head((AMD,), MANIFEST, dumps(LOCK))


def test_a_bundle_holds_nothing_of_the_machine(made: Path) -> None:
    """No owner, no time, and members in one order."""
    with tarfile.open(made) as archive:
        members = archive.getmembers()
    assert {(member.uid, member.gid, member.uname, member.mtime, member.mode) for member in members} == {
        (0, 0, "", 0, 0o644)
    }
    names = [member.name for member in members]
    assert names[:3] == ["jupyflake-bundle.json", "jupyter.toml", "jupyter.lock"]
    assert names[3:] == sorted(names[3:])


@pytest.mark.parametrize("part", ["six-1", "busybox"])
def test_a_file_that_is_not_the_locks(part: str, made: Path) -> None:
    """A changed artifact is named and not taken, file or executable."""
    error = refused(changed(made, lambda name, data: b"evil" + data[4:] if part in name else data), "JF352")
    assert part in error.message


def test_a_bundle_of_another_lock(made: Path) -> None:
    """What the lock names and the bundle has not is told; what the lock does not name is never looked at."""
    other = Lock(
        manifest="0" * 64,
        systems=(AMD,),
        environments=LOCK.environments,
        wheels=tuple(
            Wheel(name=name, version="1", file=f"{name}-1.whl", size=1, sha256=digit * 64, use={"jupyter": (AMD,)})
            for name, digit in (("numpy", "2"), ("scipy", "3"))
        ),
    )
    assert "2 files" in refused(made, "JF353", other).message
    refused(changed(made, lambda name, data: None if "six" in name else data), "JF353")


def test_another_bundle_than_was_announced(made: Path) -> None:
    """The hash that came by another way is that of the whole file."""
    refused(made, "JF352", sha256="0" * 64)


@pytest.mark.parametrize("size", [0, 100, 3000, -2000])
def test_a_broken_bundle(size: int, made: Path) -> None:
    """A file that ends early is broken, wherever it ends; one with nothing in it is no bundle."""
    data = made.read_bytes()
    end = data.index(DATA) + 5 if size < 0 else size
    made.write_bytes(data[:end])
    refused(made, "JF351")


def test_what_is_no_bundle(made: Path, tmp_path: Path) -> None:
    """Other tars, other files, directories and missing files are told apart from bundles."""
    (tmp_path / "text").write_text("no bundle\n" * 100, encoding="utf-8")
    with tarfile.open(tmp_path / "other.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("jupyter.toml"), io.BytesIO())
    head = "jupyflake-bundle.json"
    for path in (
        *(tmp_path / "text", tmp_path / "other.tar", tmp_path / "missing", tmp_path),
        changed(made, lambda name, data: b"[]" if name == head else data),
    ):
        refused(path, "JF351")
    newer = changed(made, lambda name, data: b'{"format": 2, "systems": []}' if name == head else data)
    assert "update" in (refused(newer, "JF204").hint or "")


def test_packages_of_nixpkgs_cannot_be_bundled() -> None:
    """A lock with an environment on nixpkgs says which, and what carries that."""
    environment = Environment(base="nixpkgs", language="r", versions={"R": "4.4"})
    lock = Lock(manifest="0" * 64, systems=(AMD,), environments={"stats": environment})
    with pytest.raises(JupyflakeError, match="stats") as caught:
        bundles.require_complete(lock)
    assert caught.value.code == "JF350"


def test_a_place_that_cannot_be_written(made: Path) -> None:
    """A bundle that cannot be written leaves no part of it behind."""
    artifact = dataclasses.replace(artifacts(LOCK, AMD)[0], store_path=str(made))
    with pytest.raises(JupyflakeError) as caught:
        bundles.create(Path("/proc/x.tar"), MANIFEST, "", {AMD: [artifact]}, Console(quiet=True))
    assert caught.value.code == "JF604"


# The commands


def test_bundle_into_an_empty_directory(
    made: Path, tmp_path: Path, jupyflake: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project is made from the bundle, and a file that is there is not overwritten."""
    monkeypatch.setattr(nix, "current_system", lambda: AMD)
    directory = tmp_path / "there"
    directory.mkdir()
    answer = jupyflake("bundle", "use", made, "-C", directory, "--json")
    assert answer.code == 0, answer.err
    assert len(json.loads(answer.out)["added"]) == 2
    assert {path.name for path in directory.iterdir()} == {".gitignore", "flake.nix", "jupyter.lock", "jupyter.toml"}
    assert (directory / "jupyter.lock").read_text(encoding="utf-8") == dumps(LOCK)
    other = tmp_path / "other"
    other.mkdir()
    (other / "flake.nix").write_text("{ }", encoding="utf-8")
    assert "error[JF120]" in jupyflake("bundle", "use", made, "-C", other).err
    assert [path.name for path in other.iterdir()] == ["flake.nix"]


def test_bundle_into_another_project(
    made: Path, project: Path, jupyflake: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project without a lock takes the bundle's only if it is of the same manifest."""
    monkeypatch.setattr(nix, "current_system", lambda: AMD)
    assert "error[JF202]" in jupyflake("bundle", "use", made).err
    assert not (project / "jupyter.lock").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("create",), "JF201"),
        (("use", "missing.tar"), "JF351"),
        (("use", "."), "JF351"),
        (("use",), "JF100"),
    ],
)
def test_wrong_bundles(words: tuple[str, ...], code: str, project: Path, jupyflake: Callable[..., Any]) -> None:
    """Without a lock there is nothing to bundle, and what is no bundle is told."""
    before = sorted(path.name for path in project.iterdir())
    answer = jupyflake("bundle", *words)
    assert f"error[{code}]" in answer.err
    assert "try:" in answer.err
    assert sorted(path.name for path in project.iterdir()) == before


@pytest.mark.parametrize("output", [".", "missing/x.tar"])
def test_places_that_no_bundle_can_have(
    output: str, project: Path, suites: dict[str, str], jupyflake: Callable[..., Any]
) -> None:
    """A directory, and a file in one that is not there, are refused before anything is fetched."""
    text = (project / "jupyter.toml").read_text(encoding="utf-8")
    lock = msgspec.structs.replace(LOCK, manifest=digest(parse(text, suites).data))
    (project / "jupyter.lock").write_text(dumps(lock), encoding="utf-8")
    assert "error[JF604]" in jupyflake("bundle", "create", "-o", output).err
