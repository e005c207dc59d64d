"""From store paths to what people call packages, and from those to groups that the same kernels have."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Bytecode of one package, or of several small ones, for one Python.
_BYTECODE = re.compile(r"python3\.\d+-(?P<rest>.+)")
_BUCKET = re.compile(r"bytecode-\d+")
_HASH_LENGTH = 33


@dataclass(frozen=True)
class StorePath:
    """A store path: its size in bytes, and what it refers to."""

    path: str
    size: int
    references: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What follows the hash."""
        return self.path.rsplit("/", 1)[-1][_HASH_LENGTH:]


@dataclass(frozen=True)
class Part:
    """A package as people know it, of one or several store paths; `size` is in bytes."""

    name: str
    size: int
    users: tuple[str, ...]
    paths: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Group:
    """Parts that the same environments have; `size` is in bytes."""

    users: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """The sum of the parts."""
        return sum(part.size for part in self.parts)


def parts(closures: Mapping[str, Sequence[StorePath]]) -> tuple[Part, ...]:
    """Make the parts of some environments' closures, in the order of size; each store path is in one of them.

    A package's bytecode belongs to the package where both have the same users.
    """
    users: dict[str, list[str]] = {}
    paths: dict[str, StorePath] = {}
    for environment, closure in closures.items():
        for each in closure:
            users.setdefault(each.path, []).append(environment)
            paths[each.path] = each
    names = {path.name for path in paths.values()}
    gathered: dict[tuple[str, tuple[str, ...]], list[StorePath]] = {}
    for each in paths.values():
        gathered.setdefault((_label(each.name, names), tuple(users[each.path])), []).append(each)
    made = (
        Part(name, sum(each.size for each in members), who, tuple(sorted(each.path for each in members)))
        for (name, who), members in gathered.items()
    )
    return tuple(sorted(made, key=lambda part: (-part.size, part.name, part.users)))


def _label(name: str, names: set[str]) -> str:
    match = _BYTECODE.fullmatch(name)
    if match is None:
        return name
    if _BUCKET.fullmatch(match["rest"]):
        return "bytecode"
    return match["rest"] if match["rest"] in names else name


def groups(found: Iterable[Part]) -> tuple[Group, ...]:
    """Put together what the same environments have: first what is shared by most, then the biggest."""
    gathered: dict[tuple[str, ...], list[Part]] = {}
    for part in found:
        gathered.setdefault(part.users, []).append(part)
    made = (Group(users, tuple(members)) for users, members in gathered.items())
    return tuple(sorted(made, key=lambda group: (-len(group.users), -group.size, group.users)))


def without_version(name: str) -> str:
    """Give a name before its version, which begins with a digit after a hyphen."""
    return re.split(r"(?<=.)-(?=\d)", name, maxsplit=1)[0]


def readable(size: float) -> str:
    """Give a size in bytes as people write it, in powers of ten as disks are sold."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            number = size / factor
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"  # noqa: PLR2004  (two digits tell enough)
    return f"{size:.0f} B"
