"""pipenv's Pipfile and Pipfile.lock, and PEP 751's pylock.toml."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyflake.importing import poetry, pyproject, requirements_txt, shapes
from jupyflake.importing.model import Entry, Found, text_of, unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_TABLES = {"packages", "dev-packages", "requires", "source", "scripts", "pipenv"}
_DEV = "dev-packages"


def read(path: Path, where: str, *, groups: Sequence[str] = ()) -> Found:
    """Read a Pipfile; the group `dev` is its [dev-packages], others are named in full.

    Raises JF150 for an entry, JF151 for a file that is none, JF154 for an unknown group.
    """
    data = pyproject.load_toml(text_of(path, where), where)
    shapes.check(data, shapes.Pipfile, where)
    found = Found()
    found.languages.add("python")
    requires = data.get("requires", {})
    for key in ("python_full_version", "python_version"):
        if key in requires:
            found.pythons.append(Entry(f"=={'.'.join(str(requires[key]).split('.')[:2])}.*", f"{where} [requires]"))
            break
    categories = [name for name in data if name not in _TABLES] + [name for name in (_DEV,) if name in data]
    chosen = ["packages", *(_category(group, categories, where) for group in groups)]
    for category in chosen:
        for name, value in data.get(category, {}).items():
            poetry.take(name, value, f"{where} [{category}]", found, _specifier)
    for category in sorted(set(categories) - set(chosen)):
        group = "dev" if category == _DEV else category
        found.note(f"{where}: [{category}] is left out; --group {group} takes it in")
    # The first source is what pipenv writes into every file.
    if any(source.get("name") != "pypi" for source in data.get("source", [])):
        found.leave("a source of packages", f"{where} [[source]]", requirements_txt.INDEX)
    return found


def _category(group: str, known: list[str], where: str) -> str:
    name = _DEV if group == "dev" else group
    if name not in known:
        listed = f"it has {', '.join('dev' if each == _DEV else each for each in known)}" if known else "it has none"
        raise pyproject.unknown_group(group, listed, where)
    return name


def _specifier(text: str) -> str:
    return "" if text.strip() == "*" else text.replace(" ", "")


def read_lock(path: Path, where: str, *, groups: Sequence[str] = ()) -> Found:
    """Read a Pipfile.lock: every package with its exact version; the group `dev` is its "develop"."""
    data = _load_json(text_of(path, where), where)
    shapes.check(data, shapes.PipfileLock, where)
    found = Found()
    found.languages.add("python")
    requires = data.get("_meta", {}).get("requires")
    version = requires.get("python_version") if isinstance(requires, dict) else None
    if version:
        found.pythons.append(Entry(f"=={version}.*", where))
    for table in ("default", *("develop" if group == "dev" else group for group in groups)):
        if table not in data:
            raise pyproject.unknown_group(table, f"it has {', '.join(key for key in data if key != '_meta')}", where)
        for name, value in data[table].items():
            poetry.take(name, value, f"{where} {table}", found, _specifier)
    found.note("the hashes are not taken over: jupyter.lock has those of every file that it names")
    return found


def _load_json(text: str, where: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{where}:{error.lineno}:{error.colno}"
        raise unreadable(f"the file is not valid JSON: {error.msg}", place) from error
    if not isinstance(data, dict) or "default" not in data:
        raise unreadable('the file has no "default" packages', where, "name pipenv's Pipfile.lock")
    return data


def read_pylock(path: Path, where: str) -> Found:
    """Read a pylock.toml: every package with its exact version and its marker."""
    data = pyproject.load_toml(text_of(path, where), where)
    shapes.check(data, shapes.Pylock, where)
    version = data["lock-version"]
    if version.partition(".")[0] != "1":
        raise unreadable(f'the file is no pylock.toml of version 1 (its lock-version is "{version}")', where)
    found = Found()
    found.languages.add("python")
    if "requires-python" in data:
        found.pythons.append(Entry(str(data["requires-python"]), where))
    for package in data.get("packages", []):
        name = package["name"]
        place = f"{where} {name}"
        elsewhere = next((key for key in ("vcs", "directory", "archive") if key in package), None)
        if elsewhere or "version" not in package:
            found.leave(name, place, "packages come from the package index")
            continue
        marker = _plain_marker(package.get("marker"), name, place, found)
        if marker is not None:
            found.require(f"{name}=={package['version']}{f'; {marker}' if marker else ''}", place)
    found.note("the hashes are not taken over: jupyter.lock has those of every file that it names")
    return found


def _plain_marker(marker: str | None, name: str, where: str, found: Found) -> str | None:
    """Give a marker that requirements may have too; groups and extras of a pylock are chosen when installing."""
    if marker and ("dependency_groups" in marker or "extras" in marker):
        found.leave(name, where, f"for a choice when installing ({marker})")
        return None
    return marker or ""
