"""From what was found to a manifest: which package goes to which kernel or to the server, and on which Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from jupyflake.flake import DEBIAN, NIXPKGS, NIXPKGS_PYTHONS
from jupyflake.importing import names
from jupyflake.importing.model import Entry, Found, misread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PATCHES = range(40)
# A file of so many packages, of which so many have an exact version, was written by a program.
_MANY, _MOST = 30, 0.8


@dataclass(frozen=True, slots=True)
class Packages:
    """What goes where, each once, in the order in which it was read."""

    server: tuple[Entry, ...]
    python: tuple[Entry, ...]
    constraints: tuple[Entry, ...]
    r: tuple[Entry, ...]
    tools: tuple[Entry, ...]
    # The kernels' languages.
    languages: tuple[str, ...]


def packages(found: Found, *, unpinned: bool = False) -> Packages:
    """Sort what was found; lines of one package become one.

    Of a frozen file the server's packages are taken without versions, and what the server is made of not at all;
    with `unpinned` no exact version is taken.
    """
    entries = joined(found.python)
    frozen = _is_frozen(entries)
    python: list[Entry] = []
    server: list[Entry] = []
    for entry in entries:
        requirement = Requirement(entry.text)
        name = str(canonicalize_name(requirement.name))
        if name in names.IMPLIED and not (name == "ipykernel" and requirement.specifier and not unpinned):
            continue
        if name in names.ELSEWHERE and not requirement.marker:
            found.leave(entry.text, entry.where, f"only for {names.ELSEWHERE[name]}")
            continue
        if frozen and name in names.JUPYTER:
            found.note("Jupyter's own packages are left out: the server has those of its own version")
            continue
        on_server = name in names.SERVER or name.startswith(names.SERVER_PREFIXES)
        if on_server or name in names.BOTH:
            server.append(_without_version(entry) if frozen or unpinned else entry)
        if not on_server:
            python.append(_without_version(entry) if unpinned else entry)
    if frozen and not unpinned:
        found.note(
            "a frozen list, with exact versions of everything: where one does not fit the kernel's Python, --unpinned"
            " takes the names only"
        )
    languages = [language for language in ("python", "r") if language in found.languages]
    # Programs alone are for what repo2docker always has.
    languages = languages or (["python"] if found.tools else [])
    # A repository for R may name its server's extensions by pip, and nothing for a kernel.
    if "r" in languages and "python" in languages and not python and not found.pythons and found.r:
        languages.remove("python")
    return Packages(
        server=tuple(entry for entry in server if entry.text != "jupyterlab"),
        python=tuple(python),
        constraints=tuple(joined(found.constraints)),
        r=_each_once(found.r),
        tools=_each_once(found.tools),
        languages=tuple(languages),
    )


def _each_once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.text.lower(), entry)
    return tuple(found.values())


def _is_frozen(entries: list[Entry]) -> bool:
    exact = sum(_is_exact(Requirement(entry.text)) for entry in entries)
    return len(entries) >= _MANY and exact >= _MOST * len(entries)


def _is_exact(requirement: Requirement) -> bool:
    return any(each.operator in {"==", "==="} and "*" not in each.version for each in requirement.specifier)


def _without_version(entry: Entry) -> Entry:
    requirement = Requirement(entry.text)
    if not _is_exact(requirement):
        return entry
    requirement.specifier = SpecifierSet()
    return Entry(str(requirement), entry.where)


def joined(entries: Iterable[Entry]) -> list[Entry]:
    """Make one line of the lines of a package: extras and versions are put together.

    Raises JF150 where two lines name different exact versions.
    """
    found: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        new = Requirement(entry.text)
        key = (str(canonicalize_name(new.name)), str(new.marker or ""))
        earlier = found.get(key)
        found[key] = entry if earlier is None else _join(earlier, entry)
    return list(found.values())


def _join(earlier: Entry, later: Entry) -> Entry:
    one, other = Requirement(earlier.text), Requirement(later.text)
    if one.extras == other.extras and (one.specifier == other.specifier or not other.specifier):
        return earlier if one.specifier or not earlier.guessed else later
    exact = {
        str(each) for each in (*one.specifier, *other.specifier) if each.operator == "==" and "*" not in each.version
    }
    if len(exact) > 1:
        raise misread(
            f'"{later.text}" and "{earlier.text}" ({earlier.where}) are different versions of one package',
            later.where,
            "keep one of the two",
        )
    extras = f"[{','.join(sorted(one.extras | other.extras))}]" if one.extras | other.extras else ""
    specifiers = [part.strip() for text in (one.specifier, other.specifier) for part in str(text).split(",") if part]
    marker = f"; {one.marker}" if one.marker else ""
    text = f"{one.name}{extras}{','.join(dict.fromkeys(specifiers))}{marker}"
    return Entry(text, earlier.where, guessed=earlier.guessed and later.guessed)


def python_version(found: Found, base: str, suites: Mapping[str, str]) -> str | None:
    """Choose the Python of the kernel; nothing where the base's own does and no other was named.

    One that is nowhere to be had becomes the nearest, and is told as left out.
    """
    own = NIXPKGS_PYTHONS[0] if base == NIXPKGS else suites[base.removeprefix(DEBIAN)]
    offered = list(NIXPKGS_PYTHONS) if base == NIXPKGS else list(suites.values())
    # The base's own, then the older ones, the newest first: code is rarely older than it says.
    candidates = sorted(offered, key=lambda version: (version != own, _minor(version) > _minor(own), -_minor(version)))
    fitting = candidates
    for entry in found.pythons:
        try:
            specifier = SpecifierSet(entry.text)
        except InvalidSpecifier:
            found.leave(f"python {entry.text}", entry.where, "not understood as a version")
            continue
        left = [version for version in fitting if _fits(specifier, version)]
        if left:
            fitting = left
            continue
        wanted = _wanted(entry.text)
        nearest = min(fitting, key=lambda version: (abs(_minor(version) - wanted), _minor(version) < wanted))
        elsewhere = f'; base = "{NIXPKGS}" has it' if base != NIXPKGS and _any_fits(specifier, NIXPKGS_PYTHONS) else ""
        listed = ", ".join(sorted(offered, key=_minor))
        found.leave(f"Python {entry.text}", entry.where, f"{base} has Python {listed}; {nearest} is taken{elsewhere}")
        return nearest
    return fitting[0] if found.pythons and (fitting[0] != own or _is_named(found.pythons)) else None


def _is_named(pythons: Iterable[Entry]) -> bool:
    return any(entry.text.startswith("==") for entry in pythons)


def _fits(specifier: SpecifierSet, version: str) -> bool:
    return any(specifier.contains(f"{version}.{patch}") for patch in _PATCHES)


def _any_fits(specifier: SpecifierSet, versions: Iterable[str]) -> bool:
    return any(_fits(specifier, version) for version in versions)


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


def _wanted(specifier: str) -> int:
    """Give the minor version that a specifier is about; 0 for a Python before 3."""
    versions = [int(minor) for minor in re.findall(r"\b3\.(\d+)", specifier)]
    return max(versions, default=0)
