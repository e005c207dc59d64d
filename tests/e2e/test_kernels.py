"""The kernels, as the server starts them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support import EXECUTE, KERNELS, environment, has_plot, lock, run

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Protocol

    from support import Develop

    class Cell(Protocol):
        """Runs code in a kernel."""

        def __call__(self, kernel: str, code: str, **changes: str | None) -> str:
            """Give what it printed; `changes` are of the environment."""
            ...


pytestmark = pytest.mark.usefixtures("shell")

PYTHON_KERNELS = [kernel for kernel in KERNELS if kernel.startswith("py")]
VERSIONS = {"py311": "3.11", "py313": "3.13"}


@pytest.fixture
def cell(develop: Develop) -> Cell:
    """Run code in a kernel and give what it printed."""

    def run_cell(kernel: str, code: str, **changes: str | None) -> str:
        return develop("jupyter", "run", f"--kernel={kernel}", stdin=code, env=environment(**changes)).stdout

    return run_cell


@pytest.mark.parametrize("kernel", KERNELS)
def test_notebook_executes(kernel: str, develop: Develop, tmp_path: Path) -> None:
    """Each kernel's notebook executes, draws its plot and comes to its checked result."""
    develop(*EXECUTE, "--output-dir", tmp_path, f"{kernel}.ipynb")
    executed = tmp_path / f"{kernel}.ipynb"
    assert has_plot(executed)
    *_, last = (
        cell for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"
    )
    assert "".join(last["outputs"][-1]["text"]).endswith(": ok\n")


@pytest.mark.parametrize("kernel", PYTHON_KERNELS)
def test_packages_are_those_of_the_lock(kernel: str, cell: Cell) -> None:
    """What can be imported in a kernel is what the lock has for it, and nothing more (tweag/jupyenv#109, #283)."""
    code = (
        "import importlib.metadata, json, re\n"
        "found = importlib.metadata.distributions()\n"
        "print(json.dumps(sorted((re.sub('[-_.]+', '-', each.name).lower(), each.version) for each in found)))"
    )
    expected = sorted(
        [wheel["name"], wheel["version"]]
        for wheel in lock()["wheels"]
        if "x86_64-linux" in wheel["use"].get(kernel, [])
    )
    assert json.loads(cell(kernel, code)) == expected


@pytest.mark.parametrize("kernel", PYTHON_KERNELS)
def test_python_and_its_libraries_belong_together(kernel: str, cell: Cell) -> None:
    """Each kernel has its own Python, and a pyzmq built for it (tweag/jupyenv#172)."""
    answer = cell(kernel, "import sys, zmq; print('%d.%d' % sys.version_info[:2], zmq.zmq_version() > '4')")
    assert answer == f"{VERSIONS[kernel]} True\n"


def test_two_versions_of_a_package_side_by_side(cell: Cell) -> None:
    """The two Python kernels have different versions of pandas."""
    versions = {
        kernel: cell(kernel, "import pandas; print(pandas.__version__.split('.')[0])").strip()
        for kernel in PYTHON_KERNELS
    }
    assert versions == {"py311": "1", "py313": "3"}


def test_server_has_no_kernel_of_its_own(server_python: Path) -> None:
    """The server's environment has neither a kernel nor the kernels' packages."""
    for module in ("ipykernel", "pandas"):
        answer = run(server_python, "-c", f"import {module}", check=False)
        assert f"No module named '{module}'" in answer.stderr


@pytest.mark.parametrize("kernel", KERNELS)
def test_runs_without_a_home(kernel: str, cell: Cell) -> None:
    """A kernel runs where the user has no home directory (tweag/jupyenv#230)."""
    hello = "cat(6 * 7)" if kernel == "r" else "print(6 * 7)"
    assert cell(kernel, hello, HOME="/nonexistent").strip() == "42"


@pytest.mark.parametrize("kernel", PYTHON_KERNELS)
def test_programs_of_the_machine_run_in_a_cell(kernel: str, cell: Cell) -> None:
    """A cell can start programs, other Pythons among them (tweag/jupyenv#528, NixOS/nixpkgs#16591)."""
    code = (
        "import subprocess\n"
        "print(subprocess.run('ls / | head -1', shell=True, check=True, capture_output=True, text=True).stdout)\n"
        "print(subprocess.run(['/usr/bin/python3', '-c', 'import enum, ssl; print(enum.__name__)'], check=True, "
        "capture_output=True, text=True).stdout)"
    )
    assert cell(kernel, code).split() == ["bin", "enum"]


@pytest.mark.parametrize("kernel", KERNELS)
def test_prints_other_alphabets(kernel: str, cell: Cell) -> None:
    """Letters beyond ASCII survive the way from a kernel, even with the C locale outside (LnL7/nix-docker#12)."""
    code = 'cat("→ é 漢")' if kernel == "r" else 'print("→ é 漢")'
    assert cell(kernel, code, LANG="C", LC_ALL=None).strip() == "→ é 漢"


def test_r_draws_finds_help_and_shows_tables(cell: Cell) -> None:
    """R renders a help page and a data frame as HTML, and has PNG."""
    code = (
        "cat(capabilities('png'), '\\n')\n"
        "cat(nchar(repr::repr_html(head(cars))) > 100, '\\n')\n"
        "cat(length(utils:::.getHelpFile(help('mean'))) > 3)"
    )
    assert cell("r", code).split() == ["TRUE", "TRUE", "TRUE"]


def test_installing_from_a_notebook_names_the_command(develop: Develop) -> None:
    """`install.packages` answers with the command that adds the package, and installs nothing."""
    answer = develop("jupyter", "run", "--kernel=r", stdin="install.packages('zoo')", check=False)
    assert "jupyflake add" in answer.stdout + answer.stderr
    assert "zoo" in answer.stdout + answer.stderr
