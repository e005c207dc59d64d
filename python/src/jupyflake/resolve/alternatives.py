"""What would resolve where something does not: uv itself only says what does not."""

from __future__ import annotations

import re
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from jupyflake import process
from jupyflake.resolve.plan import PythonRequest, read_roots
from jupyflake.resolve.uv import command_for, environment
from jupyflake.resolve.uv_errors import ONLY_SOURCE, is_about

if TYPE_CHECKING:
    from jupyflake.errors import JupyflakeError

# Versions that are not there, wheels that are not there, and another Python.
_NO_VERSION, _NO_WHEEL, _OTHER_PYTHON = "JF206", "JF207", "JF231"


def with_alternatives(
    error: JupyflakeError, package: str | None, request: PythonRequest, system: str
) -> JupyflakeError:
    """Say in the hint which versions and which Pythons go together, as the index has them."""
    if package is None or package in request.sources.indexes:
        # What other indexes have of that name doesn't help.
        return error
    if error.code == _NO_VERSION:
        newest = _probe(package, request.python, system)
        error.hint = f"{package} {newest}, the newest that fits" if newest else error.hint
    elif error.code in {_NO_WHEEL, _OTHER_PYTHON}:
        asked = next((text for text in request.requirements if is_about(text, package)), None)
        found = _of_what_is_asked if asked else _of_what_needs_it
        error.hint = found(error, asked or package, request, system)
        if ONLY_SOURCE in error.message:
            error.hint = f'sdists = ["{canonicalize_name(package)}"], which builds it from its source, or {error.hint}'
    return error


def _of_what_is_asked(error: JupyflakeError, asked: str, request: PythonRequest, system: str) -> str:
    package = _name(asked)
    wheel = error.code == _NO_WHEEL
    does = "has one" if wheel else "fits"
    found = []
    newest = _probe(package, request.python, system, dependencies=not wheel)
    if newest:
        found.append(f"{package} {newest}, which {does}")
    others = [suite.python for suite in read_roots().suites.values() if suite.python != request.python]
    for python in others:
        version = _probe(asked, python, system, dependencies=not wheel)
        if version:
            found.append(f'python = "{python}", for which {package} {version} {does}')
    return ", or ".join(found) or f"a package instead of {package}: no version of it has wheels that fit"


def _of_what_needs_it(error: JupyflakeError, package: str, request: PythonRequest, system: str) -> str:
    """Name a version of what was asked for: another one of the dependency need not fit it."""
    for asked in request.requirements:
        name = _name(asked)
        if re.search(rf"\b{re.escape(name)}\b.* needs,", error.message):
            fitting = _probe(name, request.python, system, dependencies=True)
            if fitting:
                why = "all of whose packages have wheels" if error.code == _NO_WHEEL else "which fits"
                return f"{name} {fitting}, {why}"
    newest = _probe(package, request.python, system, dependencies=True)
    if newest:
        return f"another version of what needs {package}: {package} {newest} fits"
    return f"a package that does not need {package}: no version of it fits"


def _name(requirement: str) -> str:
    return canonicalize_name(re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0])


def _probe(requirement: str, python: str, system: str, *, dependencies: bool = False) -> str | None:
    """Give the newest version that meets a requirement, of the package alone or with all that it needs."""
    request = PythonRequest(name="probe", python=python, requirements=(requirement,))
    with tempfile.TemporaryDirectory(prefix="jupyflake-uv-") as directory:
        folder = Path(directory)
        command = command_for(request, system, {}, folder, refresh=frozenset(), dependencies=dependencies)
        if process.run(command, cwd=folder, env=environment(), check=False).returncode != 0:
            return None
        packages = tomllib.loads((folder / "pylock.probe.toml").read_text(encoding="utf-8")).get("packages", [])
    return next((str(package["version"]) for package in packages if is_about(requirement, package["name"])), None)
