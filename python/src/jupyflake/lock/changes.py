"""What differs between two locks, as people want to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyflake.lock.model import Lock

_DEBIAN = "debian/"
# More than these are counted instead of listed.
_CROWD = 8

# Package → version → where it is used.
_Versions = dict[str, dict[str, set[str]]]


@dataclass(frozen=True)
class Change:
    """One package that came, went or changed its version, and where."""

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    where: tuple[str, ...]

    def __str__(self) -> str:
        """Give a line as uv prints it."""
        old, new = (", ".join(f"v{version}" for version in versions) for versions in (self.old, self.new))
        where = f" ({', '.join(self.where)})"
        if not old:
            return f"Added {self.name} {new}{where}"
        if not new:
            return f"Removed {self.name} {old}{where}"
        return f"Updated {self.name} {old} -> {new}{where}"

    def as_data(self) -> dict[str, object]:
        """Give what programs read."""
        return {"name": self.name, "old": self.old, "new": self.new, "where": self.where}


def changes(before: Lock | None, after: Lock) -> tuple[Change, ...]:
    """Compare two locks: wheels by environment, debs by suite."""
    found: list[Change] = []
    for gather in (_wheels, _debs, _from_nixpkgs):
        old, new = (gather(lock) if lock else {} for lock in (before, after))
        for name in sorted(old.keys() | new.keys()):
            found += _compare(name, old.get(name, {}), new.get(name, {}))
    return tuple(found)


def report(found: Iterable[Change]) -> tuple[str, ...]:
    """Give the lines to print; Debian packages that come or go with a tool or a kernel are many, and are counted."""
    lines: list[str] = []
    crowds: dict[tuple[str, str], list[Change]] = {}
    for change in found:
        if (change.old and change.new) or not change.where[0].startswith(_DEBIAN):
            lines.append(str(change))
        else:
            crowds.setdefault(("Removed" if change.old else "Added", change.where[0]), []).append(change)
    for (verb, place), crowd in sorted(crowds.items()):
        if len(crowd) > _CROWD:
            names = ", ".join(change.name for change in crowd[:_CROWD])
            lines.append(f"{verb} {len(crowd)} packages ({place}): {names}, …")
        else:
            lines += [str(change) for change in crowd]
    return tuple(lines)


def summary(lock: Lock) -> tuple[str, ...]:
    """Count what the environments and suites of a lock have, a line each."""
    lines = []
    for name, environment in lock.environments.items():
        of, _, package = name.partition("+")
        if package:
            lines.append(f"{of}: {package} is built from source")
            continue
        count = len({wheel.name for wheel in lock.wheels if name in wheel.use})
        if count:
            lines.append(f"{name}: Python {environment.python}, {count} packages")
        elif environment.versions:
            shown = ", ".join(f"{package} {version}".strip() for package, version in environment.versions.items())
            lines.append(f"{name}: {shown}")
    for suite in sorted({deb.suite for deb in lock.debs}):
        count = len({deb.name for deb in lock.debs if deb.suite == suite})
        lines.append(f"debian/{suite}: {count} packages")
    return tuple(lines)


def _compare(name: str, old: Mapping[str, set[str]], new: Mapping[str, set[str]]) -> list[Change]:
    """One line for all places that change alike."""
    places = sorted(set().union(*old.values(), *new.values()))
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for place in places:
        before, after = (
            tuple(sorted(version for version, where in versions.items() if place in where)) for versions in (old, new)
        )
        if before != after:
            alike.setdefault((before, after), []).append(place)
    return [Change(name, before, after, tuple(where)) for (before, after), where in sorted(alike.items())]


def _wheels(lock: Lock) -> _Versions:
    found: _Versions = {}
    for wheel in lock.wheels:
        found.setdefault(wheel.name, {}).setdefault(wheel.version, set()).update(wheel.use)
    return found


def _from_nixpkgs(lock: Lock) -> _Versions:
    found: _Versions = {}
    for name, environment in lock.environments.items():
        for package, version in (environment.versions or {}).items():
            found.setdefault(package, {}).setdefault(version, set()).add(name)
    return found


def _debs(lock: Lock) -> _Versions:
    found: _Versions = {}
    for deb in lock.debs:
        found.setdefault(deb.name, {}).setdefault(deb.version, set()).add(f"{_DEBIAN}{deb.suite}")
    return found
