"""The digest that tells whether a lock was made from this manifest.

Only what the resolution depends on counts, so a changed label or environment variable leaves the
lock valid. `nix/` computes the same from the same keys; a table of which no key is left is left
out, kernels never are.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT_KEYS = ("base", "systems")
JUPYTER_KEYS = ("packages", "python", "constraints", "sdists", "build-requires", "build-tools", "tools")
KERNEL_KEYS = (
    *("argv", "language", "python", "base", "packages", "constraints"),
    *("sdists", "build-requires", "build-tools", "editable", "tools"),
)
SHELL_KEYS = ("tools",)
IMAGE_KEYS = ("hub", "tools")
ZSTD = "zstd"


def lock_inputs(data: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of the raw manifest what the lock depends on."""
    kept: dict[str, Any] = {
        "project": _keep(data.get("project", {}), PROJECT_KEYS),
        "jupyter": _keep(data.get("jupyter", {}), JUPYTER_KEYS),
        "kernels": {name: _keep(kernel, KERNEL_KEYS) for name, kernel in data.get("kernels", {}).items()},
        "shell": _keep(data.get("shell", {}), SHELL_KEYS),
        "image": _keep(data.get("image", {}), IMAGE_KEYS) | _zstd(data.get("image", {})),
        # Not `indexes`: what is locked is the same wherever it comes from.
        "sources": data.get("sources", {}),
    }
    return {name: table for name, table in kept.items() if table}


def digest(data: Mapping[str, Any]) -> str:
    """Give the SHA-256 of the lock inputs, as `builtins.hashString` gives it of `builtins.toJSON`."""
    text = json.dumps(lock_inputs(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _zstd(image: Mapping[str, Any]) -> dict[str, str]:
    """Keep the one compression whose program the lock must have."""
    return {"compression": ZSTD} if image.get("compression") == ZSTD else {}


def _keep(table: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: table[key] for key in keys if key in table}
