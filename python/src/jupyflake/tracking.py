"""What git hides from Nix: of a repository, a flake sees the files that git tracks and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyflake import process
from jupyflake.errors import JupyflakeError
from jupyflake.manifest.sources import inside

if TYPE_CHECKING:
    from pathlib import Path

    from jupyflake.manifest.model import Manifest


class Hidden(NamedTuple):
    """Files and directories of which git tracks nothing, and whether .gitignore is why."""

    names: tuple[str, ...]
    ignored: bool

    @property
    def cure(self) -> str:
        """The command that lets Nix see them."""
        return f"git add -N {'-f ' if self.ignored else ''}{' '.join(self.names)}"


def hidden(directory: Path, names: list[str]) -> Hidden | None:
    """Give those of the project's files that git does not track; nothing outside of a repository, or without git."""
    try:
        listed = process.run(["git", "ls-files", "-z", "--", *names], cwd=directory, check=False)
        if listed.returncode != 0:
            return None
        tracked = listed.stdout.split("\0")
        left = [name for name in names if not any(file == name or file.startswith(f"{name}/") for file in tracked)]
        ignored = left and process.run(["git", "check-ignore", "--", *left], cwd=directory, check=False)
    except JupyflakeError:
        # Without git Nix explains itself.
        return None
    return Hidden(tuple(left), bool(ignored) and ignored.returncode == 0)  # type: ignore[union-attr]


def of_the_project(manifest: Manifest) -> list[str]:
    """Give the files and directories that the manifest has packages in."""
    paths = [source.path for source in manifest.sources.values() if source.path is not None]
    paths += [path for kernel in manifest.kernels.values() for path in kernel.editable]
    found = dict.fromkeys(filter(None, map(inside, paths)))
    # Of the project itself git tracks something, or nothing works.
    return [path for path in found if path != "."]
