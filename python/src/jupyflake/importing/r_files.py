"""R's files: install.R of repo2docker, DESCRIPTION of packages, renv.lock."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from jupyflake.importing import shapes
from jupyflake.importing.model import Found, misread, text_of, unreadable
from jupyflake.resolve.debian import R_ITSELF

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TEXT = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_TOKENS = re.compile(rf"#[^\n]*|{_TEXT}|\n|[^#\"'\n]+")
_CALL = re.compile(r"(?:([A-Za-z.][\w.]*)::)?([A-Za-z.][\w.]*)\s*\(")
_INSTALLERS = frozenset(
    {"install.packages", "install_cran", "install_bioc", "install", "pak", "pkg_install", "install_version", "p_load"}
)
_OTHER_SOURCES = re.compile(r"install_(?:github|gitlab|bitbucket|git|url|local|svn|dev)")
_NAMED = re.compile(r"(?:^|[(,\s])([A-Za-z.][\w.]*)\s*=(?!=)\s*$")
_LOADERS = frozenset({"library", "require", "requireNamespace", "loadNamespace"})
VERSIONS = "R packages have the versions of the base, no others can be asked for"
# They only install others, or are the kernel's own.
_TOOLS = frozenset({"BiocManager", "IRkernel", "pak", "pacman", "remotes", "renv"})
_ELSEWHERE = "R packages come from the base; this one is from another place"


def read_script(path: Path, where: str) -> Found:
    """Read an install.R; what is not an installation of packages by name is left out with its line."""
    found = Found()
    found.languages.add("r")
    script(text_of(path, where), where, found)
    return found


def script(text: str, where: str, found: Found, *, loads: bool = False) -> None:
    """Find installations in R code; with `loads` what it loads by `library()` too."""
    for name, arguments, line in calls(text):
        place = f"{where}:{line}"
        if loads and name in _LOADERS:
            for package in _loaded(arguments):
                add(package, place, found)
        elif _OTHER_SOURCES.fullmatch(name):
            for package in _texts(arguments):
                found.leave(package, place, _ELSEWHERE)
        elif name in _INSTALLERS and arguments.strip():
            _installed(name, arguments, place, found, known=_lists(text))


def _lists(text: str) -> dict[str, list[str]]:
    """Give the variables that hold texts written out, such as `packages <- c("ggplot2", "dplyr")`."""
    plain = _without_comments(text)
    assigned = re.finditer(rf"(?:^|[;\n])\s*([A-Za-z.][\w.]*)\s*(?:<-|=)\s*(?:c\(([^()]*)\)|({_TEXT}))", plain)
    return {match[1]: list(_texts(match[2] if match[2] is not None else match[3])) for match in assigned}


def _installed(name: str, arguments: str, place: str, found: Found, *, known: dict[str, list[str]]) -> None:
    first = re.match(r"\s*(?:pkgs\s*=\s*)?([A-Za-z.][\w.]*)\s*(?:\[.*\])?\s*(?:,|$)", arguments)
    packages = known[first[1]] if first and first[1] in known else list(_texts(arguments))
    if name == "install_version" or any("@" in package for package in packages):
        found.note(VERSIONS)
        packages = packages[:1] if name == "install_version" else packages
    if not packages:
        found.leave(f"{name}({arguments.strip()})", place, "the names are not written out")
    for package in packages:
        plain = package.partition("@")[0]
        if "/" in plain or "::" in plain:
            found.leave(package, place, _ELSEWHERE)
        elif not re.fullmatch(r"[A-Za-z][A-Za-z0-9.]*[A-Za-z0-9]", plain):
            # R itself would warn and go on.
            found.leave(package, place, "not the name of an R package")
        else:
            add(plain, place, found)


def add(name: str, where: str, found: Found) -> None:
    """Add an R package by its name, if it is not part of R or only a tool that installs."""
    found.languages.add("r")
    if name.lower() not in R_ITSELF and name not in _TOOLS and name != "R":
        found.require_r(name, where)


def calls(text: str) -> Iterator[tuple[str, str, int]]:
    """Give the calls of functions in R code: name, arguments and line; comments are passed over."""
    plain = _without_comments(text)
    # Texts may hold brackets and words that look like calls.
    masked = re.sub(_TEXT, lambda match: re.sub(r"[^\n]", "_", match[0]), plain)
    for match in _CALL.finditer(masked):
        depth, end = 1, match.end()
        while depth and end < len(masked):
            depth += {"(": 1, ")": -1}.get(masked[end], 0)
            end += 1
        yield match[2], plain[match.end() : end - 1], plain.count("\n", 0, match.start()) + 1


def _without_comments(text: str) -> str:
    parts = (match[0] for match in _TOKENS.finditer(text))
    return "".join("" if part.startswith("#") else part for part in parts)


def _texts(arguments: str) -> Iterator[str]:
    """Give the texts among arguments; those of named ones (`repos = "…"`) only where they name packages."""
    depth = 0
    named: str | None = None
    position = 0
    for match in re.finditer(rf"{_TEXT}|[(),]", arguments):
        before = arguments[position : match.start()]
        if depth == 0 and (name := _NAMED.search(before)):
            named = name[1]
        call = re.search(r"([A-Za-z.][\w.]*)\s*=\s*c\s*$", before)
        if depth == 0 and call:
            named = call[1]
        position = match.end()
        part = match[0]
        if part == "(":
            depth += 1
        elif part == ")":
            depth -= 1
        elif part == ",":
            named = None if depth == 0 else named
        elif named in {None, "pkgs", "package", "pkg"}:
            yield part[1:-1]


def _loaded(arguments: str) -> Iterator[str]:
    first = arguments.split(",", maxsplit=1)[0].strip().strip("\"'")
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9.]*", first) and "character.only" not in arguments:
        yield first


def read_description(path: Path, where: str) -> Found:
    """Read the DESCRIPTION of an R package: what it depends on."""
    from debian.deb822 import Deb822  # noqa: PLC0415  (only for these files)

    fields = Deb822(text_of(path, where))
    if "Package" not in fields and "Imports" not in fields and "Depends" not in fields:
        raise unreadable("the file has neither Package nor Depends nor Imports", where, "name R's DESCRIPTION")
    found = Found(name=fields.get("Package"))
    found.languages.add("r")
    for field in ("Depends", "Imports", "LinkingTo"):
        for entry in filter(None, (part.strip() for part in fields.get(field, "").split(","))):
            match = re.fullmatch(r"([A-Za-z][A-Za-z0-9.]*)\s*(\([^)]*\))?", entry)
            if not match:
                raise misread(f'"{entry}" is not the name of an R package', f"{where} {field}", "ggplot2 (>= 3.4)")
            if match[2] and match[1] != "R":
                found.note(VERSIONS)
            if field != "LinkingTo" or match[1] not in {entry.text for entry in found.r}:
                add(match[1], f"{where} {field}", found)
    for entry in filter(None, (part.strip() for part in fields.get("Remotes", "").split(","))):
        found.leave(entry, f"{where} Remotes", _ELSEWHERE)
    if fields.get("Suggests"):
        found.note(f"{where}: what the package only suggests is left out")
    if "Package" in fields:
        found.leave(f"the package {fields['Package']} itself", where, "it is not installed; its dependencies are")
    return found


def read_renv(path: Path, where: str) -> Found:
    """Read a renv.lock; of packages that others bring in, only the others are taken."""
    try:
        data = json.loads(text_of(path, where))
    except json.JSONDecodeError as error:
        place = f"{where}:{error.lineno}:{error.colno}"
        raise unreadable(f"the file is not valid JSON: {error.msg}", place) from error
    shapes.check(data, shapes.Renv, where)
    packages = data["Packages"]
    found = Found()
    found.languages.add("r")
    found.note(VERSIONS)
    needed = {name for package in packages.values() for name in _needs(package)}
    for name, package in packages.items():
        place = f"{where} {name}"
        if package.get("Source") not in {"Repository", "Bioconductor", None}:
            found.leave(name, place, f"{_ELSEWHERE} ({package.get('Source')})")
        elif name not in needed:
            add(name, place, found)
    return found


def _needs(package: dict[str, Any]) -> Iterator[str]:
    """Give what a package requires: renv writes names, or since 1.1 whole fields of DESCRIPTION."""
    for key in ("Requirements", "Depends", "Imports", "LinkingTo"):
        value = package.get(key, [])
        for entry in value.split(",") if isinstance(value, str) else value:
            yield re.split(r"[\s(]", entry.strip(), maxsplit=1)[0]
