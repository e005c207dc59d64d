"""Which store paths share a layer.

A layer is the unit that engines and registries keep, so paths that change together should lie together, and a change
of one path should leave the other layers as they are. Large paths lie alone. The others are dealt out by kind and by a
hash of their name without the store's hash and the version: a new version of a package changes the group that the old
one was in, no other.

Engines unpack a changed layer and all above it again. So what a project had from the start is below, and what it came
to have later above that, in the order in which it came; what is made for the project is on top. The number of layers
that one kind may take is fixed: something more takes no other's place.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGE = 1 << 20
# Few enough to leave room for large paths, many enough that one changed package moves little.
GROUPS = {"base": 10, "wheel": 12, "bytecode": 2, "environment": 1, "project": 1}
# So many changes and environments have a layer of their own.
CHANGES = 8
ENVIRONMENTS = 6
HASH_LENGTH = 32
# How the bytecode of several wheels is called; that of one wheel changes as seldom as the wheel.
BUCKET = "-bytecode"
# Bytecode is named after its Python, which is called `python3.13-3.13.5` itself.
BYTECODE = re.compile(r"python3\.[0-9]+-[a-z]")


@dataclass(frozen=True, slots=True)
class StorePath:
    """A store path with what decides its place."""

    path: str
    size: int
    kind: str
    # Which change of the project brought it.
    since: int = 0


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


def unreferenced(graph: str, root: str) -> set[str]:
    """Give the paths that none but the root refers to."""
    lines = iter(graph.splitlines())
    found, referred = set(), set()
    for path in lines:
        found.add(path)
        next(lines)
        references = {next(lines) for _ in range(int(next(lines)))}
        if path != root:
            referred |= references - {path}
    return found - referred


def kind(path: str) -> str:
    """Tell what a path is from its name and from what lies in it."""
    names = set(os.listdir(path)) if os.path.isdir(path) else set()
    if "site-packages" in names:
        return "wheel"
    if "pyvenv.cfg" in names:
        return "environment"
    # What has no version was made for the project and changes with it.
    if stem(path) == _name(path):
        return "project"
    return "bytecode" if BYTECODE.match(_name(path)) and not names & {"bin", "lib"} else "base"


def stem(path: str) -> str:
    """Give the name without hash and version: `…-numpy-2.4.0` gives `numpy`."""
    return re.split(r"-(?=[0-9])", _name(path), maxsplit=1)[0]


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1][HASH_LENGTH + 1 :]


def group(paths: Iterable[StorePath], limit: int) -> list[list[str]]:
    """Deal paths out into at most `limit` layers, those first that change least."""
    if limit < 1:
        message = f"an image needs at least 1 layer for the store, not {limit}: raise maxLayers"
        raise ValueError(message)
    ranked = sorted(paths, key=lambda path: (-path.size, path.path))
    room = max(0, limit - sum(GROUPS.values()) - CHANGES - ENVIRONMENTS)
    environments = [path for path in ranked if path.kind == "environment"]
    large = [path for path in ranked if path.kind != "environment" and path.size >= LARGE]
    alone = [*large[:room], *(environments[:ENVIRONMENTS] if room else [])]
    grouped: dict[_Place, list[str]] = {}
    for path in {*ranked} - {*alone}:
        grouped.setdefault(_shared(path), []).append(path.path)
    layers = [(_alone(path), [path.path]) for path in alone]
    layers += [(place, sorted(grouped[place])) for place in grouped]
    ordered = [paths for _, paths in sorted(layers)]
    # Only a limit below the number of groups makes more layers than are allowed.
    if len(ordered) > limit:
        ordered[limit - 1 :] = [sorted(path for layer in ordered[limit - 1 :] for path in layer)]
    return ordered


def stays(path: StorePath) -> bool:
    """Tell whether a path is of what a project has had from the start, and so lies below."""
    return not path.since and path.kind not in {"environment", "project"}


class _Place(NamedTuple):
    """What layers are sorted by, lowest first."""

    stage: int
    since: int
    kind: str
    number: int
    stem: str = ""
    path: str = ""


def _alone(path: StorePath) -> _Place:
    # The largest come first. Only the size's order of magnitude counts: a new version, a little larger than the old
    # one, keeps its place.
    place = _place(path, alone=True)
    return place._replace(number=-path.size.bit_length(), stem=stem(path.path), path=path.path)


def _shared(path: StorePath) -> _Place:
    place = _place(path, alone=False)
    if path.kind == "environment":
        return place._replace(stage=5, since=0)
    # What one change brought comes and goes together.
    if place.since:
        return place._replace(kind="")
    number = int(hashlib.sha256(stem(path.path).encode()).hexdigest()[:8], 16) % GROUPS[path.kind]
    return place._replace(number=number)


def _place(path: StorePath, *, alone: bool) -> _Place:
    """Tell how often a layer changes."""
    since = min(path.since, CHANGES)
    if path.kind == "project":
        return _Place(6, 0, path.kind, 0)
    if path.kind == "environment":
        # What has changed will change again; the others keep their place below it.
        return _Place(5 if since else 3, since, path.kind, 0)
    if since:
        return _Place(4, since, path.kind, 0)
    if path.kind == "bytecode" and (not alone or stem(path.path).endswith(BUCKET)):
        return _Place(2, 0, path.kind, 0)
    return _Place(0 if alone else 1, 0, path.kind, 0)
