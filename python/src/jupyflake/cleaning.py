"""What jupyflake and Jupyter make in a project, told apart from what people write there."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import process
from jupyflake.errors import JupyflakeError
from jupyflake.project import STATE_NAME
from jupyflake.store import nix_environment, store_directory

if TYPE_CHECKING:
    from jupyflake.console import Console


def made_in(directory: Path) -> list[Path]:
    """List the state directory and the links into the store that builds leave."""
    found = [link for link in sorted(directory.glob("result*")) if _is_out_link(link)]
    state = directory / STATE_NAME
    # One without this file was not made by our shell: it may be anybody's.
    if state.is_dir() and not state.is_symlink() and (state / ".gitignore").is_file():
        found.append(state)
    return found


def _is_out_link(path: Path) -> bool:
    name, _, rest = path.name.partition("-")
    return name == "result" and (not rest or path.name.startswith("result-")) and _is_in_store(path)


def _is_in_store(path: Path) -> bool:
    return path.is_symlink() and str(path.readlink()).startswith(f"{store_directory()}/")


def require_no_server(directory: Path) -> None:
    """Refuse while a server of the project runs: it would lose the ground it stands on."""
    for path in sorted((directory / STATE_NAME / "runtime").glob("jpserver-*.json")):
        try:
            server = json.loads(path.read_text(encoding="utf-8"))
            os.kill(int(server["pid"]), 0)
        except PermissionError:
            pass
        except (OSError, ValueError, KeyError, TypeError):
            # A server that was killed leaves its file.
            continue
        raise JupyflakeError(
            "JF640",
            f"Jupyter runs in this project, as process {server['pid']}",
            hint=f"stop it (Ctrl-C where it was started, or `kill {server['pid']}`), then jupyflake clean",
        )


def remove(path: Path) -> None:
    """Remove a link, or a directory with all that is in it."""
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path)


def collect_garbage(console: Console) -> str:
    """Have Nix collect what nothing refers to, and give its own last words about it."""
    with console.progress(0, "collecting garbage in the Nix store"):
        completed = process.run(["nix-store", "--gc"], env=nix_environment())
    lines = [line for line in f"{completed.stdout}\n{completed.stderr}".splitlines() if "freed" in line]
    return lines[-1].strip() if lines else "the store had no garbage"
