"""A container of the project's image: how it is started, what is in its way, and its end."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import process
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyflake.console import Console
    from jupyflake.engine import Engine
    from jupyflake.planned import Image

_PATIENCE = 120.0
_PAUSE = 0.2
_STOP_SECONDS = 10
_SERVERS = frozenset({"lab", "notebook", "server", "nbclassic"})
# What engines say where they can't give a container a network of its own.
_NETWORK_WORDS = ("network", "netavark", "iptables", "cni", "slirp4netns", "pasta", "bridge", "nftables")


@dataclass(frozen=True)
class Request:
    """What to start: an image on a directory; a server is reachable at a port of this machine only.

    `user` is who the container runs as: numbers of a user and a group, or None for the image's own user.
    """

    engine: Engine
    image: Image
    directory: Path
    user: tuple[int, int] | None
    port: int | None = None
    command: tuple[str, ...] = ()


def serves(command: Sequence[str]) -> bool:
    """Tell whether a command is a Jupyter server, which has a URL, or a program to run to its end."""
    match command:
        case []:
            return True
        case ["jupyter", subcommand, *_]:
            return subcommand in _SERVERS
        case [first, *_]:
            return first.startswith("-") or first.removeprefix("jupyter-") in _SERVERS
    return False


def arguments(request: Request, *, host_network: bool) -> list[str]:
    """Give the engine's arguments, from options to command."""
    given = [*_user(request), *_mount(request.directory, f"{request.image.workdir}/work")]
    if host_network:
        # Without a network of its own, "all addresses" would be those of this machine.
        given += ["--network=host", "--env", "JUPYTER_NOTEBOOK_IP=127.0.0.1"]
    if request.port is not None:
        given += ["--env", f"JUPYTER_PORT={request.port}"]
        given += [] if host_network else ["--publish", f"127.0.0.1:{request.port}:{request.port}"]
    if Path("/sys/fs/selinux/enforce").exists():
        # Relabelling somebody's directory for containers (`:z`) would lock others out of it.
        given += ["--security-opt", "label=disable"]
    return [*given, request.image.reference, *_command(request)]


def user_for(owner: tuple[int, int], person: tuple[int, ...], *, writable: bool) -> tuple[int, int] | None:
    """Decide who can save in a directory: its owner; on root's directory the person, if that person may write there.

    `person` is the number of whoever asks, with those of their groups, the main one first.
    """
    uid, group, *groups = person
    if owner[0] != 0 or uid == 0:
        return owner
    if not writable:
        return None
    return (uid, owner[1] if owner[1] in groups else group)


def is_root(request: Request) -> bool:
    """Tell whether the container runs as the machine's root: root asked for it, on a directory of root's."""
    engine = request.engine
    return request.user is not None and request.user[0] == 0 and not engine.remote and not engine.rootless


