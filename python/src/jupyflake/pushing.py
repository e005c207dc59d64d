"""Images to registries, OCI directories and archive files: what is there already is neither read nor sent."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import engine as engines
from jupyflake import loading, planned, process
from jupyflake.errors import JupyflakeError
from jupyflake.loopback import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyflake.console import Console
    from jupyflake.engine import Engine
    from jupyflake.planned import Image

_OCI = "oci:"
_ARCHIVE = "docker-archive:"
_SKOPEO = "skopeo"
_NAME = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
_REFERENCE = re.compile(
    rf"(?P<host>localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:)|\[[0-9a-f:]+\])(?P<port>:\d+)?"
    rf"(?P<path>(?:/{_NAME})+)(?P<tag>:{_TAG})?"
)
_DENIED = ("unauthorized", "denied", "authentication required", "no basic auth", "forbidden")
# What docker says at the end of a push.
_DIGEST = re.compile(r"digest: (sha256:[0-9a-f]{64})")
# Addresses of uploads have long marks that tell nobody anything.
_QUERY = re.compile(r"(?<=\w)\?\w+=[\w%.~&=-]*")
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|\[::1\]")


@dataclass(frozen=True)
class Pushed:
    """What pushing an image came to."""

    destination: str
    sent: int
    """Bytes of layers that left the store: to the destination, or to the engine through which it went."""
    layers: int
    through: str
    digest: str
    """Of the manifest at the destination: engines write one of their own."""


def destination(text: str | None, image_reference: str) -> str:
    """Give the whole name of where the image goes; without a text that is what the image is called.

    Raises JF562 for what is no such name.
    """
    wanted = text or image_reference
    if wanted.startswith((_OCI, _ARCHIVE)):
        if not wanted.partition(":")[2]:
            raise JupyflakeError("JF562", f"{wanted} names no path", hint=f"{wanted}build/image")
        return wanted
    wanted = wanted.removeprefix("docker://")
    found = _REFERENCE.fullmatch(wanted)
    if found is None:
        tag = image_reference.rpartition(":")[2]
        name = image_reference.rpartition(":")[0].rpartition("/")[2]
        raise JupyflakeError(
            "JF562",
            f'"{wanted}" has no registry in it'
            if re.fullmatch(rf"{_NAME}(/{_NAME})*(:{_TAG})?", wanted)
            else f'"{wanted}" is not a name of an image',
            hint=f"jupyflake image push registry.example/team/{name}:{tag}",
        )
    return wanted if found["tag"] else f"{wanted}:{image_reference.rpartition(':')[2]}"


def push(image: Image, target: str, console: Console, *, plain: bool = False) -> Pushed:
    """Send the image to where `destination` says; `plain` allows a registry without TLS."""
    if target.startswith(_OCI):
        return _to_directory(image, target, console)
    if target.startswith(_ARCHIVE):
        return _to_archive(image, target, console)
    plain = plain or is_on_this_machine(target)
    if shutil.which(_SKOPEO):
        return _by_skopeo(image, target, console, plain=plain)
    return _by_engine(image, target, console, plain=plain)


def _to_directory(image: Image, target: str, console: Console) -> Pushed:
    directory = Path(target.removeprefix(_OCI)).absolute()
    with console.progress(image.size, f"writing {target}", bytes=True) as progress:
        served = Served(console, progress)
        with _writing(target):
            directory.mkdir(parents=True, exist_ok=True)
            completed = process.run(image.writer("oci", directory), check=False)
        for line in completed.stdout.splitlines():
            served.hear(line)
    if completed.returncode != 0:
        raise planned.failed(completed.stderr)
    return Pushed(target, served.sent, len(served.layers), "jupyflake", image.digest)


def _to_archive(image: Image, target: str, console: Console) -> Pushed:
    path = Path(target.removeprefix(_ARCHIVE)).absolute()
    if path.is_dir():
        raise JupyflakeError("JF563", f"{path} is a directory", hint=f"{_ARCHIVE}{path / 'image.tar'}")
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with _writing(target):
        path.parent.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    try:
        with console.progress(image.size, f"writing {target}", bytes=True), _writing(target):
            completed = process.run(
                ["sh", "-c", 'out=$1; shift; exec "$@" > "$out"', "archive", new, *image.writer("write")],
                check=False,
                on_line=said.append,
            )
        if completed.returncode != 0:
            raise planned.failed("\n".join(said))
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return Pushed(target, path.stat().st_size, 0, "jupyflake", image.digest)


@contextlib.contextmanager
def _writing(target: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JupyflakeError(
            "JF563", f"{target} cannot be written: {error.strerror}", hint="name a directory that you may write to"
        ) from error


def _by_skopeo(image: Image, target: str, console: Console, *, plain: bool) -> Pushed:
    with serving(image, "oci", console, f"pushing {target}") as served:
        words = [_SKOPEO, "copy", "--quiet", "--preserve-digests", "--src-tls-verify=false"]
        words += ["--dest-tls-verify=false"] if plain else []
        # Logins are for the destination; nobody has one for this registry.
        words += ["--src-no-creds", f"docker://{served.reference}", f"docker://{target}"]
        completed = process.run(words, check=False, stop=served.gone)
        if completed.returncode != 0 and served.gone.is_set():
            raise served.lost()
    if completed.returncode != 0:
        raise _refused(target, [*completed.stderr.splitlines(), *served.said], _SKOPEO)
    return Pushed(target, served.sent, len(served.layers), _SKOPEO, image.digest)


def _by_engine(image: Image, target: str, console: Console, *, plain: bool) -> Pushed:
    """Have the engine take what it lacks, then push that itself."""
    engine = _engine(target)
    loaded = loading.load(engine, image, console)
    process.run([engine.name, "tag", image.id, target])
    try:
        with console.progress(0, f"pushing {target}"):
            completed, digest = (_podman_push if engine.name == "podman" else _docker_push)(target, plain=plain)
    finally:
        if target != image.reference:
            loading.forget(engine, target)
    if completed.returncode != 0:
        raise _refused(target, completed.stderr.splitlines(), engine.name)
    return Pushed(target, loaded.sent, loaded.layers, engine.name, digest)


def _engine(target: str) -> Engine:
    """Find the engine that is to push, where there is no skopeo."""
    try:
        return engines.find()
    except JupyflakeError as error:
        raise JupyflakeError(
            error.code,
            f"pushing to {target.partition('/')[0]} needs skopeo, docker or podman: {error.message}",
            hint=process.INSTALL[_SKOPEO] if error.code == "JF501" else error.hint,
        ) from error


def _docker_push(target: str, *, plain: bool) -> tuple[process.Completed, str]:  # noqa: ARG001  (its daemon's setting)
    completed = process.run(["docker", "push", target], check=False)
    said = _DIGEST.findall(completed.stdout)
    return completed, said[-1] if said else ""


def _podman_push(target: str, *, plain: bool) -> tuple[process.Completed, str]:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "digest"
        words = ["podman", "push", "--quiet", *(["--tls-verify=false"] if plain else []), "--digestfile", str(file)]
        completed = process.run([*words, target], check=False)
        return completed, file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def is_on_this_machine(target: str) -> bool:
    """Tell whether a registry is this machine's, where no TLS is expected."""
    return bool(_LOOPBACK.match(target))


def reason(said: list[str]) -> str:
    """Give what skopeo or an engine said last, without the noise of its log and without secrets."""
    lines = [line.strip() for line in said if line.strip()]
    last = lines[-1] if lines else "no reason given"
    # Logs of Go programs: time="…" level=fatal msg="…"
    words = re.search(r'msg="((?:[^"\\]|\\.)*)"', last)
    return _QUERY.sub("", process.redact(words[1].replace('\\"', '"') if words else last))


def _refused(target: str, said: list[str], program: str) -> JupyflakeError:
    why = reason(said)
    registry = target.partition("/")[0]
    if any(word in why.lower() for word in _DENIED):
        return JupyflakeError("JF561", f"{registry} does not let you push: {why}", hint=f"{program} login {registry}")
    if "server gave HTTP response to HTTPS client" in why:
        return JupyflakeError("JF560", f"{registry} speaks no TLS", hint="--plain-http, in a network that you trust")
    hint = "check the name and the network, then run it again: what arrived is not sent twice"
    return JupyflakeError("JF560", f"{registry} did not take the image: {why}", hint=hint)
