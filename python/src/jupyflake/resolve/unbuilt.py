"""How uv is kept from running code of packages that are taken as source: what it has to know, it is told."""

from __future__ import annotations

import json
import re
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyflake.resolve.plan import PythonRequest

_BUILD = re.compile(r"Failed to (?:download and )?build `([A-Za-z0-9._-]+)==([^`]+)`")
# uv looks at an interpreter in isolated mode; whatever else it starts with it is a build backend.
_NOTHING = "import os, sys; sys.flags.isolated or os._exit(98)\n"


class UnansweredError(Exception):
    """uv came upon a source whose metadata only its build backend knows."""

    def __init__(self, name: str, version: str) -> None:
        super().__init__(f"{name} {version}")
        self.name = name
        self.version = version


def unanswered(stderr: str, request: PythonRequest) -> UnansweredError | None:
    """Find in what uv printed the source that it could not read, if that is why it failed."""
    found = _BUILD.search(stderr)
    if not found or found[1] not in request.sdists:
        return None
    if any((known.name, known.version) == (found[1], found[2]) for known in request.metadata):
        return None
    return UnansweredError(found[1], found[2])


def is_elsewhere(variables: Mapping[str, str]) -> bool:
    """Whether uv would look for its configuration nowhere, or in a file that the user names."""
    return "UV_NO_CONFIG" in variables or "UV_CONFIG_FILE" in variables


def settings(request: PythonRequest, variables: Mapping[str, str]) -> str:
    """Give the configuration by which uv knows the metadata of sources without asking them.

    The file that the user names stays in force.
    """
    if not request.metadata:
        return ""
    tables = [Path(variables["UV_CONFIG_FILE"]).read_text(encoding="utf-8")] if "UV_CONFIG_FILE" in variables else []
    for known in request.metadata:
        lines = ["[[dependency-metadata]]", f"name = {json.dumps(known.name)}"]
        if known.version:
            lines.append(f"version = {json.dumps(known.version)}")
        lines.append(f"requires-dist = {json.dumps(known.requires)}")
        if known.extras:
            lines.append(f"provides-extra = {json.dumps(known.extras)}")
        if known.python:
            lines.append(f"requires-python = {json.dumps(known.python)}")
        tables.append("".join(f"{line}\n" for line in lines))
    return "\n".join(tables)


def interpreter_that_builds_nothing(folder: Path) -> Path:
    """Make an interpreter that ends at once when it is started to build something."""
    place = folder / "python"
    venv.create(place, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (place / "lib" / version / "site-packages" / "nothing.pth").write_text(_NOTHING, encoding="utf-8")
    return place / "bin" / "python"
