"""Finding a container engine, and loading images into it; the engines here are scripts that answer as real ones do."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyflake import engine
from jupyflake.console import Console
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "0123abcd" * 8
DOCKER = {
    "ServerVersion": "20.10.24+dfsg1",
    "SecurityOptions": ["name=seccomp,profile=default"],
    "OperatingSystem": "Debian",
}
PODMAN = {"host": {"security": {"rootless": True}, "serviceIsRemote": False}, "version": {"Version": "4.3.1"}}

Program = "Callable[[str, str], Path]"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Give a function that puts a shell script on a PATH which has little else."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for name in ("sh", "cat", "wc", "echo", "test"):
        found = next(place for entry in os.environ["PATH"].split(":") if (place := Path(entry, name)).exists())
        (directory / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(directory))

    def write(name: str, script: str) -> Path:
        path = directory / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return write


def docker(program: Any, info: dict[str, Any] | None = None, rest: str = "exit 0", networks: str = "abc") -> None:
    """Put a docker on PATH that describes itself as `info`."""
    answer = json.dumps(DOCKER if info is None else info)
    program("docker", f"case \"$1 $2\" in info*) echo '{answer}';; 'network ls') echo '{networks}';; *) {rest};; esac")


def error_of(function: Callable[[], object]) -> JupyflakeError:
    """Give the error that a call ends with."""
    with pytest.raises(JupyflakeError) as caught:
        function()
    return caught.value


@pytest.fixture
def image(program: Any) -> engine.Image:
    """Make an image whose stream is a few bytes."""
    text = json.dumps({"id": ID, "reference": "demo:latest", "size": 5, "layers": 1, "workdir": "/home/jovyan"})
    stream = program("stream", f"case $1 in --summary) echo '{text}';; *) echo written 5 >&2; echo bytes;; esac")
    return engine.describe(stream)


def test_no_engine(program: Any) -> None:
    """Without any engine the error names both and says how to install one."""
    assert program
    error = error_of(engine.find)
    assert error.code == "JF501"
    assert "neither docker nor podman" in error.message
    assert "apt install" in str(error.hint)


def test_wanted_engine_is_not_there(program: Any) -> None:
    """The engine that was asked for is the one that is missed, even where the other would do."""
    docker(program)
    error = error_of(lambda: engine.find("podman"))
    assert (error.code, error.message) == ("JF501", "podman is not installed")


def test_docker(program: Any) -> None:
    """Docker with a bridge is used as it is."""
    docker(program)
    assert engine.find() == engine.Engine("docker", (20, 10, 24))


def test_docker_without_bridge(program: Any) -> None:
    """A docker without a bridge can only give containers the machine's own network."""
    docker(program, networks="")
    assert not engine.find().bridge


def test_rootless_docker(program: Any) -> None:
    """Docker says itself that it runs without root."""
    docker(program, DOCKER | {"SecurityOptions": ["name=seccomp", "name=rootless"]})
    assert engine.find().rootless


def test_docker_desktop(program: Any) -> None:
    """In Docker Desktop's machine files belong to whoever asks."""
    docker(program, DOCKER | {"OperatingSystem": "Docker Desktop"})
    assert engine.find().remote


