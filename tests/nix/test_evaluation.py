"""Runs the evaluation tests beside this file, which plain Nix can run too."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


def test_evaluation() -> None:
    """Every evaluation test of the Nix library gives what it should."""
    completed = subprocess.run(
        ["nix-instantiate", "--eval", "--strict", "--json", str(HERE)],
        env={**os.environ, "NIX_CONFIG": "build-users-group ="},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    answer = json.loads(completed.stdout)
    assert answer["failed"] == []
    assert answer["count"] > 0
