"""Container engines: which one is there, what it can do, and the images it has."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import process
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from jupyflake.console import Console

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


@dataclass(frozen=True)
class Image:
    """An image as its stream script describes it, before anything is written."""

    id: str
    reference: str
    size: int
    workdir: str
    stream: Path


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
    # Podman says what it merely doubts before it says what is wrong.
    lines = [line for line in lines if "level=warning" not in line] or lines
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


def describe(stream: Path) -> Image:
    """Ask a stream script which image it writes."""
    stream = stream.resolve()
    answer = json.loads(process.run([stream, "--summary"]).stdout)
    return Image(str(answer["id"]), str(answer["reference"]), int(answer["size"]), str(answer["workdir"]), stream)


def has(engine: Engine, image: Image) -> bool:
    """Tell whether the engine has exactly this image under its name."""
    format_ = ["--format", "{{.Id}}"]
    completed = process.run([engine.name, "image", "inspect", *format_, image.reference], check=False)
    return completed.stdout.strip().removeprefix("sha256:") == image.id


def load(engine: Engine, image: Image, console: Console) -> bool:
    """Load the image unless the engine has it; tell whether that was needed."""
    if has(engine, image):
        return False
    # The same image may be there without the name, which an older one has: naming it is enough.
    if process.run([engine.name, "tag", image.id, image.reference], check=False).returncode == 0:
        return False
    said: list[str] = []
    with console.progress(image.size, f"loading {image.reference} into {engine.name}", bytes=True) as progress:
        done = 0

        def watch(line: str) -> None:
            nonlocal done
            word, _, count = line.partition(" ")
            if word == "written" and count.isdigit():
                progress.advance(int(count) - done)
                done = int(count)
            elif line.strip():
                said.append(line.strip())
                console.detail(line)

        # A pipe from one program to the other: the archive, as large as the image, is nowhere on the disk.
        completed = process.run(
            ["sh", "-c", '"$1" --progress | "$2" load', "load", image.stream, engine.name],
            check=False,
            on_line=watch,
        )
    if completed.returncode != 0:
        raise _load_failed(engine, said)
    return True


def load_archive(engine: Engine, archive: Path, console: Console) -> str:
    """Load an archive file and give the name of the image in it."""
    if not archive.is_file():
        raise JupyflakeError("JF504", "there is no such archive", where=str(archive), hint="jupyflake image build")
    console.info(f"loading {archive} into {engine.name}")
    completed = process.run([engine.name, "load", "--input", archive], check=False)
    if completed.returncode != 0:
        raise _load_failed(engine, completed.stderr.splitlines())
    named = re.findall(r"Loaded image(?:\(s\))?(?: ID)?: (\S+)", completed.stdout)
    return named[-1] if named else ""


def _load_failed(engine: Engine, said: list[str]) -> JupyflakeError:
    reason = next((line for line in reversed(said) if "error" in line.lower()), said[-1] if said else "no reason given")
    if "no space left" in reason.lower():
        return JupyflakeError(
            "JF505",
            f"the disk is full: {engine.name} could not store the image",
            hint=f"{engine.name} image prune",
        )
    return JupyflakeError("JF504", f"{engine.name} could not load the image: {reason}", hint="run again with --verbose")
