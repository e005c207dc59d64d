"""What is in an image, from its plan."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from jupyflake import costs
from jupyflake.console import columns
from jupyflake.manifest.model import SERVER
from jupyflake.picture import lines
from jupyflake.picture.parts import parts, readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyflake.picture.parts import Part, StorePath

_LARGEST = 10
# Before the name of a store path stands its hash.
_HASH_LENGTH = 33
_WIDTH, _HEIGHT = 80, 20
# Where values stand, after the names.
_INDENT = 9


def inside(plan: Mapping[str, Any]) -> list[str]:
    """Give the store paths of an image."""
    return [path for layer in plan["layers"] for path in layer["paths"]]


def describe(plan: Mapping[str, Any], digest: str, closures: Mapping[str, Sequence[StorePath]]) -> dict[str, Any]:
    """Give name, digests, settings and layers, what each kernel costs, and the largest packages.

    `closures` has what each kernel and the server need, as `costs.closures` gives it; sizes are in bytes.
    """
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
    found = parts(closures)
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
        "largest": _listed(found[:_LARGEST]),
        "environments": costs.costs(found, closures),
        "packages": _listed(found),
    }


def _listed(found: Iterable[Part]) -> list[dict[str, Any]]:
    return [
        {"name": part.name, "size": part.size, "environments": list(part.users), "paths": list(part.paths)}
        for part in found
    ]


def text(description: Mapping[str, Any]) -> str:
    """Write a description for people, in lines of 80 characters."""
    rows = [
        ("image", description["reference"]),
        ("id", description["id"]),
        ("digest", description["digest"]),
        ("platform", description["platform"]),
        ("created", description["created"]),
        ("size", _size(description)),
        ("user", description["user"]),
        ("ports", ", ".join(description["ports"])),
        *(("label", _label(*label)) for label in sorted(description["labels"].items())),
    ]
    sections = [
        "\n".join(f"{name:<8} {value}" for name, value in rows),
        treemap(description["packages"], list(description["environments"])),
        columns(("only it brings", "it shares", "what"), _costs(description["environments"])),
        f"the {len(description['largest'])} largest packages\n{_packages(description['largest'])}",
    ]
    return "\n\n".join(sections)


def treemap(packages: Iterable[Mapping[str, Any]], users: Sequence[str]) -> str:
    """Draw what only one user has, and what several share."""
    boxes: dict[str, list[tuple[str, int]]] = {user: [] for user in users}
    shared: list[tuple[str, int]] = []
    for package in packages:
        several = len(package["environments"]) > 1
        (shared if several else boxes[package["environments"][0]]).append((package["name"], package["size"]))
    return lines.draw([*(lines.Block(*box) for box in boxes.items()), lines.Block("shared", shared)], _WIDTH, _HEIGHT)


def layers(description: Mapping[str, Any]) -> str:
    """List the layers from the lowest on, with what is in each."""
    listed = description["layers"]
    rows = [
        (str(index), readable(layer["size"]).rjust(7), _names(layer["paths"])) for index, layer in enumerate(listed, 1)
    ]
    return columns(("layer", "   size", "what is in it"), rows)


def _costs(environments: Mapping[str, Mapping[str, int]]) -> list[tuple[str, str, str]]:
    return [
        (
            readable(sizes["own"]).rjust(14),
            readable(sizes["shared"]).rjust(9),
            "jupyter: the server, and what every image has" if name == SERVER else name,
        )
        for name, sizes in environments.items()
    ]


def _packages(packages: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        (readable(package["size"]).rjust(7), package["name"], ", ".join(package["environments"]))
        for package in packages
    ]
    return columns(("   size", "package", "of"), rows)


def _label(name: str, value: str) -> str:
    """Write a label; one that is longer than a line has its value below."""
    text = f"{name}={value}"
    return text if len(text) <= _WIDTH - _INDENT else f"{name}=\n{'':{_INDENT}}{value}"


def _size(description: Mapping[str, Any]) -> str:
    size = f"{readable(description['size'])} in {len(description['layers'])} layers"
    if description["compression"] == "none":
        return size
    return f"{size} ({description['compression']}; {readable(description['unpacked'])} unpacked)"


def _names(paths: list[str]) -> str:
    names = ", ".join(path.rsplit("/", 1)[-1][_HASH_LENGTH:] for path in paths)
    return textwrap.shorten(names, 60, placeholder=" …") if names else "users, configuration, directories"
