"""Packages that have no wheel, from their index to an import."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from support import build, cli, environment, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]

# The first two have no wheel; the third's backend is another than setuptools.
MANIFEST = """
[project]
name = "sources"
base = "debian/trixie"

[kernels.py313]
language = "python"
packages = ["docopt==0.6.2", "antlr4-python3-runtime==4.9.3", "idna"]
sdists = ["docopt", "antlr4-python3-runtime", "idna"]
"""
IMPORT = "import docopt, antlr4, idna; print(docopt.__version__, idna.decode('xn--4ca'))"


def test_sources_are_locked_built_and_imported(tmp_path: Path) -> None:
    """The lock has the sources and what they are built with, for all systems; builds need no network."""
    (tmp_path / "jupyter.toml").write_text(MANIFEST, encoding="utf-8")
    refused = cli("-C", tmp_path, "lock", "--locked", check=False)
    assert refused.code != 0
    cli("-C", tmp_path, "lock")
    lock = json.loads((tmp_path / "jupyter.lock").read_text(encoding="utf-8"))
    used = {line["name"]: (line["file"], line["use"]) for line in lock["wheels"]}
    assert used["docopt"][0] == "docopt-0.6.2.tar.gz"
    assert sorted(used["setuptools"][1]) == ["py313+antlr4-python3-runtime", "py313+docopt"]
    assert re.fullmatch(r"flit_core-.*\.whl", used["flit-core"][0])
    out = build("environment-py313", tmp_path)
    answer = run(out / "bin" / "python", "-c", IMPORT, env=environment(PYTHONUTF8="1"))
    assert answer.stdout == "0.6.2 ä\n"
    assert (out / "bin" / "pygrun").exists()
