"""Native libraries of the base under packages from PyPI: what `tools` name is there, and changes when they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import build, environment, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]

MANIFEST = """
[project]
name = "libraries"
base = "debian/trixie"

[kernels.py313]
language = "python"
packages = ["python-magic==0.4.27"]
"""
SAYS = "import magic; print(magic.version() >= 500)"


def test_a_changed_list_of_tools_takes_effect(tmp_path: Path) -> None:
    """cachix/devenv #1807, #1111: python-magic finds libmagic when it is in `tools`, without LD_LIBRARY_PATH."""
    manifest = tmp_path / "jupyter.toml"
    manifest.write_text(MANIFEST, encoding="utf-8")
    variables = environment(LD_LIBRARY_PATH=None)
    out = build("environment-py313", tmp_path)
    assert "failed to find libmagic" in run(out / "bin" / "python", "-c", SAYS, env=variables, check=False).stderr
    manifest.write_text(f'{MANIFEST}tools = ["libmagic1t64"]\n', encoding="utf-8")
    out = build("environment-py313", tmp_path)
    assert run(out / "bin" / "python", "-c", SAYS, env=variables).stdout == "True\n"
