"""The archive for `docker load` and `podman load`: one tar of the manifest, the configuration and the layers' tars."""

from __future__ import annotations

import json
import sys
import tarfile
import time
from typing import TYPE_CHECKING

import planning
import sinks
import tarball
import workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning import Image, Layer

# How often a program that watches hears of the progress.
INTERVAL = 0.1


def manifest(planned: Image) -> bytes:
    """Write the archive's table of contents."""
    entry = {
        "Config": f"{planned['id']}.json",
        "Layers": [f"{layer['digest']}.tar" for layer in planned["layers"]],
        "RepoTags": [f"{planned['name']}:{planned['tag']}"],
    }
    return json.dumps([entry], separators=(",", ":"), sort_keys=True).encode()


def to_stream(planned: Image, descriptor: int, progress: Callable[[int], None] = lambda _: None) -> None:
    """Write the archive from its first byte to its last, into a pipe as well."""
    sink = sinks.Output(descriptor)
    _write_start(planned, sink)
    for layer in _stored(planned):
        _write_layer(layer, planned["store"], sink, progress)
    sink.data(tarball.END)
    sink.flush()


def to_file(planned: Image, path: str) -> None:
    """Write the archive into a new file, several layers at a time: what each takes up is known before."""
    with open(path, "wb", buffering=0) as file:
        sink = sinks.Output(file.fileno())
        _write_start(planned, sink)
        sink.flush()
        offset = sink.taken
        jobs = []
        for layer in _stored(planned):
            jobs.append((layer, planned["store"], path, offset))
            offset += tarball.BLOCK + layer["size"]
        with workers.pool() as pool:
            for _ in pool.map(_write_at, *zip(*jobs, strict=True)):
                pass
        file.seek(offset)
        file.write(tarball.END)


def total(planned: Image) -> int:
    """Count the layers' bytes in the archive."""
    return sum(layer["size"] for layer in _stored(planned))


def to_stderr(done: int) -> None:
    """Tell a watching program how many bytes are written."""
    print(f"written {done}", file=sys.stderr, flush=True)


def _stored(planned: Image) -> list[Layer]:
    # Two layers may be equal; the archive holds one of them.
    return list({layer["digest"]: layer for layer in planned["layers"]}.values())


def _write_start(planned: Image, sink: sinks.Output) -> None:
    for name, data in (("manifest.json", manifest(planned)), (f"{planned['id']}.json", planned["config"].encode())):
        member = tarball.Member(name, tarfile.REGTYPE, 0o444, len(data), data=data)
        tarball.write([member], sink, end=False)


def _write_layer(layer: Layer, store: str, sink: sinks.Output, progress: Callable[[int], None]) -> None:
    sink.data(tarball.header(tarball.Member(f"{layer['digest']}.tar", tarfile.REGTYPE, 0o444, layer["size"])))
    before = sink.taken
    tarball.write(planning.members(layer, store), _Watched(sink, progress))
    if sink.taken - before != layer["size"]:
        message = (
            f"a layer came out with {sink.taken - before} bytes instead of {layer['size']}: the store was changed; "
            "run `nix-store --verify --check-contents --repair`"
        )
        raise OSError(message)


def _write_at(layer: Layer, store: str, path: str, offset: int) -> None:
    with open(path, "r+b", buffering=0) as file:
        file.seek(offset)
        sink = sinks.Output(file.fileno())
        _write_layer(layer, store, sink, lambda _: None)
        sink.flush()


class _Watched:
    """Passes on to a sink and tells how far it is, not too often."""

    def __init__(self, sink: sinks.Output, progress: Callable[[int], None]) -> None:
        self._sink = sink
        self._progress = progress
        self._next = 0.0

    def data(self, data: bytes) -> None:
        self._sink.data(data)

    def file(self, path: str, size: int) -> None:
        self._sink.file(path, size)
        if (now := time.monotonic()) >= self._next:
            self._next = now + INTERVAL
            self._progress(self._sink.taken)
