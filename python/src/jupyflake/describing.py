"""What is in an image, from its plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 10
# Before the name of a store path stands its hash.
_HASH_LENGTH = 33
_NAMES = 4


def describe(plan: Mapping[str, Any], digest: str, measures: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """Give name, digests, settings and layers, and the largest of the store paths."""
    config = json.loads(plan["config"])
    settings = config["config"]
    layers = [
        {
            "digest": f"sha256:{layer['blob']}",
            "diff_id": f"sha256:{layer['digest']}",
            "size": layer["blobSize"],
            "unpacked": layer["size"],
            "paths": layer["paths"],
        }
        for layer in plan["layers"]
    ]
    sizes = {path: measures[path] for layer in layers for path in layer["paths"] if path in measures}
    largest = sorted(sizes, key=lambda path: (-sizes[path][0], path))[:_LARGEST]
    return {
        "reference": f"{plan['name']}:{plan['tag']}",
        "id": f"sha256:{plan['id']}",
        "digest": digest,
        "platform": f"{config['os']}/{config['architecture']}",
        "created": config["created"],
        "compression": plan["compression"],
        "size": sum(layer["size"] for layer in layers),
        "unpacked": sum(layer["unpacked"] for layer in layers),
        "user": settings.get("User", ""),
        "ports": sorted(settings.get("ExposedPorts", {})),
        "env": settings.get("Env", []),
        "labels": settings.get("Labels", {}),
        "layers": layers,
        "largest": [{"path": path, "size": sizes[path][0], "kind": sizes[path][1]} for path in largest],
    }


def text(description: Mapping[str, Any]) -> str:
    """Write a description for people."""
    rows = [
        ("image", description["reference"]),
        ("id", description["id"]),
        ("digest", description["digest"]),
        ("platform", description["platform"]),
        ("created", description["created"]),
        ("size", _size(description)),
        ("user", description["user"]),
        ("ports", ", ".join(description["ports"])),
        *(("label", f"{name}={value}") for name, value in sorted(description["labels"].items())),
    ]
    lines = [f"{name:<9} {value}" for name, value in rows]
    lines += ["", f"{len(description['layers'])} layers"]
    lines += [f"{_megabytes(layer['size'])}  {_names(layer['paths'])}" for layer in description["layers"]]
    lines += ["", f"the {len(description['largest'])} largest parts"]
    lines += [f"{_megabytes(part['size'])}  {part['path'].rsplit('/', 1)[-1]}" for part in description["largest"]]
    return "\n".join(lines)


def _size(description: Mapping[str, Any]) -> str:
    size = _megabytes(description["size"]).strip()
    if description["compression"] == "none":
        return size
    return f"{size} ({description['compression']}; {_megabytes(description['unpacked']).strip()} unpacked)"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:8.1f} MB"


def _names(paths: list[str]) -> str:
    if not paths:
        return "users, configuration, directories"
    names = [path.rsplit("/", 1)[-1][_HASH_LENGTH:] for path in paths]
    rest = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(names[:_NAMES]) + rest
