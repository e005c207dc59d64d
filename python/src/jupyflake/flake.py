"""The Nix part of the tool: a copy in the installed package, the clone itself otherwise."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from jupyflake.errors import JupyflakeError

DEBIAN = "debian/"
NIXPKGS = "nixpkgs"
# Those that the pinned nixpkgs has; the first is what a project gets that names none.
NIXPKGS_PYTHONS = ("3.13", "3.11", "3.12", "3.14")


@functools.cache
def flake_directory() -> Path:
    """Give the directory of the flake that belongs to this version of the tool."""
    package = Path(__file__).resolve().parent
    for directory in (package / "_flake", package.parents[2]):
        if (directory / "nix" / "debian" / "roots.json").is_file():
            return directory
    raise JupyflakeError(
        "JF900",
        "the Nix part of jupyflake is missing from the installation",
        hint="install it again from a clone: uv tool install --reinstall ./python",
    )


def source(directory: Path) -> str:
    """Give the flake reference of a directory: of a clone only what git tracks, not what was built there."""
    return f"git+file://{directory}" if (directory / ".git").exists() else f"path:{directory}"


@functools.cache
def suites() -> dict[str, str]:
    """Give the Python version of each Debian suite, such as trixie → 3.13, oldest suite first."""
    text = (flake_directory() / "nix" / "debian" / "roots.json").read_text(encoding="utf-8")
    return {name: suite["python"] for name, suite in json.loads(text)["suites"].items()}


def bases() -> list[str]:
    """Give the bases that a project can be built on."""
    return [*(DEBIAN + suite for suite in suites()), NIXPKGS]
