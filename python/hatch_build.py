"""Puts the flake into the packages: from the clone around, or from the source distribution."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PARTS = ("flake.nix", "flake.lock", "nix", "templates")


class FlakeHook(BuildHookInterface[Any]):
    """Adds each part of the flake under `_flake`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files that the package gets in addition."""
        # An editable installation uses the clone itself.
        if version == "editable":
            return
        root = Path(self.root)
        # A source distribution has the parts in its own `_flake`.
        source = root / "_flake" if (root / "_flake").is_dir() else root.parent
        target = "_flake" if self.target_name == "sdist" else "jupyflake/_flake"
        for part in PARTS:
            path = source / part
            if not path.exists():
                message = f"{path} is missing: build from a clone of the whole repository"
                raise FileNotFoundError(message)
            build_data["force_include"][str(path)] = f"{target}/{part}"
