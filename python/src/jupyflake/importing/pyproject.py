"""pyproject.toml: PEP 621 with its extras, dependency groups (PEP 735), and what poetry and uv have of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomli
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jupyflake.importing import poetry, requirements_txt, shapes
from jupyflake.importing.model import Entry, Found, misread, text_of, unreadable
from jupyflake.manifest import sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Table = dict[str, Any]


def read(path: Path, where: str, *, groups: Sequence[str] = ()) -> Found:
    """Read the project's dependencies, with the extras and dependency groups of these names.

    Raises JF150 for an entry, JF151 for a file that is no project's, JF154 for an unknown group.
    """
    data = load_toml(text_of(path, where), where)
    shapes.check(data, shapes.Pyproject, where)
    found = Found()
    project = data.get("project", {})
    legacy = data.get("tool", {}).get("poetry", {})
    if not project and not legacy and "dependency-groups" not in data:
        raise unreadable(
            "the file has neither [project] nor [tool.poetry] nor [dependency-groups]",
            where,
            "name the file that lists the packages",
        )
    _project(project, path, where, found)
    if legacy:
        poetry.read(legacy, where, found)
    known = _Groups(data, project, legacy, where, found)
    wanted = [str(canonicalize_name(group)) for group in groups]
    for group, name in zip(groups, wanted, strict=True):
        if name not in known.names:
            listed = f"it has {', '.join(sorted(known.names))}" if known.names else "it has none"
            raise unknown_group(group, listed, where)
        known.take(name)
    for name in sorted(known.names - set(wanted)):
        found.note(f"{where}: the group {name} is left out; --group {name} takes it in")
    _sources(data, where, found)
    if "build-system" in data and project.get("name"):
        found.leave(f"the package {project['name']} itself", where, "jupyflake add --editable . puts it into a kernel")
    return found


def load_toml(text: str, where: str) -> Table:
    """Read TOML; raises JF151 with line and column."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        place = f"{where}:{error.lineno}:{error.colno}"
        raise unreadable(f"the file is not valid TOML: {error.msg}", place) from error


def _project(project: Table, path: Path, where: str, found: Found) -> None:
    found.name = project.get("name")
    place = f"{where} [project]"
    if "requires-python" in project:
        found.languages.add("python")
        found.pythons.append(Entry(str(project["requires-python"]), place))
    for text in project.get("dependencies", []):
        found.require(text, place)
    if "dependencies" in project.get("dynamic", ()):
        _dynamic(path, where, found)


def _dynamic(path: Path, where: str, found: Found) -> None:
    """Follow setuptools to the files that it takes the dependencies from."""
    data = load_toml(text_of(path, where), where)
    setuptools = data.get("tool", {}).get("setuptools", {}).get("dynamic", {}).get("dependencies", {})
    files = setuptools.get("file", []) if isinstance(setuptools, dict) else []
    for name in [files] if isinstance(files, str) else files:
        found.add(requirements_txt.read(path.parent / name, name))
    if not files:
        found.leave("dependencies", f"{where} [project]", "a program makes the list when the package is built")


class _Groups:
    """The dependency groups and extras of one file, of each kind that there is."""

    def __init__(self, data: Table, project: Table, legacy: Table, where: str, found: Found) -> None:
        self._groups = _by_name(data.get("dependency-groups", {}))
        self._extras = _by_name(project.get("optional-dependencies", {}))
        self._uv_dev = data.get("tool", {}).get("uv", {}).get("dev-dependencies", [])
        self._own = str(canonicalize_name(project.get("name", "")))
        self._legacy = legacy
        self._where = where
        self._found = found

    @property
    def names(self) -> set[str]:
        """The names that may be asked for."""
        legacy = [*self._legacy.get("group", {}), *(["dev"] if "dev-dependencies" in self._legacy else [])]
        return {*self._groups, *self._extras, *_by_name(dict.fromkeys(legacy)), *(["dev"] if self._uv_dev else [])}

    def take(self, name: str, above: tuple[str, ...] = ()) -> None:
        """Take one in, with those that it includes."""
        if name in above:
            chain = " → ".join((*above, name))
            raise misread(f"the groups {chain} include each other", self._where, "remove one include-group")
        for table, kind in ((self._groups, "dependency-groups"), (self._extras, "optional-dependencies")):
            place = f"{self._where} [{kind}] {name}"
            for item in table.get(name, []):
                self._entry(item, place, (*above, name))
        poetry.read_group(self._legacy, name, self._where, self._found)
        for text in self._uv_dev if name == "dev" else []:
            self._found.require(text, f"{self._where} [tool.uv] dev-dependencies")

    def _entry(self, item: Any, place: str, above: tuple[str, ...]) -> None:
        included = item.get("include-group") if isinstance(item, dict) else None
        if isinstance(included, str):
            deeper = str(canonicalize_name(included))
            if deeper not in self._groups:
                raise misread(f"include-group names {included}, which is not there", place, "correct the name")
            self.take(deeper, above)
        elif not isinstance(item, str):
            raise misread(f"{item!r} is no requirement", place, '"numpy" or { include-group = "name" }')
        else:
            head, bracket, rest = item.partition("[")
            if bracket and self._own and str(canonicalize_name(head.strip())) == self._own:
                # A requirement of the project itself stands for other extras of it.
                for extra in rest.partition("]")[0].split(","):
                    self.take(str(canonicalize_name(extra.strip())), above)
            else:
                self._found.require(item, place)


def _by_name(table: Table) -> Table:
    return {str(canonicalize_name(key)): value if isinstance(value, list) else [value] for key, value in table.items()}


def _sources(data: Table, where: str, found: Found) -> None:
    uv = data.get("tool", {}).get("uv", {})
    wanted = {str(canonicalize_name(Requirement(entry.text).name)) for entry in found.python}
    for name, entry in uv.get("sources", {}).items():
        place = f"{where} [tool.uv.sources]"
        source = poetry.source_of(entry, place) if isinstance(entry, dict) else None
        if str(canonicalize_name(name)) not in wanted:
            continue
        if source is None:
            found.leave(f"the source of {name}", place, f"{entry}: [sources] has no word for it")
        else:
            found.locate(name, source, place)
    used = {source.get("index") for source in found.sources.values()}
    for index in (entry if isinstance(entry, dict) else {} for entry in uv.get("index", [])):
        name, url = str(index.get("name", "")), str(index.get("url", ""))
        if name in used and sources.wrong_address_of_index(url) is None:
            found.indexes[name] = url
        else:
            found.leave("an index", f"{where} [[tool.uv.index]]", requirements_txt.INDEX)
    for kind in ("constraint", "override"):
        for text in uv.get(f"{kind}-dependencies", []):
            if kind == "constraint":
                found.require(text, f"{where} [tool.uv]", constraint=True)
            else:
                found.leave(text, f"{where} [tool.uv]", "what a package requires of another is not overridden")


def unknown_group(group: str, listed: str, where: str) -> Exception:
    """Make the error of a group that a file has not."""
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415  (only in an error)

    return JupyflakeError(
        "JF154", f'there is no group or extra "{group}"; {listed}', where=where, hint="correct --group"
    )
