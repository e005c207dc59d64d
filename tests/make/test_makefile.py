"""The Makefile's verbs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_help_lists_the_verbs() -> None:
    """`make` alone lists every verb with what it does, in lines that fit on a screen."""
    # As from a terminal: the tests may themselves be run by make.
    env = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    completed = subprocess.run(["make"], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    lines = completed.stdout.splitlines()
    verbs = ["help", "demo", "lab", "run", "image-in-docker", "test", "check", "test-rootless", "check-packages"]
    verbs += ["check-nixpkgs", "conformance", "bench", "lint", "reference", "format", "clean"]
    assert [line.split()[1] for line in lines] == verbs
    assert all(len(line) <= 80 and len(line.split()) > 3 for line in lines)


def test_notebooks_carry_no_output() -> None:
    """The example's notebooks are kept without outputs and counters, so that their differences read well."""
    for notebook in (ROOT / "examples").rglob("*.ipynb"):
        text = notebook.read_text(encoding="utf-8")
        assert '"execution_count": null' in text, notebook
        assert '"output_type"' not in text, notebook
