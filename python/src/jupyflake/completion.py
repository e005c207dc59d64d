"""What the shell may complete besides commands and options: names that the manifest and the lock have."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer  # noqa: TC002  (typer reads the annotations)

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def kernels(ctx: typer.Context, incomplete: str) -> list[str]:
    """Give the kernels of the manifest."""
    return _starting(_manifest(ctx).get("kernels", {}), incomplete)


def listed(ctx: typer.Context, incomplete: str) -> list[str]:
    """Give the packages and tools that the manifest lists, of the kernels that are named if there are any."""
    manifest = _manifest(ctx)
    chosen = set(ctx.params.get("kernel") or ())
    tables = [table for name, table in manifest.get("kernels", {}).items() if not chosen or name in chosen]
    tables += [] if chosen else [manifest.get(name, {}) for name in ("jupyter", "shell", "image")]
    lists = [table.get(key, ()) for table in tables for key in ("packages", "constraints", "tools")]
    matches = (_NAME.match(entry) for entries in lists for entry in entries)
    return _starting((match[0] for match in matches if match), incomplete)


def locked(ctx: typer.Context, incomplete: str) -> list[str]:
    """Give the packages of the lock."""
    directory = _directory(ctx)
    try:
        lock = json.loads((directory / "jupyter.lock").read_bytes()) if directory else {}
        return _starting((each["name"] for part in ("wheels", "debs") for each in lock[part]), incomplete)
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _starting(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted({name for name in names if name.lower().startswith(incomplete.lower())})


def _manifest(ctx: typer.Context) -> dict[str, Any]:
    """Read what can be read; a shell that completes shows no errors."""
    import tomli  # noqa: PLC0415  (not for the start of every command)

    directory = _directory(ctx)
    try:
        data = tomli.loads((directory / "jupyter.toml").read_text(encoding="utf-8")) if directory else {}
        # What is not of the right shape has no names to give.
        tables = [data.get(name, {}) for name in ("jupyter", "shell", "image")] + list(data.get("kernels", {}).values())
        return data if all(isinstance(table, dict) for table in tables) else {}
    except (OSError, ValueError, AttributeError):
        return {}


def _directory(ctx: typer.Context) -> Path | None:
    """Find the project, as the command will."""
    context: Any = ctx
    chosen = None
    while context is not None and chosen is None:
        chosen = context.params.get("directory")
        context = context.parent
    start = Path(chosen or ".").absolute()
    return next((each for each in (start, *start.parents) if (each / "jupyter.toml").is_file()), None)