def test_podman_is_next(program: Any) -> None:
    """Where docker doesn't answer, podman is used."""
    program("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    program("podman", f"echo '{json.dumps(PODMAN)}'")
    found = engine.find()
    assert found == engine.Engine("podman", (4, 3, 1), rootless=True)
    assert found.maps_users


def test_docker_that_is_podman(program: Any) -> None:
    """The `docker` of podman-docker is treated as what it is."""
    program("docker", f"echo '{json.dumps(PODMAN)}'")
    assert engine.find().name == "podman"


def test_old_podman_cannot_map(program: Any) -> None:
    """Before 4.3 podman can't choose which user of the image the person is."""
    program("podman", f"echo '{json.dumps(PODMAN | {'version': {'Version': '4.2.0'}})}'")
    assert not engine.find("podman").maps_users


@pytest.mark.parametrize(
    "script",
    [
        "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is it running?' >&2; exit 1",
        'echo \'{"ID":"","ServerErrors":["Cannot connect to the Docker daemon"]}\'',
    ],
)
def test_engine_is_not_running(program: Any, script: str) -> None:
    """A daemon that doesn't run is named, with the command that starts it, whatever the client's exit code."""
    program("docker", script)
    error = error_of(engine.find)
    assert error.code == "JF502"
    assert "Cannot connect to the Docker daemon" in error.message
    assert "docker" in str(error.hint).lower()


def test_no_rights(program: Any) -> None:
    """A socket that is closed to this user is another error than a daemon that doesn't run."""
    said = "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock"
    program("docker", f"echo '{said}' >&2; exit 1")
    error = error_of(engine.find)
    assert error.code == "JF503"
    assert "usermod -aG docker" in str(error.hint)


def test_warnings_of_an_engine_are_not_its_error(program: Any) -> None:
    """Podman warns of what it doubts first; the error is what stands in the message."""
    warning = 'time="2026-01-01T00:00:00Z" level=warning msg="/ is not a shared mount"'
    program("podman", f"echo '{warning}' >&2; echo 'Error: open /x: permission denied' >&2; exit 125")
    error = error_of(lambda: engine.find("podman"))
    assert error.message.endswith("Error: open /x: permission denied")


def test_image_that_is_there_is_not_sent(program: Any, image: engine.Image) -> None:
    """An engine that has this very image under its name gets nothing."""
    docker(program, rest=f"test \"$1\" = image && echo 'sha256:{ID}'")
    assert engine.load(engine.find(), image, Console(quiet=True)) is False


def test_image_without_its_name_is_named(program: Any, image: engine.Image) -> None:
    """An engine that has the image, but an older one under the name, only gets the name."""
    docker(program, rest=f'case $1 in image) echo sha256:ffff;; tag) test "$2" = {ID};; *) exit 9;; esac')
    assert engine.load(engine.find(), image, Console(quiet=True)) is False


def test_image_is_sent(program: Any, image: engine.Image, tmp_path: Path) -> None:
    """The stream goes through a pipe into the engine."""
    taken = tmp_path / "taken"
    docker(program, rest=f"case $1 in load) cat > '{taken}';; *) exit 1;; esac")
    assert engine.load(engine.find(), image, Console(quiet=True)) is True
    assert taken.read_text(encoding="utf-8") == "bytes\n"


def test_progress_is_shown(program: Any, image: engine.Image, capsys: pytest.CaptureFixture[str]) -> None:
    """People see how much is sent, and not the lines by which the stream says so."""
    docker(program, rest="case $1 in load) cat > /dev/null;; *) exit 1;; esac")
    engine.load(engine.find(), image, Console())
    said = capsys.readouterr().err
    assert "loading demo:latest into docker: 100 %" in said
    assert "written" not in said


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Error processing tar file(exit status 1): write /x: no space left on device", "JF505"),
        ("error: something else", "JF504"),
    ],
)
def test_engine_refuses(program: Any, image: engine.Image, said: str, code: str) -> None:
    """An engine that doesn't take the image is quoted; a full disk has a code of its own."""
    docker(program, rest=f"case $1 in load) cat > /dev/null; echo '{said}' >&2; exit 1;; *) exit 1;; esac")
    error = error_of(lambda: engine.load(engine.find(), image, Console(quiet=True)))
    assert error.code == code
    assert code == "JF505" or said in error.message


def test_archive_file(program: Any, tmp_path: Path) -> None:
    """An archive is loaded from its file, and the name of what is in it is told."""
    docker(program, rest="echo 'Loaded image: demo:1.0'")
    archive = tmp_path / "a.tar"
    archive.write_bytes(b"")
    assert engine.load_archive(engine.find(), archive, Console(quiet=True)) == "demo:1.0"
    error = error_of(lambda: engine.load_archive(engine.find(), tmp_path / "no.tar", Console(quiet=True)))
    assert (error.code, error.where) == ("JF504", str(tmp_path / "no.tar"))
