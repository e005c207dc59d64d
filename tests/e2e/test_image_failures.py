"""Images that don't arrive: a line that says why, nothing under the wanted name, and nothing left running."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import engines
import pytest
from registries import Cut, registry
from support import CLI, ROOT, Result, cli, environment, run, without

from jupyflake import planned, pushing
from jupyflake.console import Console
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from engines import RunningEngine
    from machines import Small

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
# The small project's image has 340 MB, of which several layers are sent at a time.
ENOUGH = 250_000_000


@pytest.fixture(scope="module")
def tiny(shell: Path) -> planned.Image:
    """Plan an image of a few megabytes."""
    assert shell
    nix = ROOT / "tests" / "e2e" / "tiny.nix"
    return planned.plan(Path(run("nix-build", "--no-out-link", nix, "--arg", "root", ROOT).stdout.strip()))


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Run a registry that is open to all and has nothing yet."""
    with registry(tmp_path / "registry", closed=False) as running:
        yield running
    shutil.rmtree(tmp_path / "registry")


def answer(small: Small, *words: str | Path, more: Mapping[str, str] | None = None) -> Result:
    """Run our command line in the small project."""
    return cli(*words, "--locked", cwd=small.directory, env=environment(**(more or {})), check=False)


def is_there(reference: str) -> bool:
    """Tell whether a registry has an image."""
    words = ("skopeo", "inspect", "--raw", "--tls-verify=false", f"docker://{reference}")
    return run(*words, check=False).code == 0


