"""What was made in a project and can be made again: finding it and removing it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from jupyflake import process, store
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyflake.console import Console
    from jupyflake.project import Project

# In the state directory: what any start makes again, in contrast to settings, layouts and histories.
_CACHES = ("roots", "runtime", "cache")


def removable(project: Project, *, state: bool) -> list[Path]:
    """Give what may go: links into the store, caches of the state directory, with `state` all of it."""
    found = sorted(_results(project.directory))
    inside = [project.state_directory / name for name in _CACHES]
    places = [project.state_directory] if state else inside
    return [*found, *(place for place in places if place.exists() and not place.is_symlink())]


def _results(directory: Path) -> Iterator[Path]:
    """Give the links that `nix build` leaves; a file of that name which is no link is somebody's work."""
    prefix = f"{store.store_directory()}/"
    for path in directory.glob("result*"):
        if path.is_symlink() and str(path.readlink()).startswith(prefix):
            yield path


def remove(project: Project, paths: list[Path]) -> None:
    """Remove them; raises JF640 where a server of the project is running, whose files they are."""
    running = _running(project)
    if running and any(path == project.state_directory or path.name == "runtime" for path in paths):
        raise JupyflakeError(
            "JF640", f"JupyterLab is running in this project (process {running})", hint="stop it, then clean again"
        )
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _running(project: Project) -> int | None:
    """Give the process of a running server, by the files that servers leave while they run."""
    for path in sorted((project.state_directory / "runtime").glob("jpserver-*.json")):
        if is_running(path):
            return int(path.stem.split("-")[1])
    return None


def is_running(path: Path) -> bool:
    """Whether the server still runs that has left this file, which has its process in its name."""
    number = path.stem.split("-")[1]
    return number.isdigit() and _alive(int(number))


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def collect(console: Console) -> str:
    """Run Nix' garbage collector and give its last line, which says what was freed."""
    console.step("collecting what nothing keeps")
    completed = process.run(["nix-store", "--gc"], env=store.nix_environment(), check=False)
    if completed.returncode != 0:
        raise process.ProcessFailed(completed)
    lines = [line for text in (completed.stdout, completed.stderr) for line in text.splitlines() if "freed" in line]
    return lines[-1].strip() if lines else "nothing to free"
