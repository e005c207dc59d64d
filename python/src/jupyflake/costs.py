"""Who brings what into an image: its kernels, and the server with what every image has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyflake.manifest.model import SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyflake.picture.parts import Part, StorePath

# nix/jupyter.nix, nix/config.nix, nix/debian/docker-tools: the server's, and the text that mentions all of the image.
# They mention every kernel too.
_OVER_KERNELS = ("jupyter", "jupyter-config")
_SPEC = "-spec.json"
# nix/image.nix: these two mention what only a kernel has.
_OVER_PARTS = ("inventory", "start.sh")


def closures(found: Iterable[StorePath], inside: Iterable[str], kernels: Sequence[str]) -> dict[str, list[StorePath]]:
    """Give what each kernel, and what the server and the image itself need, of the paths that are `inside` the image.

    `found` is the closure from which the image is made: the paths inside, the text that mentions them, and programs.
    """
    known = {each.path: each for each in found}
    there = {path: known[path] for path in inside if path in known}
    own = {name: [path for path in there if known[path].name == f"kernel-{name}"] for name in kernels}
    over = [path for path, each in there.items() if each.name in _OVER_KERNELS]
    over += [path for path, each in known.items() if path not in there and each.name.endswith(_SPEC)]
    apart = {path for path, each in there.items() if each.name in _OVER_PARTS}.union(over, *own.values())
    server = {reference for path in over for reference in known[path].references} - apart
    reached = {name: _reachable(begin, there) for name, begin in {**own, SERVER: server}.items()}
    reached[SERVER] |= there.keys() - set().union(*reached.values())
    return {name: [there[path] for path in sorted(paths)] for name, paths in reached.items() if paths}


def costs(found: Iterable[Part], users: Iterable[str]) -> dict[str, dict[str, int]]:
    """Give the bytes that only one user brings, and those that it shares with others."""
    told = {user: {"own": 0, "shared": 0} for user in users}
    for part in found:
        for user in part.users:
            told[user]["own" if len(part.users) == 1 else "shared"] += part.size
    return told


def _reachable(begin: Iterable[str], there: Mapping[str, StorePath]) -> set[str]:
    """Follow references within the image."""
    seen = {path for path in begin if path in there}
    waiting = list(seen)
    while waiting:
        new = {path for path in there[waiting.pop()].references if path in there} - seen
        seen |= new
        waiting += new
    return seen
