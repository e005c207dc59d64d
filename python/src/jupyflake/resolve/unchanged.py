"""Whether the files and directories that a lock has from its project are still what was locked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.lock.model import DirectorySource, FileSource
from jupyflake.resolve import trees

if TYPE_CHECKING:
    from pathlib import Path

    from jupyflake.lock import Lock


def first_changed(directory: Path, lock: Lock) -> str | None:
    """Give the first file of the project that is another than was locked, or is gone."""
    for wheel in lock.wheels:
        if isinstance(wheel.source, FileSource | DirectorySource):
            place = directory / wheel.source.path
            if isinstance(wheel.source, FileSource):
                if not place.is_file() or _sha256(place) != wheel.sha256:
                    return wheel.source.path
            elif _digest(place, wheel.source.path) != wheel.sha256:
                return f"{wheel.source.path}/{trees.PYPROJECT}".removeprefix("./")
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(tree: Path, label: str) -> str | None:
    try:
        return trees.digest(tree, trees.pyproject(tree, "[sources]", label))
    except (JupyflakeError, OSError):
        # Locking says what is wrong with it.
        return None
