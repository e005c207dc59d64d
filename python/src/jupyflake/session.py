"""What every command is given: where to print and where to look for the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jupyflake.console import Console
    from jupyflake.project import Project


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the command line."""

    console: Console
    directory: Path

    def project(self) -> Project:
        """Find and read the project of the directory, or of one above it."""
        from jupyflake import project  # noqa: PLC0415  (not every command has a project)

        return project.read(self.directory)

    def existing_project(self) -> Project | None:
        """Read the project as `project` does; None where there is none, for commands that make one then."""
        from jupyflake.errors import JupyflakeError  # noqa: PLC0415  (not every command looks for a project)

        try:
            return self.project()
        except JupyflakeError as error:
            if error.code != "JF105":
                raise
            return None
