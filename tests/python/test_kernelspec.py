"""Kernels as Jupyter starts them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyflake import kernelspec

if TYPE_CHECKING:
    from pathlib import Path


def test_environment_is_what_jupyter_would_give(tmp_path: Path) -> None:
    """`${PATH}` is the outer one, a doubled dollar is one, and an unknown name stays (jupyter_client's own rules)."""
    env = {"PATH": "/kernel/bin:${PATH}", "PRICE": "5 $$", "OTHER": "${NOT_SET}", "PYTHONHOME": ""}
    spec = {"argv": ["/kernel/bin/python"], "display_name": "Python", "language": "python", "env": env}
    (tmp_path / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    found = kernelspec.read(tmp_path).environment({"PATH": "/usr/bin", "HOME": "/home/me", "PYTHONHOME": "/opt"})
    assert found == {
        "PATH": "/kernel/bin:/usr/bin",
        "HOME": "/home/me",
        "PRICE": "5 $",
        "OTHER": "${NOT_SET}",
        "PYTHONHOME": "",
    }
