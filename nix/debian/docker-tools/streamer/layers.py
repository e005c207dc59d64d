"""Which store paths share a layer.

A layer is the unit that engines and registries keep, so paths that change together should lie together, and a change
of one path should leave the other layers as they are. Large paths lie alone. The others are dealt out by kind and by a
hash of their name without the store's hash and the version: a new version of a package changes the group that the old
one was in, no other.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGE = 1 << 20
# Few enough to leave room for large paths, many enough that one changed package moves little.
GROUPS = {"base": 12, "wheel": 16, "bytecode": 2, "environment": 2}
HASH_LENGTH = 32
# How the bytecode of several wheels is called; that of one wheel changes as seldom as the wheel.
BUCKET = "-bytecode"


@dataclass(frozen=True, slots=True)
class StorePath:
    """A store path with what decides its place."""

    path: str
    size: int
    kind: str


def closure(graph: str) -> list[str]:
    """Read the paths of a closure from the text that Nix' `exportReferencesGraph` writes."""
    lines = iter(graph.splitlines())
    paths = []
    for path in lines:
        paths.append(path)
        next(lines)  # the derivation that made it
        for _ in range(int(next(lines))):
            next(lines)  # a reference
    return sorted(set(paths))


def kind(path: str) -> str:
    """Tell what a path is from its name and from what lies in it."""
    names = set(os.listdir(path)) if os.path.isdir(path) else set()
    if "site-packages" in names:
        return "wheel"
    # What has no version was made for the project and changes with it.
    if stem(path) == _name(path) or "pyvenv.cfg" in names:
        return "environment"
    if _first_file(path).endswith(".pyc"):
        return "bytecode"
    return "base"


def stem(path: str) -> str:
    """Give the name without hash and version: `…-numpy-2.4.0` gives `numpy`."""
    return re.split(r"-(?=[0-9])", _name(path), maxsplit=1)[0]


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1][HASH_LENGTH + 1 :]


def _first_file(path: str) -> str:
    for _, directories, files in os.walk(path):
        directories.sort()
        if files:
            return min(files)
    return ""


def group(paths: Iterable[StorePath], limit: int) -> list[list[str]]:
    """Deal paths out into at most `limit` layers, those first that change least."""
    if limit < 1:
        message = f"an image needs at least 1 layer for the store, not {limit}: raise maxLayers"
        raise ValueError(message)
    ranked = sorted(paths, key=lambda path: (-path.size, path.path))
    room = max(0, limit - sum(GROUPS.values()))
    alone = [path for path in ranked if path.size >= LARGE][:room]
    shared: dict[tuple[str, int], list[str]] = {}
    for path in ranked[len(alone) :]:
        shared.setdefault((path.kind, _number(path)), []).append(path.path)
    layers = [(_place(path), [path.path]) for path in alone]
    layers += [
        ((_stage(kind, alone=False), kind, number, "", ""), sorted(shared[kind, number])) for kind, number in shared
    ]
    ordered = [paths for _, paths in sorted(layers)]
    # Only a limit below the number of groups makes more layers than are allowed.
    if len(ordered) > limit:
        ordered[limit - 1 :] = [sorted(path for layer in ordered[limit - 1 :] for path in layer)]
    return ordered


def _stage(kind: str, *, alone: bool, bucket: bool = False) -> int:
    """Tell how often a layer changes; engines unpack a changed layer and all above it again."""
    if kind == "environment":
        return 3
    if kind == "bytecode" and (bucket or not alone):
        return 2
    return 0 if alone else 1


def _place(path: StorePath) -> tuple[int, str, int, str, str]:
    # The largest come first. Only the size's order of magnitude counts: a new version, a little larger than the old
    # one, keeps its place.
    bucket = stem(path.path).endswith(BUCKET)
    return (
        _stage(path.kind, alone=True, bucket=bucket),
        path.kind,
        -path.size.bit_length(),
        stem(path.path),
        path.path,
    )


def _number(path: StorePath) -> int:
    return int(hashlib.sha256(stem(path.path).encode()).hexdigest()[:8], 16) % GROUPS[path.kind]
