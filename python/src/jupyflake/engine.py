"""Container engines: which one is there, and what it can do."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass

from jupyflake import process
from jupyflake.errors import JupyflakeError

ENGINES = ("docker", "podman")
_USERNS_SINCE = (4, 3)


@dataclass(frozen=True)
class Engine:
    """An engine that answers."""

    name: str
    version: tuple[int, ...]
    rootless: bool = False
    # Docker Desktop and podman's machine run in a virtual machine, where files of the host belong to whoever asks.
    remote: bool = False
    bridge: bool = True

    @property
    def maps_users(self) -> bool:
        """Whether the engine can let a user of the image be the person who starts the container."""
        return self.name == "podman" and self.rootless and self.version >= _USERNS_SINCE


def find(wanted: str | None = None) -> Engine:
    """Find an engine that answers: the wanted one, or docker, or podman."""
    if wanted is not None:
        return _ask(wanted)
    failures = []
    for name in ENGINES:
        try:
            return _ask(name)
        except JupyflakeError as error:
            failures.append(error)
    # An engine that is there and doesn't answer is likelier meant than one that is not there.
    there = [error for error in failures if error.code != "JF501"]
    if there:
        raise there[0]
    raise JupyflakeError(
        "JF501",
        "there is no container engine: neither docker nor podman is installed",
        hint=process.INSTALL["podman"],
    )


def _ask(name: str) -> Engine:
    try:
        completed = process.run([name, "info", "--format", "{{json .}}"], check=False)
    except JupyflakeError as error:
        if error.code == "JF601":
            raise JupyflakeError("JF501", f"{name} is not installed", hint=process.INSTALL[name]) from error
        raise
    if completed.returncode != 0:
        raise _silent(name, f"{completed.stdout}\n{completed.stderr}")
    try:
        info = json.loads(completed.stdout)
    except ValueError as error:
        raise _silent(name, completed.stdout + completed.stderr) from error
    # Debian's podman-docker is a `docker` that is podman.
    if "host" in info:
        return _podman(info)
    # The client answers where the daemon doesn't, and exits with 0 in some versions.
    if not info.get("ServerVersion"):
        raise _silent(name, "\n".join(info.get("ServerErrors") or [completed.stderr]))
    return _docker(info)


def _docker(info: dict[str, object]) -> Engine:
    options = info.get("SecurityOptions")
    networks = process.run(["docker", "network", "ls", "--filter", "driver=bridge", "--quiet"])
    return Engine(
        "docker",
        _version(info["ServerVersion"]),
        rootless="name=rootless" in options if isinstance(options, list) else False,
        remote=sys.platform != "linux" or info.get("OperatingSystem") == "Docker Desktop",
        bridge=bool(networks.stdout.strip()),
    )


def _podman(info: dict[str, object]) -> Engine:
    host, version = info["host"], info["version"]
    if not isinstance(host, dict) or not isinstance(version, dict):
        raise _silent("podman", "it describes itself in an unknown way")
    return Engine(
        "podman",
        _version(version.get("Version")),
        rootless=bool(host.get("security", {}).get("rootless")),
        remote=sys.platform != "linux" or bool(host.get("serviceIsRemote")),
    )


def _version(text: object) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", str(text))[:3])


def _silent(name: str, answer: str) -> JupyflakeError:
    """Say why an engine that is installed doesn't answer."""
    lines = [line.strip() for line in answer.splitlines() if line.strip() and not line.startswith("{")]
    said = lines[0] if lines else "no answer"
    if "permission denied" in answer.lower() or "access is denied" in answer.lower():
        cure = "sudo usermod -aG docker $USER, then log in again; or --engine podman, which needs no rights"
        if name == "podman":
            cure = "run it as an ordinary user with entries in /etc/subuid and /etc/subgid, or as root"
        return JupyflakeError("JF503", f"you have no rights to use {name}: {said}", hint=cure)
    start = "sudo systemctl start docker" if sys.platform == "linux" else "start Docker Desktop"
    if name == "podman":
        start = "podman info" if sys.platform == "linux" else "podman machine start"
    return JupyflakeError("JF502", f"{name} is installed, but its engine does not answer: {said}", hint=start)
