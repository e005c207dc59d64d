"""The manifest's text with what was imported: a new one, or an edited one whose other lines stay as they are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from jupyflake import adding, targets
from jupyflake import project as projects
from jupyflake.errors import JupyflakeError
from jupyflake.flake import suites
from jupyflake.importing import merge
from jupyflake.manifest import edit
from jupyflake.manifest.model import SERVER, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jupyflake.importing.merge import Packages
    from jupyflake.importing.model import Entry, Found
    from jupyflake.project import Project

NAMES = {"python": "python3", "r": "r"}
# Longer lists stand one a line.
_SHORT = 72


def new(name: str, base: str, systems: list[str], found: Found, kernel: str | None, *, unpinned: bool = False) -> str:
    """Write the manifest of a new project."""
    chosen = merge.packages(found, unpinned=unpinned)
    tables: dict[str, dict[str, Any]] = {"project": {"name": name, "base": base, "systems": systems}}
    server = ["jupyterlab", *_texts(chosen.server)]
    if any(targets_key(entry.text) == "jupyterlab" for entry in chosen.server):
        server = server[1:]
    tables[SERVER] = {"packages": server}
    for language in chosen.languages:
        own = kernel if kernel and language == chosen.languages[0] else NAMES[language]
        tables[f"kernels.{_key(own)}"] = _kernel(language, chosen, found, base)
    tables |= {"sources": found.sources} if found.sources else {}
    tables |= {"indexes": found.indexes} if found.indexes else {}
    return "\n".join(f"[{path}]\n{_lines(table)}" for path, table in tables.items())


def targets_key(requirement: str) -> str:
    """Give the normalised name of a requirement."""
    from jupyflake.manifest.requirements import python_name  # noqa: PLC0415  (one use)

    return str(python_name(requirement))


def _key(name: str) -> str:
    # What is not a bare key of TOML; whether it is a legal name is found out by reading the manifest.
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def _kernel(language: str, chosen: Packages, found: Found, base: str) -> dict[str, Any]:
    table: dict[str, Any] = {"language": language}
    if language == "python":
        version = merge.python_version(found, base, suites())
        table |= {"python": version} if version else {}
        table["packages"] = _texts(chosen.python)
        table |= {"constraints": _texts(chosen.constraints)} if chosen.constraints else {}
    else:
        table["packages"] = _texts(chosen.r)
    return table | ({"tools": _texts(chosen.tools)} if chosen.tools else {})


def _texts(entries: Iterable[Entry]) -> list[str]:
    return [entry.text for entry in entries]


def _lines(table: Mapping[str, Any]) -> str:
    import tomlkit  # noqa: PLC0415  (only where a manifest is written)

    document = tomlkit.document()
    for key, value in table.items():
        if isinstance(value, list):
            array = tomlkit.array()
            array.extend(value)
            array.multiline(sum(len(item) + 4 for item in value) > _SHORT)
            document[key] = array
        elif isinstance(value, dict):
            document[key] = tomlkit.inline_table()
            document[key].update(value)
        else:
            document[key] = value
    return tomlkit.dumps(document)


def edited(
    project: Project, found: Found, kernel: str | None, *, unpinned: bool = False
) -> tuple[str, dict[str, list[str]]]:
    """Add to a manifest: to the kernel that is named, or to the only one of a language, or to a new one.

    Gives the text, and what was added by kernel or server. Raises JF122 for a kernel that is not there,
    JF124 where several would do, JF153 where a kernel has another language.
    """
    chosen = merge.packages(found, unpinned=unpinned)
    text = project.text
    changes: dict[str, list[str]] = {}
    if kernel is not None:
        targets.require_kernel(project, kernel)
        language = project.manifest.kernels[kernel].language
        if language not in chosen.languages and found.languages:
            raise JupyflakeError(
                "JF153",
                f'the kernel "{kernel}" is of language "{language}", and nothing that was read is for it',
                hint="jupyflake import FILE, without --kernel",
            )
    for package, source in found.sources.items():
        text = adding.with_source(text, adding.Given(package, Source(**source)))
    for index, url in found.indexes.items():
        if index not in project.manifest.indexes:
            text = edit.put_value(text, ("indexes", index), url)
    for entry in chosen.server:
        text = _add(
            project.directory, text, targets.Target("the server", (SERVER, "packages"), "python"), entry, changes
        )
    for language in chosen.languages:
        # Programs alone are for any kernel.
        name = _target(project, language if found.languages else None, kernel)
        entries = chosen.python if language == "python" else chosen.r
        if name is None:
            name = NAMES[language]
            base = project.manifest.project.base
            table = _kernel(language, chosen, found, base)
            text = edit.add_table(text, ("kernels", name), table)
            changes[name] = [*table["packages"], *table.get("tools", [])]
            continue
        base = project.manifest.kernels[name].base or project.manifest.project.base
        for entry in entries:
            text = _add(
                project.directory, text, targets.Target(name, ("kernels", name, "packages"), language), entry, changes
            )
        for entry in chosen.tools:
            target = targets.Target(name, ("kernels", name, "tools"), "tool", base)
            text = _add(project.directory, text, target, entry, changes)
        if language == "python":
            text = _constraints(project.directory, text, name, chosen, changes)
    return text, changes


def _target(project: Project, language: str | None, kernel: str | None) -> str | None:
    known = [name for name, table in project.manifest.kernels.items() if language in {None, table.language}]
    if kernel in known:
        return kernel
    if len(known) > 1:
        raise JupyflakeError(
            "JF124",
            f"which kernel? The project has {', '.join(known)}{f' of language {language}' if language else ''}",
            hint=f"--kernel {known[0]}",
        )
    return known[0] if known else None


def _add(directory: Path, text: str, target: targets.Target, entry: Entry, changes: dict[str, list[str]]) -> str:
    data = projects.parse(directory, text).data
    text, written = targets.added(text, data, target, entry.text)
    if written is not None:
        changes.setdefault(target.name, []).append(written)
    return text


def _constraints(directory: Path, text: str, name: str, chosen: Packages, changes: dict[str, list[str]]) -> str:
    for entry in chosen.constraints:
        known = projects.parse(directory, text).manifest.kernels[name].constraints
        if entry.text not in known:
            text = edit.append(text, ("kernels", name, "constraints"), entry.text)
            changes.setdefault(name, []).append(entry.text)
    return text
