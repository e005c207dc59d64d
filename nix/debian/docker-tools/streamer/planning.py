"""An image as data: what `plan` decides once and everything else reads."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, TypedDict

import layers
import rootfs
import sinks
import tarball
import workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Executor

VERSION = 1


class Layer(TypedDict):
    """A layer: of store paths, or (the last one) of described entries."""

    digest: str
    size: int
    paths: list[str]
    entries: list[rootfs.Entry]


class Image(TypedDict):
    """All that is needed to write the image; `config` is the text whose digest is the image's id."""

    version: int
    name: str
    tag: str
    id: str
    store: str
    config: str
    layers: list[Layer]


def members(layer: Layer, store: str) -> Iterator[tarball.Member]:
    """List what is in a layer."""
    if layer["paths"]:
        yield from tarball.parents(store)
        yield from tarball.store_members(layer["paths"])
    yield from rootfs.members(layer["entries"])


def plan(spec: Mapping[str, Any], graph: str, *, root: str) -> Image:
    """Decide layers and configuration of an image.

    `graph` is the closure of `root`, the specification itself, which isn't part of the image.
    """
    with workers.pool() as pool:
        dealt = deal(spec, graph, root=root, pool=pool)
        digests = list(pool.map(_digest, dealt, [spec["storeDir"]] * len(dealt)))
    return finish(spec, dealt, digests)


def deal(spec: Mapping[str, Any], graph: str, *, root: str, pool: Executor) -> list[Layer]:
    """Decide the layers, whose digests are still to be computed."""
    extra = rootfs.entries(spec["files"], spec["contents"])
    paths = [path for path in layers.closure(graph) if path != root]
    found = list(pool.map(_measured, paths, chunksize=8))
    sizes = {path.path: path.size for path in found}
    frame = tarball.size(tarball.parents(spec["storeDir"])) + len(tarball.END)
    dealt = [
        Layer(digest="", size=frame + sum(sizes[path] for path in group), paths=group, entries=[])
        for group in (layers.group(found, spec["maxLayers"] - bool(extra)) if found else [])
    ]
    if extra:
        size = tarball.size(rootfs.members(extra)) + len(tarball.END)
        dealt.append(Layer(digest="", size=size, paths=[], entries=extra))
    return dealt


def finish(spec: Mapping[str, Any], dealt: Sequence[Layer], digests: Sequence[str]) -> Image:
    """Make the image of layers whose digests are known."""
    planned = [
        Layer(digest=digest, size=layer["size"], paths=layer["paths"], entries=layer["entries"])
        for layer, digest in zip(dealt, digests, strict=True)
    ]
    config = _config(spec, planned)
    return Image(
        version=VERSION,
        name=spec["name"],
        tag=spec["tag"],
        id=hashlib.sha256(config.encode()).hexdigest(),
        store=spec["storeDir"],
        config=config,
        layers=planned,
    )


def _measured(path: str) -> layers.StorePath:
    return layers.StorePath(path, tarball.size(tarball.store_members([path])), layers.kind(path))


def _digest(layer: Layer, store: str) -> str:
    sink = sinks.Digest()
    write(layer, store, sink)
    return sink.hexdigest()


def write(layer: Layer, store: str, sink: sinks.Gathering) -> None:
    """Write a layer's tar, which must have the size that was planned."""
    before = sink.taken
    tarball.write(members(layer, store), sink)
    if sink.taken - before != layer["size"]:
        message = (
            f"a layer came out with {sink.taken - before} bytes instead of {layer['size']}: the store was changed; "
            "run `nix-store --verify --check-contents --repair`"
        )
        raise OSError(message)


def _config(spec: Mapping[str, Any], planned: list[Layer]) -> str:
    """Write the configuration of the image specification; its bytes are hashed, so they have one form only."""
    created = spec["created"]
    config = {
        "architecture": spec["architecture"],
        "config": spec["config"],
        "created": created,
        "history": [{"comment": comment(layer), "created": created, "created_by": "jupyflake"} for layer in planned],
        "os": "linux",
        "rootfs": {"diff_ids": [f"sha256:{layer['digest']}" for layer in planned], "type": "layers"},
    }
    return json.dumps(config, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def comment(layer: Layer) -> str:
    """Say in a line what is in a layer; `docker history` shows it."""
    names = [path.rsplit("/", 1)[-1][layers.HASH_LENGTH + 1 :] for path in layer["paths"]]
    return ", ".join(names) or "users, configuration, directories"
