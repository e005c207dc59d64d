"""A project is built for the systems that it is locked for, and says so on others."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

import pytest

from jupyflake.cli import main

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """\
[project]
name = "demo"
base = "{base}"
systems = [{systems}]
[kernels.py]
language = "python"
"""


# The machine, the project's base and systems, and what to do about it.
CASES = [
    (("Linux", "x86_64"), "debian/trixie", '"aarch64-linux"', 'systems = ["aarch64-linux", "x86_64-linux"]'),
    (("Linux", "aarch64"), "nixpkgs", '"x86_64-linux"', 'systems = ["x86_64-linux", "aarch64-linux"]'),
    (("Darwin", "arm64"), "nixpkgs", '"x86_64-linux"', 'systems = ["x86_64-linux", "aarch64-darwin"]'),
    (("Darwin", "arm64"), "debian/trixie", '"aarch64-linux"', "jupyflake build --in-container"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0][0]}-{case[1]}")
@pytest.mark.parametrize("command", [("image", "build"), ("image", "inspect"), ("build",), ("develop",)], ids=" ".join)
def test_another_system(
    command: tuple[str, ...], case: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """No image with programs for another system is made: what the project is for is said, and what to write.

    nlewo/nix2container #173; NixOS/nixpkgs #16696, #132492; NixOS/nix.dev #827; tweag/jupyenv #165.
    """
    (system, machine), base, systems, hint = case
    (tmp_path / "jupyter.toml").write_text(MANIFEST.format(base=base, systems=systems), encoding="utf-8")
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert main([*command, "-C", str(tmp_path)]) == 1
    said = capfd.readouterr().err
    assert "error[JF471]: jupyter.toml: the project is for" in said
    assert f"  try: {hint}" in said
    assert not (tmp_path / "jupyter.lock").exists()
