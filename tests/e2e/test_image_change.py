"""What one small wheel more changes in an image."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
from typing import TYPE_CHECKING, Any

from support import cli, copy_project, run

if TYPE_CHECKING:
    from pathlib import Path

NAME = "one_more"
# An engine takes anew the lowest changed layer and all above it; the image has a thousand times that.
LITTLE = 1_500_000


def _wheel(directory: Path) -> Path:
    """Write a pure wheel of one module."""
    info = f"{NAME}-1.0.dist-info"
    files = {
        f"{NAME}/__init__.py": "x = 42\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
    }
    record = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in files.items()]
    path = directory / f"{NAME}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": "\n".join([*record, f"{info}/RECORD,,"]) + "\n"}.items():
            # No clock: the same wheel each time, which the store then has.
            archive.writestr(zipfile.ZipInfo(name), text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _layers(project: Path) -> list[dict[str, Any]]:
    """Give the layers of a project's image, lowest first."""
    layers: list[dict[str, Any]] = json.loads(cli("image", "inspect", "--frozen", "--json", cwd=project).stdout)[
        "layers"
    ]
    return layers


def test_one_small_wheel_more_changes_little(tmp_path: Path) -> None:
    """Below what `jupyter.lock` says came later, all layers are those that the engine has."""
    project = copy_project(tmp_path / "project")
    before = _layers(project)
    wheel = _wheel(tmp_path)
    run("nix-store", "--add-fixed", "sha256", wheel)
    lock = json.loads((project / "jupyter.lock").read_text(encoding="utf-8"))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    line = {"name": "one-more", "version": "1.0", "file": wheel.name, "size": wheel.stat().st_size, "sha256": digest}
    lock["wheels"].append({**line, "since": 1, "use": {"py313": [f"{os.uname().machine}-linux"]}})
    (project / "jupyter.lock").write_text(json.dumps(lock), encoding="utf-8")
    after = _layers(project)
    kept = next(index for index, (one, other) in enumerate(zip(before, after, strict=False)) if one != other)
    assert any(path.endswith("-one-more-1.0") for layer in after[kept:] for path in layer["paths"])
    assert sum(layer["size"] for layer in after[kept:]) < LITTLE