def midway(
    directory: Path, act: Callable[[subprocess.Popen[str]], None], *words: str, more: Mapping[str, str]
) -> Result:
    """Run our command line and do something to it when the first layers are on their way."""
    process = subprocess.Popen(
        [CLI, *words, "--locked", "--verbose"],
        cwd=directory,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        said, layers = [], 0
        for line in process.stderr or ():
            said.append(line)
            layers += line.startswith("  ") and " MB  " in line
            if layers == 3:
                layers += 1
                act(process)
        stdout = process.stdout.read() if process.stdout else ""
    # What it had started has ended with it, or does at once.
    deadline = time.monotonic() + 10
    while running := started_in(process.pid):
        assert time.monotonic() < deadline, running
        time.sleep(0.1)
    return Result(process.returncode, stdout, "".join(said))


def interrupt(process: subprocess.Popen[str]) -> None:
    """Press Ctrl-C, which reaches all that was started from the terminal."""
    os.killpg(process.pid, signal.SIGINT)


def end(process: subprocess.Popen[str]) -> None:
    """End our command line alone, as a system that shuts down does."""
    process.terminate()


def kill_reader(process: subprocess.Popen[str]) -> None:
    """End the program that reads the image, as the system does where memory is short."""
    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split():
        if b"\0serve\0" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(int(child), signal.SIGKILL)


def started_in(session: int) -> list[str]:
    """List what still runs of a terminal's programs."""
    found = run("ps", "-e", "-o", "sid=,args=").stdout.splitlines()
    return [line for line in found if line.split()[0] == str(session)]


def last(result: Result) -> list[str]:
    """Give what an error says: it is the last thing, in one line and one more with what to do."""
    return [line for line in result.stderr.splitlines() if line.startswith(("error", "  try: "))]


def test_interrupted_load(engine: RunningEngine, small: Small) -> None:
    """Ctrl-C in the middle of loading leaves no image, no name and no program behind, and the next try succeeds."""
    words = ("image", "load", "--engine", engine.name)
    stopped = midway(small.directory, interrupt, *words, more=engine.variables)
    assert stopped.code == 130, stopped.text
    assert last(stopped) == ["error: interrupted"]
    assert not [line for line in engine.run("images").stdout.splitlines() if "small" in line or "127.0.0.1" in line]
    loaded = answer(small, *words, more=engine.variables)
    assert loaded.code == 0, loaded.text
    engine.run("rmi", "--force", loaded.stdout.strip())


@pytest.mark.parametrize("engine", ["docker"], indirect=True)
def test_reader_is_killed(engine: RunningEngine, small: Small) -> None:
    """Where the program that reads the image is gone, that is said at once: docker alone would try for four minutes."""
    words = ("image", "load", "--engine", "docker")
    before = time.monotonic()
    failed = midway(small.directory, kill_reader, *words, more=engine.variables)
    assert time.monotonic() - before < 60
    assert failed.code == 1, failed.text
    error, cure = last(failed)
    assert error.startswith("error[JF563]: the program that reads the image was ended")
    assert cure == "  try: free some memory, then run it again"
    assert not [line for line in engine.run("images").stdout.splitlines() if "small" in line or "127.0.0.1" in line]


def test_registry_goes_away(small: Small, address: str) -> None:
    """A registry that is gone in the middle of a push has no image under the name; what arrived isn't sent again."""
    cut = Cut(address, ENOUGH)
    failed = answer(small, "image", "push", f"{cut.address}/gone/small:1")
    cut.close()
    assert failed.code == 1, failed.text
    error, cure = last(failed)
    assert error.startswith(f"error[JF560]: {cut.address} did not take the image: ")
    assert len(error) < 300
    assert "?" not in error
    assert "not sent twice" in cure
    assert not is_there(f"{address}/gone/small:1")
    again = answer(small, "image", "push", f"{address}/gone/small:1", "--json")
    told = json.loads(again.stdout)
    assert 0 < told["sent"] < told["size"]
    assert is_there(f"{address}/gone/small:1")


@pytest.mark.parametrize("act", [interrupt, end])
def test_interrupted_push(small: Small, address: str, act: Callable[[subprocess.Popen[str]], None]) -> None:
    """Ctrl-C or `kill` in the middle of a push leaves nothing under the name, and no program behind."""
    stopped = midway(small.directory, act, "image", "push", f"{address}/stopped/small:1", more={})
    assert stopped.code == 130, stopped.text
    assert last(stopped) == ["error: interrupted"]
    assert not is_there(f"{address}/stopped/small:1")


@pytest.mark.parametrize("words", [("image", "build"), ("image", "push", "docker-archive:out/image.tar")], ids=" ".join)
def test_interrupted_build(small: Small, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Ctrl-C in the middle of building the archive, or writing it, leaves no half of it."""
    project = small.changed(tmp_path / "project", f"interrupted {words[1]}")
    process = subprocess.Popen(
        [CLI, *words, "--locked", "--verbose"],
        cwd=project,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if line.startswith("$ sh -c") or "building" in line:
                interrupt(process)
                break
        said += process.stderr.read()
    assert process.returncode == 130, said
    assert not (project / "result").is_symlink()
    assert [path.name for path in project.rglob("*image.tar*")] == []
    assert started_in(process.pid) == []


@needs_root
@pytest.mark.parametrize("name", ["docker", "podman"])
def test_engines_disk_is_full(small: Small, name: str) -> None:
    """An engine without the space for the image says so and has no image under the name; the cure makes space."""
    with engines.running(name, megabytes=100) as engine:
        failed = answer(small, "image", "load", "--engine", name, more=engine.variables)
        assert failed.code == 1, failed.text
        assert last(failed) == [
            f"error[JF505]: the disk is full: {name} could not store the image",
            f"  try: {name} image prune",
        ]
        assert engine.run("images", "--quiet").stdout == ""


@needs_root
@pytest.mark.parametrize("target", ["docker-archive:{}/image.tar", "oci:{}/image"])
def test_disk_is_full(small: Small, tmp_path: Path, target: str) -> None:
    """An archive or directory that doesn't fit is an error of one line, and no half of it looks like a whole."""
    full = tmp_path / "full"
    full.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=50m", "jupyflake-tests", full)
    try:
        failed = answer(small, "image", "push", target.format(full))
        assert failed.code == 1, failed.text
        error, cure = last(failed)
        assert error.startswith("error[JF604]: the disk is full")
        assert "free some space" in cure
        assert not (full / "image.tar").exists()
        assert not (full / "image" / "index.json").exists()
    finally:
        run("umount", full)


@pytest.mark.parametrize("engine", ["docker"], indirect=True)
def test_no_rights(engine: RunningEngine, small: Small, tmp_path: Path) -> None:
    """A socket that the person may not use, and an engine that isn't running, are told apart, each with its cure."""
    wrapper = tmp_path / "docker"
    docker = shlex.quote(str(shutil.which("docker")))
    wrapper.write_text(f'#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups {docker} "$@"\n', "utf-8")
    wrapper.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    error, cure = last(answer(small, "image", "load", "--engine", "docker", more={**engine.variables, **path}))
    assert error.startswith("error[JF503]: you have no rights to use docker: ")
    assert "usermod -aG docker" in cure
    nobody = {"DOCKER_HOST": f"unix://{tmp_path}/nobody"}
    error, cure = last(answer(small, "image", "load", "--engine", "docker", more=nobody))
    assert error.startswith("error[JF502]: docker is installed, but its engine does not answer: ")
    assert cure == "  try: sudo systemctl start docker"


def test_half_an_archive(engine: RunningEngine, tiny: planned.Image, small: Small, tmp_path: Path) -> None:
    """An archive that was cut off is refused by the engine, and nothing of it has a name."""
    archive = tmp_path / "half.tar"
    pushing.push(tiny, f"docker-archive:{archive}", Console(quiet=True))
    os.truncate(archive, archive.stat().st_size // 2)
    failed = answer(small, "image", "load", "--engine", engine.name, "--archive", archive, more=engine.variables)
    assert failed.code == 1, failed.text
    assert last(failed)[0].startswith(f"error[JF504]: {engine.name} could not load the image: ")
    assert "tiny" not in engine.run("images").stdout


def test_push_without_skopeo(
    engine: RunningEngine, tiny: planned.Image, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine takes the image and pushes it; what is printed is the digest that the registry has."""
    other = "podman" if engine.name == "docker" else "docker"
    monkeypatch.setenv("PATH", without(["skopeo", other], tmp_path / "programs"))
    for name, value in engine.variables.items():
        monkeypatch.setenv(name, value)
    target = f"{address}/by-{engine.name}/tiny:1"
    pushed = pushing.push(tiny, target, Console(quiet=True))
    assert (pushed.through, pushed.destination) == (engine.name, target)
    monkeypatch.undo()
    words = ("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", f"docker://{target}")
    assert run(*words).stdout.strip() == pushed.digest
    assert address not in engine.run("images").stdout
    engine.run("rmi", "--force", tiny.reference)


def test_nothing_to_push_with(
    tiny: planned.Image, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without skopeo, docker and podman one line says what to install."""
    monkeypatch.setenv("PATH", without(["skopeo", "docker", "podman"], tmp_path / "programs"))
    with pytest.raises(JupyflakeError) as caught:
        pushing.push(tiny, f"{address}/a/tiny:1", Console(quiet=True))
    assert caught.value.code == "JF501"
    assert "needs skopeo, docker or podman" in caught.value.message
    assert "apt install skopeo" in str(caught.value.hint)
