"""Advisories in the format of OSV, as values.

Source: https://ossf.github.io/osv-schema/
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PYPI = "PyPI"
# Debian's own ecosystems have the number of the release.
RELEASES = {"bookworm": "Debian:12", "trixie": "Debian:13", "forky": "Debian:14"}
_RANGES = frozenset({"ECOSYSTEM", "SEMVER"})


@dataclass(frozen=True, slots=True)
class Affected:
    """Which versions of one package an advisory is about."""

    # Each a list of (kind, version) with the kinds of OSV's events.
    ranges: tuple[tuple[tuple[str, str], ...], ...] = ()
    versions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Advisory:
    """One advisory about one package."""

    id: str
    aliases: tuple[str, ...]
    summary: str
    severity: str | None
    affected: Affected


@dataclass(slots=True)
class Database:
    """Advisories by ecosystem and package."""

    advisories: dict[tuple[str, str], list[Advisory]] = field(default_factory=dict)
    count: int = 0

    @property
    def ecosystems(self) -> frozenset[str]:
        """Give the ecosystems that there is anything about."""
        return frozenset(ecosystem for ecosystem, _ in self.advisories)

    def about(self, ecosystem: str, name: str) -> list[Advisory]:
        """Give the advisories about a package."""
        return self.advisories.get((ecosystem, name), [])

    def add(self, record: Mapping[str, Any]) -> None:
        """Take in a record; raises ValueError where it is none. Withdrawn ones are passed over."""
        identifier, about = record.get("id"), record.get("affected") or []
        if not identifier or not all(isinstance(each, dict) for each in about):
            raise ValueError(f"the record {identifier}" if identifier else "a record without an id")
        self.count += 1
        if record.get("withdrawn"):
            return
        for affected in about:
            package = affected.get("package") or {}
            ecosystem, name = str(package.get("ecosystem", "")), str(package.get("name", ""))
            if ecosystem != PYPI and ecosystem not in RELEASES.values():
                continue
            # Debian's tracker calls so what is no danger in practice.
            if (affected.get("ecosystem_specific") or {}).get("urgency") == "unimportant":
                continue
            key = (ecosystem, str(canonicalize_name(name)) if ecosystem == PYPI else name)
            self.advisories.setdefault(key, []).append(
                Advisory(
                    id=str(identifier),
                    # Debian's records point to the CVE as "upstream".
                    aliases=tuple(map(str, (*record.get("aliases", ()), *record.get("upstream", ())))),
                    summary=_summary(record),
                    severity=_severity(record, affected),
                    affected=_affected(affected),
                )
            )


def read(records: Iterable[Mapping[str, Any]]) -> Database:
    """Make a database of records; raises ValueError where one is none."""
    database = Database()
    for record in records:
        database.add(record)
    return database


def _affected(affected: Mapping[str, Any]) -> Affected:
    ranges = tuple(
        tuple((str(kind), str(version)) for event in each.get("events", ()) for kind, version in event.items())
        for each in affected.get("ranges", ())
        if each.get("type") in _RANGES
    )
    return Affected(ranges, frozenset(map(str, affected.get("versions", ()))))


def _summary(record: Mapping[str, Any]) -> str:
    text = str(record.get("summary") or record.get("details") or "")
    return " ".join(text.split("\n", 1)[0].split())[:160]


def _severity(record: Mapping[str, Any], affected: Mapping[str, Any]) -> str | None:
    for table in (
        record.get("database_specific"),
        affected.get("database_specific"),
        affected.get("ecosystem_specific"),
    ):
        for key in ("severity", "urgency"):
            word = table.get(key) if isinstance(table, dict) else None
            if isinstance(word, str) and word != "not yet assigned":
                return word.lower()
    return None
