"""poetry's own tables in pyproject.toml, and Pipfile's, which has the same forms."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from jupyflake.importing import versions
from jupyflake.importing.model import Entry, Found, misread
from jupyflake.manifest.model import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Markers that may stand as keys of their own.
_MARKERS = ("sys_platform", "platform_machine", "platform_system", "os_name", "python_version")
# Where a package comes from instead of the index.
_ELSEWHERE = ("git", "hg", "svn", "path", "file", "url", "editable")


def read(table: Mapping[str, Any], where: str, found: Found) -> None:
    """Read `[tool.poetry]` without its groups."""
    found.name = found.name or table.get("name")
    place = f"{where} [tool.poetry.dependencies]"
    for name, value in table.get("dependencies", {}).items():
        if name == "python":
            python(value, place, found)
        elif isinstance(value, dict) and value.get("optional"):
            found.note(f"{place}: {name} is optional and left out")
        else:
            take(name, value, place, found, versions.poetry)


def read_group(table: Mapping[str, Any], group: str, where: str, found: Found) -> None:
    """Read one group of `[tool.poetry]`, if it is there."""
    groups = {str(canonicalize_name(key)): value for key, value in table.get("group", {}).items()}
    entries = dict(groups.get(group, {}).get("dependencies", {}))
    if group == "dev":
        entries |= table.get("dev-dependencies", {})
    for name, value in entries.items():
        take(name, value, f"{where} [tool.poetry.group.{group}]", found, versions.poetry)


def python(value: Any, where: str, found: Found) -> None:
    """Take the Python that is asked for."""
    found.languages.add("python")
    try:
        text = versions.poetry(str(value))
    except ValueError:
        found.leave(f"python = {value}", where, "not understood as a version")
        return
    if text:
        found.pythons.append(Entry(text, where))


def take(name: str, value: Any, where: str, found: Found, convert: Callable[[str], str]) -> None:
    """Take one package of a table: a version, a table with more, or a list of such for several cases."""
    if isinstance(value, list):
        for item in value:
            take(name, item, where, found, convert)
        return
    table = {"version": value} if isinstance(value, str) else value
    if not isinstance(table, dict):
        raise misread(f"{name} = {value!r} is no version", where, f'{name} = "*"')
    elsewhere = next((key for key in _ELSEWHERE if table.get(key)), None)
    if elsewhere:
        source = source_of(table, where)
        if source is None:
            found.leave(f"{name} ({elsewhere} = {table[elsewhere]})", where, "no source that [sources] has a word for")
        if source is None or not found.locate(name, source, where):
            return
        table = {**table, "version": "*"}
    try:
        specifier = convert(str(table.get("version", "*")))
    except ValueError as error:
        message = f'{name}: "{table.get("version")}" is not a version that is understood'
        raise misread(message, where, f'{name} = ">=1,<2"') from error
    extras = f"[{','.join(table['extras'])}]" if table.get("extras") else ""
    markers = _markers(table)
    found.require(f"{name}{extras}{specifier}{f'; {markers}' if markers else ''}", where)


def source_of(table: Mapping[str, Any], where: str) -> Source | None:
    """Give a package's place, as poetry, pipenv and uv write it, in our words; paths are relative to the file."""
    texts = {key: value for key, value in table.items() if isinstance(value, str)}
    place = texts.get("path") or texts.get("file")
    if place:
        # The file's place ends with a line, or has the name of a table behind it.
        beside = posixpath.dirname(where.partition(" ")[0])
        return Source(path=posixpath.normpath(posixpath.join(beside, place)))
    if "git" in texts:
        reference = texts.get("rev") or texts.get("ref") or ""
        kind = "rev" if re.fullmatch("[0-9a-f]{7,40}", reference) else "tag"
        known = {key: texts[key] for key in ("tag", "branch", "subdirectory") if key in texts}
        return Source(git=texts["git"], **({kind: reference} if reference else {}), **known)
    if "url" in texts:
        return Source(url=texts["url"])
    return Source(index=texts["index"]) if "index" in texts else None


def _markers(table: Mapping[str, Any]) -> str:
    """Give the case that a package is for; poetry has keys of its own for some."""
    cases = [f"({table['markers']})" if " or " in table["markers"] else table["markers"]] if "markers" in table else []
    cases += [f"{key} {table[key]}" for key in _MARKERS if key in table]
    if "platform" in table:
        cases.append(f"sys_platform == '{table['platform']}'")
    if "python" in table:
        bounds = versions.poetry(str(table["python"]))
        for bound in filter(None, bounds.split(",")):
            operator = bound.rstrip("0123456789.*abrcpostdev")
            cases.append(f"python_version {operator} '{bound.removeprefix(operator)}'")
    return " and ".join(cases)
