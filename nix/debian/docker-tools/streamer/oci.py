"""The image as registries and OCI directories have it: manifests that name configuration and layers by digest."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import blobs
import planning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planning import Image, Layer

OCI = "application/vnd.oci.image.manifest.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = {OCI: "application/vnd.oci.image.config.v1+json", DOCKER: "application/vnd.docker.container.image.v1+json"}
# Annotations of the specification; labels under other names are for the configuration only.
ANNOTATION = "org.opencontainers.image."


def manifest(planned: Image, form: str = OCI) -> bytes:
    """Write the image's manifest; its digest is the one that a registry shows."""
    config = planned["config"].encode()
    kind = blobs.MEDIA_TYPES[planned["compression"]][form == DOCKER]
    written: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": form,
        "config": {"mediaType": CONFIG[form], "digest": f"sha256:{planned['id']}", "size": len(config)},
        "layers": [
            {"mediaType": kind, "digest": f"sha256:{layer['blob']}", "size": layer["blobSize"]}
            for layer in planned["layers"]
        ],
    }
    labels = json.loads(config)["config"].get("Labels") or {}
    annotations = {name: value for name, value in labels.items() if name.startswith(ANNOTATION)}
    # Docker's own format has no place for them.
    if form == OCI and annotations:
        written["annotations"] = annotations
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def digest(data: bytes) -> str:
    """Give the digest as registries write it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def directory(planned: Image, target: Path, progress: Callable[[Layer, bool], None] = lambda *_: None) -> None:
    """Write the image into an OCI directory; blobs that it has are not written again.

    The index is replaced at the end: a directory that was interrupted holds what it held before.
    """
    store = target / "blobs" / "sha256"
    store.mkdir(parents=True, exist_ok=True)
    for layer in planned["layers"]:
        there = (store / layer["blob"]).is_file()
        progress(layer, there)
        if not there:
            new = store / f".{layer['blob']}.{os.getpid()}"
            try:
                with new.open("wb", buffering=0) as file:
                    planning.write_blob(layer, planned, file.fileno())
                new.replace(store / layer["blob"])
            finally:
                new.unlink(missing_ok=True)
    written = manifest(planned)
    platform = {"architecture": json.loads(planned["config"])["architecture"], "os": "linux"}
    entry = {
        "mediaType": OCI,
        "digest": digest(written),
        "size": len(written),
        "platform": platform,
        "annotations": {"org.opencontainers.image.ref.name": planned["tag"]},
    }
    _replace(store / planned["id"], planned["config"].encode())
    _replace(store / hashlib.sha256(written).hexdigest(), written)
    _replace(target / "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry, *_others(target, planned["tag"])]}
    _replace(target / "index.json", json.dumps(index, ensure_ascii=False, sort_keys=True).encode())


def tell(**event: object) -> None:
    """Tell the watching program, by a line of JSON that no other process's line can be mixed with."""
    os.write(sys.stdout.fileno(), json.dumps(event, ensure_ascii=False).encode() + b"\n")


def _others(target: Path, tag: str) -> list[dict[str, Any]]:
    """Give the directory's images of other names."""
    try:
        index = json.loads((target / "index.json").read_text("utf-8"))
    except FileNotFoundError:
        return []
    name = "org.opencontainers.image.ref.name"
    return [entry for entry in index.get("manifests", []) if (entry.get("annotations") or {}).get(name) != tag]


def _replace(path: Path, data: bytes) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_bytes(data)
    new.replace(path)
