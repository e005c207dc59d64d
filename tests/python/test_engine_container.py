"""How a container is started: whose it is, what is mounted, where it can be reached."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyflake import container, ports
from jupyflake.console import Console
from jupyflake.engine import Engine
from jupyflake.errors import JupyflakeError
from jupyflake.planned import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = Image("demo:latest", "/home/jovyan")
DOCKER = Engine("docker", (20, 10, 24))
PODMAN = Engine("podman", (4, 3, 1), rootless=True)


def request(**changes: Any) -> container.Request:
    """Ask for a server on an ordinary directory."""
    fields: dict[str, Any] = {
        "engine": DOCKER,
        "image": IMAGE,
        "directory": Path("/data"),
        "user": (1001, 1002),
        "port": 8890,
        **changes,
    }
    return container.Request(**fields)


def arguments(*, host_network: bool = False, **changes: Any) -> list[str]:
    """Give the engine's arguments."""
    given = container.arguments(request(**changes), host_network=host_network)
    return [word for word in given if word not in ("--security-opt", "label=disable")]


def test_docker_on_a_directory() -> None:
    """The directory's owner is the user, and only this machine reaches the port."""
    assert arguments() == [
        *("--user", "1001:1002", "--volume", "/data:/home/jovyan/work"),
        *("--env", "JUPYTER_PORT=8890", "--publish", "127.0.0.1:8890:8890", "demo:latest"),
    ]


def test_machines_network() -> None:
    """On the machine's own network the server listens on the loopback only."""
    given = arguments(host_network=True)
    assert "--network=host" in given
    assert "JUPYTER_NOTEBOOK_IP=127.0.0.1" in given
    assert "--publish" not in given


def test_rootless_podman_maps_the_person() -> None:
    """In rootless podman the person is the image's user."""
    given = arguments(engine=PODMAN)
    assert "--userns=keep-id:uid=1000,gid=100" in given
    assert "--user" not in given


def test_old_rootless_podman() -> None:
    """Before 4.3 the person keeps the number."""
    given = arguments(engine=Engine("podman", (4, 2, 0), rootless=True))
    assert given[:3] == ["--userns=keep-id", "--user", "1001:1002"]


def test_rootless_docker() -> None:
    """In rootless docker the container's root is the person, and Jupyter has to be told that this is meant."""
    given = arguments(engine=Engine("docker", (24, 0, 0), rootless=True))
    assert given[:4] == ["--user", "0:0", "--env", "NB_UID=0"]
    assert given[-4:] == ["demo:latest", "jupyter", "lab", "--allow-root"]


@pytest.mark.parametrize("changes", [{"user": None}, {"engine": Engine("docker", (27, 0, 0), remote=True)}])
def test_image_s_own_user(changes: dict[str, Any]) -> None:
    """Where nobody can save, and where a virtual machine translates owners, the image's user stays."""
    assert "--user" not in arguments(**changes)


def test_saving() -> None:
    """Where nobody can save, no user is chosen; a virtual machine lets whoever asks write."""
    assert container.saves(request())
    assert not container.saves(request(user=None))
    assert container.saves(request(user=None, engine=Engine("docker", (27, 0, 0), remote=True)))


@pytest.mark.parametrize(
    ("owner", "person", "writable", "expected"),
    [
        ((1001, 1002), (1001, 1002), True, (1001, 1002)),
        ((1001, 1002), (0, 0), True, (1001, 1002)),
        ((0, 0), (0, 0), True, (0, 0)),
        ((0, 50), (1001, 1002, 50), True, (1001, 50)),
        ((0, 0), (1001, 1002), True, (1001, 1002)),
        ((0, 0), (1001, 1002), False, None),
    ],
    ids=["own", "asked by root", "root's", "shared by a group", "open to all", "closed"],
)
def test_who_saves(
    *, owner: tuple[int, int], person: tuple[int, ...], writable: bool, expected: tuple[int, int] | None
) -> None:
    """What is saved belongs to whoever would have saved it without a container."""
    assert container.user_for(owner, person, writable=writable) == expected


def test_root_has_no_power_but_over_its_files() -> None:
    """On root's directory root's container may do what an ordinary user may."""
    given = arguments(user=(0, 50))
    assert given[:2] == ["--user", "0:50"]
    assert {"NB_UID=0", "--cap-drop=ALL", "--security-opt=no-new-privileges"} <= set(given)
    assert given[-4:] == ["demo:latest", "jupyter", "lab", "--allow-root"]


