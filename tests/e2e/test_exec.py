"""`jupyflake exec`: commands in the environment of one kernel."""

from __future__ import annotations

import pytest
from support import ROOT, cli

pytestmark = pytest.mark.usefixtures("shell")


@pytest.mark.parametrize(("kernel", "pandas"), [("py311", "1."), ("py313", "3.")])
def test_runs_with_the_packages_of_the_kernel(kernel: str, pandas: str) -> None:
    """Each kernel's own Python and version of a package are found, arguments and exit code pass through."""
    code = "import pandas, sys; print(pandas.__version__, sys.argv[1]); sys.exit(3)"
    answer = cli("exec", kernel, "--", "python", "-c", code, "a b", cwd=ROOT, check=False)
    assert answer.code == 3, answer.text
    assert answer.stdout.startswith(pandas)
    assert answer.stdout.endswith(" a b\n")


def test_runs_r_with_its_libraries() -> None:
    """A kernel of another language has its own interpreter on PATH."""
    answer = cli("exec", "r", "--", "Rscript", "-e", "library(dplyr); cat(6 * 7)", cwd=ROOT)
    assert answer.stdout == "42"


def test_missing_command_and_kernel_are_named() -> None:
    """A command that is not there, and a kernel that is not there, are errors that say so."""
    answer = cli("exec", "py313", "--", "no-such-command", cwd=ROOT, check=False)
    assert answer.code == 1
    assert "error[JF602]: `no-such-command` cannot be started" in answer.stderr
    answer = cli("exec", "py312", "--", "python", cwd=ROOT, check=False)
    assert answer.code == 2
    assert "JF122" in answer.stderr
    assert "py311" in answer.stderr
