"""The evaluation tests of the Nix functions, run by plain Nix."""

from __future__ import annotations

import json
from pathlib import Path

from jupyflake import process
from jupyflake.store import nix_environment

HERE = Path(__file__).parent


def test_functions_evaluate_to_what_is_expected() -> None:
    """Every test in tests/nix/*.nix gives its expected value, and there are some."""
    completed = process.run(
        ["nix-instantiate", "--eval", "--strict", "--json", HERE],
        env=nix_environment(),
    )
    verdicts = json.loads(completed.stdout)
    assert verdicts["failed"] == []
    assert verdicts["count"] > 30
