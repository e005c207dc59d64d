"""Finds and reads a project: the directory with `jupyter.toml`, and `jupyter.lock` beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyflake.errors import JupyflakeError
from jupyflake.flake import suites
from jupyflake.manifest import load
from jupyflake.manifest.digest import digest
from jupyflake.manifest.model import FILE_NAME

if TYPE_CHECKING:
    from jupyflake.manifest.model import Manifest

LOCK_NAME = "jupyter.lock"
STATE_NAME = ".jupyter"


@dataclass(frozen=True, slots=True)
class Project:
    """A project as it stands on the disk; `text` and `data` are the manifest, raw."""

    directory: Path
    text: str
    data: dict[str, Any]
    manifest: Manifest

    @property
    def manifest_path(self) -> Path:
        """The file `jupyter.toml`."""
        return self.directory / FILE_NAME

    @property
    def lock_path(self) -> Path:
        """The file `jupyter.lock`, which may be missing."""
        return self.directory / LOCK_NAME

    @property
    def state_directory(self) -> Path:
        """The directory for what must not be under version control, which may be missing."""
        return self.directory / STATE_NAME

    @property
    def digest(self) -> str:
        """The digest that a lock of this manifest carries."""
        return digest(self.data)


def find(start: Path) -> Path:
    """Give the directory of the project that `start` is in."""
    absolute = start.absolute()
    if not absolute.is_dir():
        raise JupyflakeError(
            "JF105",
            f"{start} is not a directory",
            hint="--directory with the directory of jupyter.toml",
        )
    for directory in (absolute, *absolute.parents):
        if (directory / FILE_NAME).is_file():
            return directory
    raise JupyflakeError(
        "JF105",
        f"neither {absolute} nor a directory above it has a {FILE_NAME}",
        hint="jupyflake init",
    )


def read(start: Path) -> Project:
    """Read the project that `start` is in."""
    directory = find(start)
    return parse(directory, load.read_text(directory / FILE_NAME))


def parse(directory: Path, text: str) -> Project:
    """Make the project that has this text as its manifest."""
    loaded = load.parse(text, suites())
    return Project(directory, loaded.text, loaded.data, loaded.manifest)
