"""The archive for `docker load` and `podman load`: one tar of the manifest, the configuration and the layers' tars."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tarfile
from typing import TYPE_CHECKING, Any

import blobs
import planning
import sinks
import tarball
import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor

    from planning import Image, Layer


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
    tarball.write(_start(planned), sink, end=False)
    done = 0
    for layer in planned["layers"]:
        sink.data(_header(layer))
        sink.flush()
        planning.write_blob(layer, planned, descriptor, lambda count, before=done: progress(before + count))
        done += layer["blobSize"]
        sink.data(bytes(tarball.padding(layer["blobSize"])))
    sink.data(tarball.END)
    sink.flush()


def build(spec: Mapping[str, Any], graph: str, path: str, *, root: str, zstd: str = "") -> Image:
    """Plan the image and write its archive into a new file in one go, several layers at a time."""
    # Walking is less work than starting processes that walk, and telling what they found.
    dealt = planning.deal(spec, graph, planning.walk, root=root)
    try:
        with workers.pool() as pool:
            write = _compressed if planning.compression(spec) != "none" else _plain
            return write(spec, dealt, path, pool, zstd)
    finally:
        planning.forget()


def _plain(spec: Mapping[str, Any], dealt: list[Layer], path: str, pool: Executor, zstd: str) -> Image:
    """Write each layer at its place, which is known before its digest is, as what it takes up is."""
    # All digests have one length: the start is as long as it will be with the real ones.
    blank = "0" * len(hashlib.sha256().hexdigest())
    before = planning.finish(spec, dealt, [(blank, blank, layer["size"]) for layer in dealt], zstd)
    places = []
    place = tarball.size(_start(before))
    for layer in dealt:
        places.append(place)
        place += tarball.BLOCK + layer["size"]
    with open(path, "wb", buffering=0) as file:
        count = len(dealt)
        digests = pool.map(_write_at, dealt, [spec["storeDir"]] * count, [path] * count, places)
        found = [(digest, digest, layer["size"]) for layer, digest in zip(dealt, digests, strict=True)]
        planned = planning.finish(spec, dealt, found, zstd)
        sink = sinks.Output(file.fileno())
        tarball.write(_start(planned), sink, end=False)
        sink.flush()
        for layer, start in zip(planned["layers"], places, strict=True):
            os.pwrite(file.fileno(), _header(layer), start)
        os.pwrite(file.fileno(), tarball.END, place)
    return planned


def _compressed(spec: Mapping[str, Any], dealt: list[Layer], path: str, pool: Executor, zstd: str) -> Image:
    """Compress each layer into a file beside the archive, and put these together."""
    count = len(dealt)
    parts = [f"{path}.{index}" for index in range(count)]
    arguments = ([spec["storeDir"]] * count, [planning.compression(spec)] * count, [zstd] * count, parts)
    planned = planning.finish(spec, dealt, list(pool.map(_compress, dealt, *arguments)), zstd)
    with open(path, "wb", buffering=0) as file:
        sink = sinks.Output(file.fileno())
        tarball.write(_start(planned), sink, end=False)
        for layer, part in zip(planned["layers"], parts, strict=True):
            sink.data(_header(layer))
            sink.file(part, layer["blobSize"])
            sink.data(bytes(tarball.padding(layer["blobSize"])))
            os.unlink(part)
        sink.data(tarball.END)
        sink.flush()
    return planned


def total(planned: Image) -> int:
    """Count the layers' bytes in the archive."""
    return sum(layer["blobSize"] for layer in planned["layers"])


def _start(planned: Image) -> list[tarball.Member]:
    """Give what comes before the layers."""
    contents = {"manifest.json": manifest(planned), f"{planned['id']}.json": planned["config"].encode()}
    return [tarball.Member(name, tarfile.REGTYPE, 0o444, len(data), data=data) for name, data in contents.items()]


def _header(layer: Layer) -> bytes:
    return tarball.header(tarball.Member(f"{layer['digest']}.tar", tarfile.REGTYPE, 0o444, layer["blobSize"]))


def _write_at(layer: Layer, store: str, path: str, place: int) -> str:
    with open(path, "r+b", buffering=0) as file:
        file.seek(place + tarball.BLOCK)
        sink = sinks.Copy(file.fileno())
        planning.write(layer, store, sink)
        return sink.hexdigest()


def _compress(layer: Layer, store: str, compression: str, zstd: str, path: str) -> tuple[str, str, int]:
    with open(path, "wb", buffering=0) as file:
        blob = blobs.Blob(compression, zstd, lambda data: sinks.write_all(file.fileno(), data))
        planning.write(layer, store, blob)
        return blob.finish()


def to_stderr(done: int) -> None:
    """Tell a watching program how many bytes are written."""
    print(f"written {done}", file=sys.stderr, flush=True)
