"""The packages that are built from the clone carry the flake that belongs to the tool."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

from jupyflake import process

ROOT = Path(__file__).parents[2]
# As the tool itself runs uv: with the certificates that the machine trusts.
TRUSTING = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
PARTS = ("python", "nix", "templates", "flake.nix", "flake.lock")


@pytest.mark.network
def test_packages_carry_the_flake(tmp_path: Path) -> None:
    """The wheel has all of nix/ with its permissions, by way of the source distribution too."""
    clone = tmp_path / "a clone"
    clone.mkdir()
    ignored = shutil.ignore_patterns(".*_cache", "__pycache__", "dist", "*.egg-info")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, clone / part, ignore=ignored)
        else:
            shutil.copy2(source, clone / part)
    expected = {
        f"{path.relative_to(clone)}"
        for part in PARTS[1:]
        for path in (clone / part, *(clone / part).rglob("*"))
        if path.is_file()
    }
    command: list[str | Path] = [find_uv_bin(), "build", "--out-dir", tmp_path / "made", "--no-python-downloads"]
    process.run(command, cwd=clone / "python", env=TRUSTING)
    with zipfile.ZipFile(next((tmp_path / "made").glob("*.whl"))) as wheel:
        names = {name.removeprefix("jupyflake/_flake/"): name for name in wheel.namelist()}
        assert expected <= set(names)
        mode = wheel.getinfo(names["nix/host-bash/prefix/bin/bash"]).external_attr >> 16
        assert mode & 0o111
        metadata = wheel.read(next(name for name in wheel.namelist() if name.endswith("/METADATA"))).decode()
        assert "License-Expression: MIT" in metadata
    with tarfile.open(next((tmp_path / "made").glob("*.tar.gz"))) as archive:
        parts = {name.split("/", 1)[1] for name in archive.getnames()}
    assert {f"_flake/{name}" for name in expected} <= parts


@pytest.mark.network
def test_without_the_clone_the_build_says_so(tmp_path: Path) -> None:
    """The directory of the package alone cannot be built, and the reason is in the output."""
    shutil.copytree(ROOT / "python", tmp_path / "python", ignore=shutil.ignore_patterns("__pycache__"))
    command = [find_uv_bin(), "build", "--wheel", "--no-python-downloads"]
    with pytest.raises(process.ProcessFailed) as caught:
        process.run(command, cwd=tmp_path / "python", env=TRUSTING)
    assert "build from a clone of the whole repository" in caught.value.stderr
