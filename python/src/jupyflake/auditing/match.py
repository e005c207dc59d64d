"""Which advisories are about what a lock names: pure, so that any command may ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.version import InvalidVersion
from packaging.version import Version as PythonVersion

from jupyflake.auditing.osv import PYPI, RELEASES
from jupyflake.exporting.components import source_package, source_version
from jupyflake.lock.model import DirectorySource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyflake.auditing.osv import Advisory, Affected, Database
    from jupyflake.lock import Lock

_ORDER = {"introduced": 0, "last_affected": 1, "fixed": 2, "limit": 3}


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """A package of the lock with a known fault; `package` is what the lock calls it."""

    id: str
    aliases: tuple[str, ...]
    package: str
    version: str
    # PyPI, or Debian with the number of its release.
    ecosystem: str
    # The environments that have it; for Debian its suite.
    where: tuple[str, ...]
    # The first versions without it, none where there is none yet.
    fixed: tuple[str, ...]
    summary: str
    severity: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """All names that it is known by."""
        return frozenset((self.id, *self.aliases))


def vulnerabilities(lock: Lock, database: Database) -> tuple[Vulnerability, ...]:
    """Give what is known about the wheels and Debian packages of a lock, one entry a package and fault.

    Debian's advisories are about source packages: each binary package of one counts.
    """
    # What advisories are about → the packages of the lock, with their own version, and where each is.
    found: dict[tuple[str, str, str], dict[tuple[str, str], set[str]]] = {}
    for wheel in lock.wheels:
        if isinstance(wheel.source, DirectorySource):
            # The project's own: advisories are about what an index has under its name.
            continue
        packages = found.setdefault((PYPI, wheel.name, wheel.version), {})
        packages.setdefault((wheel.name, wheel.version), set()).update(wheel.use)
    for deb in lock.debs:
        ecosystem = RELEASES.get(deb.suite)
        if ecosystem:
            packages = found.setdefault((ecosystem, source_package(deb), source_version(deb.version)), {})
            packages.setdefault((deb.name, deb.version), set()).add(f"debian/{deb.suite}")
    result: list[Vulnerability] = []
    for (ecosystem, name, version), packages in found.items():
        order = _python if ecosystem == PYPI else _debian
        matching = [each for each in database.about(ecosystem, name) if is_affected(each.affected, version, order)]
        for group in _groups(matching):
            for (package, own), where in packages.items():
                known = _vulnerability(
                    group, package=package, version=own, ecosystem=ecosystem, where=where, order=order
                )
                result.append(known)
    return tuple(sorted(result, key=lambda each: (each.ecosystem, each.package, each.version, each.id)))


def is_affected(affected: Affected, version: str, order: Callable[[str], Any]) -> bool:
    """Tell whether a version is one of those, as OSV's evaluation says.

    Source: https://ossf.github.io/osv-schema/#evaluation
    """
    try:
        own = order(version)
        if version in affected.versions or any(_same(each, own, order) for each in affected.versions):
            return True
        return any(_in_range(events, own, order) for events in affected.ranges)
    except (InvalidVersion, ValueError):
        return version in affected.versions


def _same(text: str, own: Any, order: Callable[[str], Any]) -> bool:
    try:
        return bool(order(text) == own)
    except (InvalidVersion, ValueError):
        return False


def _in_range(events: Iterable[tuple[str, str]], own: Any, order: Callable[[str], Any]) -> bool:
    inside = False
    ordered = sorted(events, key=lambda event: (event[1] != "0", order(event[1]), _ORDER.get(event[0], 3)))
    for kind, version in ordered:
        if kind == "introduced" and (version == "0" or own >= order(version)):
            inside = True
        elif (kind == "fixed" and own >= order(version)) or (kind == "last_affected" and own > order(version)):
            inside = False
    return inside


def _python(text: str) -> PythonVersion:
    return PythonVersion(text)


def _debian(text: str) -> Any:
    from debian.debian_support import NativeVersion  # noqa: PLC0415  (slow to import)

    return NativeVersion(text)


def _groups(advisories: list[Advisory]) -> list[list[Advisory]]:
    """Put advisories of several databases about one fault together, by their other names."""
    groups: list[tuple[set[str], list[Advisory]]] = []
    for advisory in advisories:
        names = {advisory.id, *advisory.aliases}
        members = [advisory]
        apart = []
        for known, others in groups:
            if known & names:
                names |= known
                members = others + members
            else:
                apart.append((known, others))
        groups = [*apart, (names, members)]
    return [members for _, members in groups]


def _vulnerability(
    group: list[Advisory],
    *,
    package: str,
    version: str,
    ecosystem: str,
    where: Iterable[str],
    order: Callable[[str], Any],
) -> Vulnerability:
    # The one with the best text stands for all.
    first = max(group, key=lambda advisory: (bool(advisory.severity), bool(advisory.summary), advisory.id))
    names = sorted({name for advisory in group for name in (advisory.id, *advisory.aliases)} - {first.id})
    later = {
        fixed
        for advisory in group
        for events in advisory.affected.ranges
        for kind, fixed in events
        if kind == "fixed" and _is_later(fixed, version, order)
    }
    return Vulnerability(
        id=first.id,
        aliases=tuple(names),
        package=package,
        version=version,
        ecosystem=ecosystem,
        where=tuple(sorted(where)),
        fixed=tuple(sorted(later, key=order)),
        summary=first.summary,
        severity=first.severity,
    )


def _is_later(fixed: str, version: str, order: Callable[[str], Any]) -> bool:
    try:
        return bool(order(fixed) > order(version))
    except (InvalidVersion, ValueError):
        return False


def security_updates(lock: Lock, offered: Mapping[tuple[str, str, str], str]) -> tuple[Vulnerability, ...]:
    """Give the Debian packages of a lock for which the security archive has a newer version.

    `offered` has the archive's versions by suite, system and package. The archive says no more than that a fault is
    known: which one, the package's changelog tells.
    """
    found: dict[tuple[str, str, str], Vulnerability] = {}
    for deb in lock.debs:
        newer = offered.get((deb.suite, deb.system, deb.name))
        if newer is not None and _is_later(newer, deb.version, _debian):
            found[deb.suite, deb.name, deb.version] = Vulnerability(
                id=f"{deb.suite}-security",
                aliases=(),
                package=deb.name,
                version=deb.version,
                ecosystem=RELEASES.get(deb.suite, "Debian"),
                where=(f"debian/{deb.suite}",),
                fixed=(newer,),
                summary="Debian's security archive has a newer version",
            )
    return tuple(found[key] for key in sorted(found))