@pytest.mark.parametrize(
    ("directory", "expected"),
    [
        ("/työ ja muut", ["--volume", "/työ ja muut:/home/jovyan/work"]),
        ("/a:b", ["--mount", 'type=bind,"source=/a:b",target=/home/jovyan/work']),
        ('/a:b,"c"', ["--mount", 'type=bind,"source=/a:b,""c""",target=/home/jovyan/work']),
    ],
)
def test_directories_with_any_name(directory: str, expected: list[str]) -> None:
    """Spaces, colons, commas and quotes in a directory's name are no syntax."""
    given = arguments(directory=Path(directory))
    place = given.index(expected[0])
    assert given[place : place + 2] == expected


def test_program_needs_no_port() -> None:
    """A program that serves nothing gets no port, so that several can run."""
    given = arguments(port=None, command=("jupyter", "nbconvert", "a.ipynb"))
    assert not [word for word in given if "publish" in word or "JUPYTER_PORT" in word]
    assert given[-3:] == ["jupyter", "nbconvert", "a.ipynb"]


@pytest.mark.parametrize(
    "command",
    [(), ("lab",), ("jupyter", "lab"), ("notebook", "--debug"), ("jupyter-server",), ("--ServerApp.base_url=/x/",)],
)
def test_servers(command: tuple[str, ...]) -> None:
    """What starts a server is waited for until it has a URL."""
    assert container.serves(command)


@pytest.mark.parametrize(
    "command", [("bash",), ("jupyter", "nbconvert"), ("jupyter",), ("jupyter", "--version"), ("python3", "-c", "1")]
)
def test_programs(command: tuple[str, ...]) -> None:
    """Everything else is run to its end."""
    assert not container.serves(command)


@pytest.fixture
def taken() -> Iterator[int]:
    """Listen on a port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_port_in_use(taken: int) -> None:
    """A port that is in use is an error that names a free one."""
    with pytest.raises(JupyflakeError, match=f"port {taken} is in use") as caught:
        ports.free_port(taken)
    assert caught.value.code == "JF506"
    other = int(str(caught.value.hint).split()[-1])
    assert ports.free_port(other) == other


def test_next_port(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a wish the next free port is taken, as Jupyter does."""
    monkeypatch.setattr(ports, "FIRST_PORT", taken)
    assert ports.free_port(None) > taken


ENGINE = """#!/bin/sh
echo "$@" >> "$RECORD"
case $1 in
  create) echo abc;;
  start) grep -q network=host "$RECORD" || { echo "Error: netavark: iptables failed" >&2; exit 126; };;
  exec) echo "http://127.0.0.1:8890/?token=t";;
  inspect) case "$3" in *Network*) echo bridge;; *Running*) echo true;; *) echo 3;; esac;;
esac
"""


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an engine on PATH that notes its calls and has no working network."""
    program = tmp_path / "bin" / "podman"
    program.parent.mkdir()
    program.write_text(ENGINE, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("RECORD", str(tmp_path / "record"))
    return tmp_path / "record"


def test_container_s_life(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a network the container gets the machine's; its URL is printed, and at the end nothing of it is left."""
    code = container.serve(request(engine=Engine("podman", (4, 3, 1))), Console())
    calls = [line.split()[0] for line in record.read_text(encoding="utf-8").splitlines()]
    assert calls == ["create", "inspect", "start", "rm", "create", "start", "exec", "logs", "inspect", "stop", "rm"]
    assert capsys.readouterr().out == "http://127.0.0.1:8890/?token=t\n"
    assert code == 3


def test_container_that_ends(record: Path) -> None:
    """A server that ends at once is quoted, and its container removed."""
    script = ENGINE.replace('echo "http://127.0.0.1:8890/?token=t"', "exit 1").replace("echo true", "echo false")
    program = record.parent / "bin" / "podman"
    program.write_text(
        script.replace("create) echo abc", "logs) echo 'Bad config' >&2;; create) echo abc"), encoding="utf-8"
    )
    with pytest.raises(JupyflakeError, match="Bad config") as caught:
        container.serve(request(engine=Engine("podman", (4, 3, 1))), Console())
    assert caught.value.code == "JF508"
    assert record.read_text(encoding="utf-8").splitlines()[-1].startswith("rm --force")
