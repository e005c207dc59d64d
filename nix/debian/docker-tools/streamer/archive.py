"""The archive for `docker load` and `podman load`: one tar of the manifest, the configuration and the layers' tars."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tarfile
import time
from typing import TYPE_CHECKING, Any

import planning
import sinks
import tarball
import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    sink = Watched(descriptor, progress)
    tarball.write(_start(planned), sink, end=False)
    for layer in planned["layers"]:
        sink.data(_header(layer))
        planning.write(layer, planned["store"], sink)
    sink.data(tarball.END)
    sink.flush()


def build(spec: Mapping[str, Any], graph: str, path: str, *, root: str) -> Image:
    """Plan the image and write its archive into a new file in one go, several layers at a time.

    What each layer takes up is known before its digest is, so its place in the file is too.
    """
    store = spec["storeDir"]
    with workers.pool() as pool:
        dealt = planning.deal(spec, graph, root=root, pool=pool)
        # All digests have one length: the start is as long as it will be with the real ones.
        blank = planning.finish(spec, dealt, ["0" * len(hashlib.sha256().hexdigest())] * len(dealt))
        places = []
        place = tarball.size(_start(blank))
        for layer in dealt:
            places.append(place)
            place += tarball.BLOCK + layer["size"]
        with open(path, "wb", buffering=0) as file:
            digests = list(pool.map(_write_at, dealt, [store] * len(dealt), [path] * len(dealt), places))
            planned = planning.finish(spec, dealt, digests)
            sink = sinks.Output(file.fileno())
            tarball.write(_start(planned), sink, end=False)
            sink.flush()
            for layer, start in zip(planned["layers"], places, strict=True):
                os.pwrite(file.fileno(), _header(layer), start)
            os.pwrite(file.fileno(), tarball.END, place)
    return planned


def total(planned: Image) -> int:
    """Count the layers' bytes in the archive."""
    return sum(layer["size"] for layer in planned["layers"])


def _start(planned: Image) -> list[tarball.Member]:
    """Give what comes before the layers."""
    contents = {"manifest.json": manifest(planned), f"{planned['id']}.json": planned["config"].encode()}
    return [tarball.Member(name, tarfile.REGTYPE, 0o444, len(data), data=data) for name, data in contents.items()]


def _header(layer: Layer) -> bytes:
    return tarball.header(tarball.Member(f"{layer['digest']}.tar", tarfile.REGTYPE, 0o444, layer["size"]))


def _write_at(layer: Layer, store: str, path: str, place: int) -> str:
    with open(path, "r+b", buffering=0) as file:
        file.seek(place + tarball.BLOCK)
        sink = sinks.Copy(file.fileno())
        planning.write(layer, store, sink)
        return sink.hexdigest()


class Watched(sinks.Output):
    """Tells how many bytes were written, not too often."""

    def __init__(self, descriptor: int, progress: Callable[[int], None]) -> None:
        super().__init__(descriptor)
        self._progress = progress
        self._next = 0.0

    def file(self, path: str, size: int) -> None:
        """Take exactly `size` bytes of the file."""
        super().file(path, size)
        if (now := time.monotonic()) >= self._next:
            self._next = now + INTERVAL
            self._progress(self.taken)


def to_stderr(done: int) -> None:
    """Tell a watching program how many bytes are written."""
    print(f"written {done}", file=sys.stderr, flush=True)
