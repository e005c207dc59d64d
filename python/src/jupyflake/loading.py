"""Images into engines: what an engine lacks, and no more."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyflake import process
from jupyflake.errors import JupyflakeError
from jupyflake.loopback import Served, serving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Literal

    from jupyflake.console import Console
    from jupyflake.engine import Engine
    from jupyflake.planned import Image


@dataclass(frozen=True)
class Loaded:
    """What loading an image came to."""

    loaded: bool
    """Whether the engine lacked it."""
    sent: int = 0
    """Bytes of layers that it was given."""
    layers: int = 0
    reference: str = ""


def has(engine: Engine, image: Image) -> bool:
    """Tell whether the engine has exactly this image under its name."""
    format_ = ["--format", "{{.Id}}"]
    completed = process.run([engine.name, "image", "inspect", *format_, image.reference], check=False)
    return bool(image.id) and completed.stdout.strip().removeprefix("sha256:") == image.id


def is_there(engine: Engine, image: Image) -> bool:
    """Tell whether the engine has exactly this image; where an older one has its name, the name is moved."""
    return has(engine, image) or (
        bool(image.id) and process.run([engine.name, "tag", image.id, image.reference], check=False).returncode == 0
    )


def load(engine: Engine, image: Image, console: Console) -> Loaded:
    """Load the image unless the engine has it."""
    if image.archive is not None:
        return Loaded(loaded=True, sent=image.size, reference=load_archive(engine, image.archive, console))
    if is_there(engine, image):
        return Loaded(loaded=False, reference=image.reference)
    if not _is_near(engine):
        return load_stream(engine, image, image.writer("write"), console)
    return _load_missing(engine, image, console)


def _is_near(engine: Engine) -> bool:
    """Tell whether the engine can reach this machine's loopback."""
    host = os.environ.get("DOCKER_HOST" if engine.name == "docker" else "CONTAINER_HOST", "")
    return not engine.remote and (not host or host.startswith("unix:"))


def _load_missing(engine: Engine, image: Image, console: Console) -> Loaded:
    """Have the engine pull: it asks for those layers only that it hasn't got."""
    # Docker's own form keeps the health check in podman; it has no name for zstd.
    form: Literal["oci", "docker"] = "oci" if image.compression == "zstd" else "docker"
    with serving(image, form, console, f"loading {image.reference} into {engine.name}") as served:
        try:
            completed = pull(engine, served)
            if completed.returncode == 0:
                process.run([engine.name, "tag", image.id, image.reference])
            elif served.gone.is_set():
                raise served.lost()
        finally:
            forget(engine, served.reference)
    if completed.returncode == 0:
        return Loaded(loaded=True, sent=served.sent, layers=len(served.layers), reference=image.reference)
    words = [*completed.stderr.splitlines(), *served.said]
    if not served.layers and _is_unreachable(completed.stderr):
        console.info(f"{engine.name} cannot reach this machine's loopback: it gets the whole image")
        return load_stream(engine, image, image.writer("write"), console)
    raise load_failed(engine, words)


def pull(engine: Engine, served: Served) -> process.Completed:
    """Have the engine pull what is served."""
    plain = ["--tls-verify=false"] if engine.name == "podman" else []
    return process.run([engine.name, "pull", "--quiet", *plain, served.reference], check=False, stop=served.gone)


def forget(engine: Engine, reference: str) -> None:
    """Take a name away from an image that may have others."""
    words = ["untag", reference, reference] if engine.name == "podman" else ["rmi", "--no-prune", reference]
    process.run([engine.name, *words], check=False)


def _is_unreachable(said: str) -> bool:
    return any(word in said.lower() for word in ("connection refused", "no route to host", "i/o timeout"))


def load_stream(engine: Engine, image: Image, writer: Sequence[str | Path], console: Console) -> Loaded:
    """Send the whole image through a pipe from the program that writes it."""
    said: list[str] = []
    description = f"loading {image.reference} into {engine.name}"
    with process.terminable(), console.progress(image.size, description, bytes=True) as progress:
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
        script = 'engine=$1; shift; "$@" --progress | "$engine" load'
        completed = process.run(["sh", "-c", script, "load", engine.name, *writer], check=False, on_line=watch)
    if completed.returncode != 0:
        raise load_failed(engine, said)
    return Loaded(loaded=True, sent=image.size, reference=image.reference)


def load_archive(engine: Engine, archive: Path, console: Console) -> str:
    """Load an archive file and give the name of the image in it."""
    if not archive.is_file():
        raise JupyflakeError("JF504", "there is no such archive", where=str(archive), hint="jupyflake image build")
    console.info(f"loading {archive} into {engine.name}")
    completed = process.run([engine.name, "load", "--input", archive], check=False)
    if completed.returncode != 0:
        raise load_failed(engine, completed.stderr.splitlines())
    named = re.findall(r"Loaded image(?:\(s\))?(?: ID)?: (\S+)", completed.stdout)
    return named[-1] if named else ""


def load_failed(engine: Engine, said: list[str]) -> JupyflakeError:
    """Say in one line why an engine did not take an image."""
    reason = next((line for line in reversed(said) if "error" in line.lower()), said[-1] if said else "no reason given")
    if any("no space left" in line.lower() for line in said):
        return JupyflakeError(
            "JF505",
            f"the disk is full: {engine.name} could not store the image",
            hint=f"{engine.name} image prune",
        )
    return JupyflakeError("JF504", f"{engine.name} could not load the image: {reason}", hint="run again with --verbose")
