"""A sample of `make conformance`: the public suite against kernels of four kinds."""

from __future__ import annotations

import re
import sys

import pytest
from support import ROOT, environment, run

SAMPLE = ("python", "r", "bash", "javascript")


@pytest.mark.network
def test_kernels_pass_the_public_suite() -> None:
    """Each passes what its file doesn't list as upstream's fault, and is counted in a line of its own."""
    answer = run(sys.executable, ROOT / "tests" / "conformance", *SAMPLE, env=environment(PLACES="shell"), check=False)
    lines = [line for line in answer.stdout.splitlines() if re.search(r"\d+ passed, \d+ failed, \d+ skipped$", line)]
    assert [line.split()[0] for line in lines[:-1]] == list(SAMPLE), answer.text
    assert re.match(r"\d+ passed", lines[-1])
    assert answer.code == 0, answer.text
