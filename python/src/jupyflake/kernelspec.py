"""A kernel as Jupyter starts it: what its built kernel.json says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class KernelSpec:
    """What starts a kernel, and the variables that it gets."""

    argv: tuple[str, ...]
    display_name: str
    env: Mapping[str, str]

    def environment(self, outer: Mapping[str, str]) -> dict[str, str]:
        """Give the variables of the kernel on top of others, as jupyter_client does it.

        Source: jupyter_client, LocalProvisioner._apply_env_substitution (`$$` is a dollar, `${PATH}` the outer one).
        """
        return {**outer, **{name: Template(value).safe_substitute(outer) for name, value in self.env.items()}}


def read(directory: Path) -> KernelSpec:
    """Read the kernel.json of a directory."""
    data = json.loads((directory / "kernel.json").read_text(encoding="utf-8"))
    return KernelSpec(tuple(data["argv"]), data["display_name"], data.get("env", {}))
