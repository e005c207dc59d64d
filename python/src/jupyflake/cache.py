"""Where downloads and indexes are kept between runs; all of it may be deleted at any time."""

from __future__ import annotations

import os
from pathlib import Path

from jupyflake.errors import JupyflakeError


def cache_directory(*parts: str) -> Path:
    """Give a directory of the cache, made if it is not there."""
    own = os.environ.get("JUPYFLAKE_CACHE_DIR")
    shared = os.environ.get("XDG_CACHE_HOME")
    # A relative XDG_CACHE_HOME is to be ignored, says its specification.
    root = Path(own) if own else Path(shared) / "jupyflake" if shared and shared.startswith("/") else None
    try:
        directory = (root or Path.home() / ".cache" / "jupyflake").joinpath(*parts)
        directory.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise JupyflakeError(
            "JF604",
            f"the cache directory cannot be made: {reason}",
            hint="set JUPYFLAKE_CACHE_DIR to a directory that you may write to",
        ) from error
    return directory
