"""An image as data: what `plan` decides once and everything else reads."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING, Any, TypedDict

import blobs
import digests
import layers
import rootfs
import sinks
import tarball
import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

VERSION = 2
# With fewer layers, there is one for the files outside of the store.
LEAST = 10


class Layer(TypedDict):
    """A layer: of store paths, or (the last one) of described entries; `blob` is what travels, compressed or not."""

    digest: str
    size: int
    blob: str
    blobSize: int
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
    compression: str
    zstd: str
    layers: list[Layer]


def members(layer: Layer, store: str) -> Iterator[tarball.Member]:
    """List what is in a layer."""
    if layer["paths"]:
        yield from tarball.parents(store)
        for path in sorted(layer["paths"]):
            # Each process takes what it needs of the walk that was before it.
            yield from _walked.pop(path, None) or tarball.store_members([path])
    yield from rootfs.members(layer["entries"])


# What store paths hold, kept from measuring them for writing them.
_walked: dict[str, list[tarball.Member]] = {}


def walk(paths: Iterable[str]) -> Iterator[layers.StorePath]:
    """Measure store paths, and remember what is in them."""
    for path in paths:
        _walked[path] = list(tarball.store_members([path]))
        yield layers.StorePath(path, tarball.size(_walked[path]), layers.kind(path))


def forget() -> None:
    """Forget what was remembered of store paths."""
    _walked.clear()


def plan(spec: Mapping[str, Any], graph: str, *, root: str, zstd: str = "", known: Path | None = None) -> Image:
    """Decide layers and configuration of an image.

    `graph` is the closure of `root`, the specification itself, which isn't part of the image. Digests that the
    directory `known` has are not computed again.
    """
    with workers.pool() as pool:
        dealt = deal(spec, graph, lambda new: pool.map(_measured, new, chunksize=8), root=root, known=known)
        marks = [digests.mark(layer, spec) for layer in dealt]
        found = digests.read(known, marks)
        new = [index for index, mark in enumerate(marks) if mark not in found]
        count = len(new)
        computed = pool.map(
            _digest,
            [dealt[index] for index in new],
            [spec["storeDir"]] * count,
            [compression(spec)] * count,
            [zstd] * count,
        )
        found |= {marks[index]: each for index, each in zip(new, computed, strict=True)}
    digests.write(known, found)
    return finish(spec, dealt, [found[mark] for mark in marks], zstd)


def compression(spec: Mapping[str, Any]) -> str:
    """Tell how the layers are compressed."""
    return str(spec.get("compression", "none"))


def deal(
    spec: Mapping[str, Any],
    graph: str,
    measure: Callable[[Sequence[str]], Iterable[layers.StorePath]],
    *,
    root: str,
    known: Path | None = None,
) -> list[Layer]:
    """Decide the layers, whose digests are still to be computed."""
    extra = rootfs.entries(spec["files"], spec["contents"])
    # What is copied into the image need not be in its store as well.
    copied = _copied(spec) & layers.unreferenced(graph, root)
    paths = [path for path in layers.closure(graph) if path != root and path not in copied]
    since = {each["path"]: each["since"] for each in spec.get("later", ())}
    found = [
        dataclasses.replace(path, since=since.get(path.path, 0)) for path in digests.measures(known, paths, measure)
    ]
    sizes = {path.path: path.size for path in found}
    frame = tarball.size(tarball.parents(spec["storeDir"])) + len(tarball.END)
    # Directories and links that mention nothing of the project's own lie below what changes with it.
    own = [path.path for path in found if not layers.stays(path)]
    files = [path for path, file in spec["files"].items() if "copy" in file]
    below, above = rootfs.part(
        extra,
        lambda entry: (
            spec["maxLayers"] < LEAST or entry["path"] in files or any(path in entry["content"] for path in own)
        ),
    )
    limit = spec["maxLayers"] - bool(below) - bool(above)
    groups = layers.group(found, limit) if found else []
    dealt = [_layer(size=frame + sum(sizes[path] for path in group), paths=group) for group in groups]
    if below:
        place = sum(not {*group} & {*own} for group in groups)
        dealt.insert(place, _entries(below))
    return [*dealt, _entries(above)] if above else dealt


def _copied(spec: Mapping[str, Any]) -> set[str]:
    """Give the store paths that nothing but copies of files is made of."""
    store = spec["storeDir"]
    sources = [file["copy"] for file in spec["files"].values() if "copy" in file]
    found = {f"{store}/{source[len(store) + 1 :].partition('/')[0]}" for source in sources}
    rest = {path: {key: value for key, value in file.items() if key != "copy"} for path, file in spec["files"].items()}
    text = json.dumps({**spec, "files": rest})
    return {path for path in found if path not in text}


def _entries(entries: Sequence[rootfs.Entry]) -> Layer:
    return _layer(size=tarball.size(rootfs.members(entries)) + len(tarball.END), entries=entries)


def _layer(*, size: int, paths: Sequence[str] = (), entries: Sequence[rootfs.Entry] = ()) -> Layer:
    return Layer(digest="", size=size, blob="", blobSize=0, paths=list(paths), entries=list(entries))


def finish(spec: Mapping[str, Any], dealt: Sequence[Layer], found: Sequence[digests.Digests], zstd: str = "") -> Image:
    """Make the image of layers whose digests are known."""
    planned = [
        Layer(
            digest=digest,
            size=layer["size"],
            blob=blob,
            blobSize=blob_size,
            paths=layer["paths"],
            entries=layer["entries"],
        )
        for layer, (digest, blob, blob_size) in zip(dealt, found, strict=True)
    ]
    config = _config(spec, planned)
    return Image(
        version=VERSION,
        name=spec["name"],
        tag=spec["tag"],
        id=hashlib.sha256(config.encode()).hexdigest(),
        store=spec["storeDir"],
        config=config,
        compression=compression(spec),
        zstd=zstd,
        layers=planned,
    )


def _measured(path: str) -> layers.StorePath:
    return layers.StorePath(path, tarball.size(tarball.store_members([path])), layers.kind(path))


def _digest(layer: Layer, store: str, compression: str, zstd: str) -> digests.Digests:
    blob = blobs.Blob(compression, zstd)
    write(layer, store, blob)
    return blob.finish()


def write_blob(layer: Layer, planned: Image, descriptor: int, progress: Callable[[int], None] = lambda _: None) -> None:
    """Write what travels of a layer: it must come out as it was planned."""
    if planned["compression"] == "none":
        plain = sinks.Watched(descriptor, progress)
        write(layer, planned["store"], plain)
        plain.flush()
        return
    blob = blobs.Blob(planned["compression"], planned["zstd"], lambda data: sinks.write_all(descriptor, data))
    write(layer, planned["store"], blob)
    if blob.finish() != (layer["digest"], layer["blob"], layer["blobSize"]):
        raise changed(layer)


def changed(layer: Layer) -> OSError:
    """Say that a layer isn't what it was when the image was planned."""
    message = (
        f"the layer {layer['digest'][:12]} came out differently: the store was changed; "
        "run `nix-store --verify --check-contents --repair`"
    )
    return OSError(message)


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
