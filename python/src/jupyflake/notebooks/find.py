"""Which notebooks are meant."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyflake.project import Project

SUFFIX = ".ipynb"


def find(project: Project, named: Sequence[Path]) -> list[Path]:
    """Give the notebooks, each once: those that are named, those of `[check]`, or all that the project has.

    A directory stands for the notebooks in it. Raises JF140 for what is not there, JF141 where there is none at all.
    """
    listed = [project.directory / path for path in project.manifest.check.notebooks]
    found: dict[Path, None] = {}
    for path in named or listed or [project.directory]:
        if path.is_dir():
            found |= dict.fromkeys(_below(path))
        elif path.is_file():
            found[path] = None
        else:
            where = "" if named else f" ([check] in {project.manifest_path.name} lists it)"
            raise JupyflakeError("JF140", f"there is no notebook {path}{where}", hint="check the path")
    if not found:
        places = ", ".join(str(path) for path in named) or str(project.directory)
        raise JupyflakeError("JF141", f"there is no notebook in {places}", hint="jupyflake test NOTEBOOK")
    return list(found)


def _below(directory: Path) -> Iterator[Path]:
    for place, directories, files in os.walk(directory):
        # Checkpoints, state and version control are hidden; a link `result` leads into the store.
        directories[:] = sorted(name for name in directories if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield Path(place, name)


def kernel_of(path: Path) -> str | None:
    """Give the kernel that a notebook asks for; None where it says nothing, or is no notebook."""
    try:
        metadata = json.loads(path.read_bytes())["metadata"]
        name = metadata["kernelspec"]["name"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return name if isinstance(name, str) else None
