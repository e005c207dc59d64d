"""`make demo`, the first thing that people do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support import DISPLAY_NAMES, ROOT, environment, has_plot, run

if TYPE_CHECKING:
    from engines import RunningEngine

pytestmark = pytest.mark.usefixtures("shell")


def test_report(engine: RunningEngine) -> None:
    """A notebook per kernel runs in shell and container, and the report has versions, places, sizes and times."""
    answer = run("make", "demo", env=environment(**engine.variables))
    lines = answer.stdout.splitlines()
    for name in DISPLAY_NAMES.values():
        (row,) = [line for line in lines if line.startswith(name)]
        assert len(re.findall(r"\w+ [\d.]+: ok", row)) == 2, row
    for place in ("shell", "container"):
        notebooks = list((ROOT / "build" / "demo" / place).glob("*.ipynb"))
        assert len(notebooks) == len(DISPLAY_NAMES)
        assert all(has_plot(notebook) for notebook in notebooks)
    assert re.search(rf"^image +\S+ in {engine.name}, \d+ MB$", answer.stdout, re.MULTILINE)
    assert re.search(r"^total +\d+\.\d$", answer.stdout, re.MULTILINE)
    assert max(len(line) for line in lines) <= 80


def test_failure_names_stage_and_next_step(engine: RunningEngine) -> None:
    """Where the image cannot be loaded, it says at which stage it stopped and what to do, without a traceback."""
    unreachable = {"DOCKER_HOST": "unix:///nonexistent", "CONTAINERS_STORAGE_CONF": "/nonexistent"}
    assert set(engine.variables) & set(unreachable)
    answer = run("build/venv/bin/python", "make/demo.py", env=environment(**unreachable), check=False)
    assert answer.code == 1
    assert "error: make demo stopped at the stage `image`" in answer.stderr
    assert "  try: " in answer.stderr
    assert "Traceback" not in answer.text
