"""Which package of a closure stands behind each dependency: pure, on the records that apt shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

Relation = tuple[str, tuple[str, str] | None]


@dataclass(frozen=True)
class Record:
    """A package as the index describes it."""

    name: str
    version: str
    archive: str
    path: str
    size: int
    sha256: str
    # Each group is a list of alternatives.
    needs: tuple[tuple[Relation, ...], ...] = ()
    provides: tuple[Relation, ...] = ()

    @classmethod
    def parse(cls, paragraph: Any, archive: str) -> Record:
        """Read a paragraph of a Packages index."""
        relations = paragraph.relations
        groups = [*relations["pre-depends"], *relations["depends"]]
        return cls(
            name=paragraph["Package"],
            version=paragraph["Version"],
            archive=archive,
            path=paragraph["Filename"],
            size=int(paragraph["Size"]),
            sha256=paragraph["SHA256"],
            needs=tuple(tuple(_relation(each) for each in group) for group in groups if group),
            provides=tuple(_relation(each) for group in relations["provides"] for each in group),
        )


def dependencies(
    records: Iterable[Record],
    ignored: tuple[AbstractSet[str], AbstractSet[tuple[str, str]]] = (frozenset(), frozenset()),
) -> dict[str, frozenset[str]]:
    """Give, for each package, the packages among the records that it depends on."""
    packages, edges = ignored
    known = {record.name: record for record in records}
    providers: dict[str, list[tuple[str, str | None]]] = {}
    for record in known.values():
        for name, version in record.provides:
            providers.setdefault(name, []).append((record.name, version[1] if version else None))
    found = {}
    for record in known.values():
        chosen = {_satisfy(group, known, providers) for group in record.needs}
        found[record.name] = frozenset(
            name
            for name in chosen
            if name is not None and name != record.name and name not in packages and (record.name, name) not in edges
        )
    return found


def prune(roots: Iterable[str], edges: Mapping[str, Iterable[str]]) -> set[str]:
    """Give what can be reached from the roots."""
    reached: set[str] = set()
    waiting = [root for root in roots if root in edges]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(edges.get(name, ()))
    return reached


def _satisfy(
    group: tuple[Relation, ...],
    known: Mapping[str, Record],
    providers: Mapping[str, list[tuple[str, str | None]]],
) -> str | None:
    """Take the first alternative that the closure fulfils, a real package before one that provides the name."""
    for name, version in group:
        if name in known and (version is None or _holds(known[name].version, version)):
            return name
        for provider, provided in sorted(providers.get(name, []), key=lambda item: item[0]):
            if version is None or (provided is not None and _holds(provided, version)):
                return provider
    return None


def _holds(version: str, constraint: tuple[str, str]) -> bool:
    from debian.debian_support import version_compare  # noqa: PLC0415  (only where apt is asked)

    operator, other = constraint
    order = version_compare(version, other)
    return {
        "<<": order < 0,
        "<=": order <= 0,
        "=": order == 0,
        ">=": order >= 0,
        ">>": order > 0,
    }[operator]


def _relation(relation: Mapping[str, Any]) -> Relation:
    version = relation.get("version")
    return str(relation["name"]), (str(version[0]), str(version[1])) if version else None
