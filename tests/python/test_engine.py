"""Finding a container engine; the engines here are scripts that answer as real ones do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyflake import engine
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Callable

DOCKER = {
    "ServerVersion": "20.10.24+dfsg1",
    "SecurityOptions": ["name=seccomp,profile=default"],
    "OperatingSystem": "Debian",
}
PODMAN = {"host": {"security": {"rootless": True}, "serviceIsRemote": False}, "version": {"Version": "4.3.1"}}


def docker(program: Any, info: dict[str, Any] | None = None, rest: str = "exit 0", networks: str = "abc") -> None:
    """Put a docker on PATH that describes itself as `info`."""
    answer = json.dumps(DOCKER if info is None else info)
    program("docker", f"case \"$1 $2\" in info*) echo '{answer}';; 'network ls') echo '{networks}';; *) {rest};; esac")


def error_of(function: Callable[[], object]) -> JupyflakeError:
    """Give the error that a call ends with."""
    with pytest.raises(JupyflakeError) as caught:
        function()
    return caught.value


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
