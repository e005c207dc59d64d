"""What kernels answer to installations: from the words of pip and conda to those of jupyflake."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest


def _load() -> Any:
    path = Path(__file__).parents[2] / "nix" / "kernels" / "inside" / "answers.py"
    spec = importlib.util.spec_from_file_location("inside_answers", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["inside_answers"] = module
    spec.loader.exec_module(module)
    return module


answers = _load()


@pytest.mark.parametrize(
    ("line", "magic"),
    [
        ("!pip install polars\n", "%pip install polars\n"),
        ("!pip3 install -U 'polars>1'", "%pip install -U 'polars>1'"),
        ("  !python3.11 -m pip install a b", "  %pip install a b"),
        ("!{sys.executable} -m pip install a && echo done", "%pip install a"),
        ("!sudo conda install -y a > /dev/null", "%conda install -y a"),
        ("!!pip list", "%pip list"),
        ("!uv pip install a", "%uv pip install a"),
        ("!pipx install a", "!pipx install a"),
        ("!echo pip install a", "!echo pip install a"),
        ("pip = 1", "pip = 1"),
    ],
)
def test_lines_that_start_an_installer_become_commands(line: str, magic: str) -> None:
    """Installers are recognised in all the ways that notebooks start them, up to where the shell would go on."""
    assert answers.as_magic([line]) == [magic]


def test_cells_of_other_languages_stay() -> None:
    """A cell that another program gets is left as it is."""
    lines = ["%%writefile notes.txt\n", "!pip install a\n"]
    assert answers.as_magic(lines) == lines


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("install polars", "jupyflake add --kernel py polars"),
        ("install -q --upgrade 'dask[array]>=2' b", "jupyflake add --kernel py 'dask[array]>=2' b"),
        ("install --index-url https://index.example/simple a", "jupyflake add --kernel py a"),
        ("install -y -c conda-forge numpy=1.26 conda-forge::pip", "jupyflake add --kernel py 'numpy==1.26.*' pip"),
        ("pip install a", "jupyflake add --kernel py a"),
        ("uninstall -y a", "jupyflake remove --kernel py a"),
        ("install -r requirements.txt", "jupyflake import requirements.txt"),
        ("install", "jupyflake add --kernel py PACKAGE"),
    ],
)
def test_command_for_a_terminal(line: str, command: str) -> None:
    """Options are left out, conda's form of a version becomes pip's, files are for `import`."""
    assert answers.command(answers.wish(line), "py") == command


@pytest.mark.parametrize("line", ["", "list", "show a", "--version", "cache purge"])
def test_other_commands_are_no_wish(line: str) -> None:
    """What neither adds nor removes is told apart."""
    assert answers.wish(line) is None