def _user(request: Request) -> list[str]:
    """Let what is saved belong to the directory's owner."""
    engine = request.engine
    if engine.remote:
        return []
    if engine.maps_users:
        return ["--userns=keep-id:uid=1000,gid=100"]
    if engine.rootless and engine.name == "docker":
        # Root of a rootless docker's container is the person who started it.
        return ["--user", "0:0", "--env", "NB_UID=0"]
    numbers = [] if request.user is None else ["--user", ":".join(str(number) for number in request.user)]
    if engine.rootless:
        return ["--userns=keep-id", *numbers]
    if is_root(request):
        # Its own files are all that root needs here; of its powers over the machine and others' files it gets none.
        return [*numbers, "--env", "NB_UID=0", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
    return numbers


def _command(request: Request) -> list[str]:
    command = list(request.command)
    root = is_root(request) or (request.engine.rootless and request.engine.name == "docker")
    if root and serves(request.command) and "--allow-root" not in command:
        command = [*(command or ["jupyter", "lab"]), "--allow-root"]
    return command


def _mount(directory: Path, target: str) -> list[str]:
    source = str(directory)
    if ":" not in source:
        return ["--volume", f"{source}:{target}"]
    # The short form splits at colons. The long one is a line of CSV.
    quoted = source.replace('"', '""')
    return ["--mount", f'type=bind,"source={quoted}",target={target}']


def saves(request: Request) -> bool:
    """Tell whether notebooks can be saved."""
    return request.user is not None or request.engine.remote


def run(request: Request) -> int:
    """Run a program in a container with our terminal and give its exit code."""
    terminal = ["--tty"] if sys.stdin.isatty() and sys.stdout.isatty() else []
    words = [request.engine.name, "run", "--rm", "--interactive", *terminal]
    completed = process.run(
        [*words, *arguments(request, host_network=not request.engine.bridge)], capture=False, check=False
    )
    return completed.returncode


def serve(request: Request, console: Console) -> int:
    """Start a server, print its URL, follow its log; Ctrl-C stops and removes the container."""
    with process.terminable(), _container(request) as name:
        try:
            url = _await_url(request.engine.name, name)
            console.result(url, data={"url": url, "container": name, "engine": request.engine.name})
            console.info("Ctrl-C stops the container and removes it")
            process.run([request.engine.name, "logs", "--follow", "--tail=0", name], capture=False, check=False)
            return _exit_code(request.engine.name, name)
        except KeyboardInterrupt:
            console.info("stopping")
            return 0


@contextlib.contextmanager
def _container(request: Request) -> Iterator[str]:
    engine = request.engine.name
    name = _started(request)
    try:
        yield name
    finally:
        process.run([engine, "stop", "--time", str(_STOP_SECONDS), name], check=False)
        process.run([engine, "rm", "--force", "--volumes", name], check=False)


def _started(request: Request) -> str:
    host_network = not request.engine.bridge
    name = _created(request, host_network=host_network)
    if not host_network and _host_is_default(request.engine, name):
        _remove(request.engine, name)
        host_network, name = True, _created(request, host_network=True)
    completed = process.run([request.engine.name, "start", name], check=False)
    if completed.returncode != 0 and not host_network and _is_about_network(completed.stderr):
        _remove(request.engine, name)
        name = _created(request, host_network=True)
        completed = process.run([request.engine.name, "start", name], check=False)
    if completed.returncode != 0:
        _remove(request.engine, name)
        raise _refused(request, completed.stderr)
    return name


def _created(request: Request, *, host_network: bool) -> str:
    words = [request.engine.name, "create", *arguments(request, host_network=host_network)]
    completed = process.run(words, check=False)
    if completed.returncode != 0:
        raise _refused(request, completed.stderr)
    return completed.stdout.split()[-1]


def _host_is_default(engine: Engine, name: str) -> bool:
    """Ask whether a configuration of the engine gave the container the machine's network."""
    completed = process.run([engine.name, "inspect", "--format", "{{.HostConfig.NetworkMode}}", name], check=False)
    return completed.stdout.strip() == "host"


def _is_about_network(text: str) -> bool:
    return any(word in text.lower() for word in _NETWORK_WORDS)


def _remove(engine: Engine, name: str) -> None:
    process.run([engine.name, "rm", "--force", name], check=False)


def _refused(request: Request, said: str) -> JupyflakeError:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "no reason given")
    return JupyflakeError(
        "JF507", f"{request.engine.name} could not start the container: {reason}", hint="run again with --verbose"
    )


def _await_url(engine: str, name: str) -> str:
    """Ask the container for its URL until its server answers; the token is nowhere in the engine's own records."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        answer = process.run([engine, "exec", name, "/usr/local/bin/healthcheck", "--url"], check=False)
        if answer.returncode == 0 and answer.stdout.strip():
            return answer.stdout.split()[-1]
        if not _is_running(engine, name):
            raise JupyflakeError("JF508", f"the container ended at once: {_last_words(engine, name)}", hint=_LOOK)
        time.sleep(_PAUSE)
    raise JupyflakeError(
        "JF508", f"no server answers in the container after {_PATIENCE:.0f} s: {_last_words(engine, name)}", hint=_LOOK
    )


_LOOK = "jupyflake run -- bash, which shows the image from inside"


def _is_running(engine: str, name: str) -> bool:
    completed = process.run([engine, "inspect", "--format", "{{.State.Running}}", name], check=False)
    return completed.stdout.strip() == "true"


def _last_words(engine: str, name: str) -> str:
    completed = process.run([engine, "logs", "--tail", "20", name], check=False)
    lines = [line.strip() for line in (completed.stdout + completed.stderr).splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _exit_code(engine: str, name: str) -> int:
    completed = process.run([engine, "inspect", "--format", "{{.State.ExitCode}}", name], check=False)
    text = completed.stdout.strip()
    return int(text) if text.isdigit() else 1
