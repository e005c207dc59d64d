"""The static contract of the image, checked by a program that is not ours."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import ROOT, run

if TYPE_CHECKING:
    from engines import RunningEngine

PROGRAM = Path(sys.executable).with_name("container-structure-test")


@pytest.mark.parametrize("engine", ["docker"], indirect=True)
def test_structure(engine: RunningEngine, image: str) -> None:
    """Settings, files, their owners and modes are what tests/e2e/image-structure.yaml says."""
    configuration = ROOT / "tests" / "e2e" / "image-structure.yaml"
    words = ("test", "--image", image, "--config", configuration, "--output", "json")
    said = run(PROGRAM, *words, env=engine.environment(), check=False)
    report = json.loads(said.stdout)
    assert [result for result in report["Results"] if not result["Pass"]] == []
    assert report["Total"] > 10
