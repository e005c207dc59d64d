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
    from collections.abc import Iterator, Mapping

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
    store = spec["storeDir"]
    paths = [path for path in layers.closure(graph) if path != root]
    extra = rootfs.entries(spec["files"], spec["contents"])
    last: list[list[rootfs.Entry]] = [extra] if extra else []
    with workers.pool() as pool:
        sizes = pool.map(_size, paths, chunksize=8)
        found = [layers.StorePath(path, size, layers.kind(path)) for path, size in zip(paths, sizes, strict=True)]
        dealt = layers.group(found, spec["maxLayers"] - len(last)) if found else []
        blank = [Layer(digest="", size=0, paths=group, entries=[]) for group in dealt]
        blank += [Layer(digest="", size=0, paths=[], entries=entries) for entries in last]
        planned = list(pool.map(_digested, blank, [store] * len(blank)))
    config = _config(spec, planned)
    return Image(
        version=VERSION,
        name=spec["name"],
        tag=spec["tag"],
        id=hashlib.sha256(config.encode()).hexdigest(),
        store=store,
        config=config,
        layers=planned,
    )


def _size(path: str) -> int:
    size = 0
    for member in tarball.store_members([path]):
        size += tarball.BLOCK + member.size + tarball.padding(member.size)
    return size


def _digested(layer: Layer, store: str) -> Layer:
    sink = sinks.Digest()
    tarball.write(members(layer, store), sink)
    digest = sink.hexdigest()
    return Layer(digest=digest, size=sink.size, paths=layer["paths"], entries=layer["entries"])


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
