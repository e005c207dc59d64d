"""A repository made for repo2docker becomes a project by one command, and its notebook runs."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from support import EXECUTE, cli

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT = """\
name: weather
channels: [conda-forge]
dependencies:
  - python=3.11
  - numpy<2
  - pandas=1.5
  - matplotlib-base
  - r-base=4.2
  - r-dplyr
  - pip:
      - git+https://host.example/pandas.git
"""
CODE = "import pandas, numpy, subprocess\nsubprocess.run(['dot', '-V'], check=True)\nprint(pandas.__version__[:3])"


def notebook(kernel: str, code: str) -> str:
    """Make a notebook of one cell."""
    cell: dict[str, object] = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "source": code}
    cell["execution_count"] = None
    spec = {"name": kernel, "display_name": kernel, "language": "python"}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": spec}, "cells": [cell]})


@pytest.mark.network
def test_repository_for_repo2docker(shell: Path, tmp_path: Path) -> None:
    """One command makes the project; Lab's shell then runs the repository's notebook, with the Debian programs."""
    assert shell
    repository = tmp_path / "weather"
    (repository / ".binder").mkdir(parents=True)
    (repository / ".binder" / "environment.yml").write_text(ENVIRONMENT, encoding="utf-8")
    (repository / ".binder" / "apt.txt").write_text("graphviz\nopenjdk-8-jre\n", encoding="utf-8")
    (repository / "index.ipynb").write_text(notebook("python3", CODE), encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", repository], check=True)

    told = cli("import", "--base", "debian/trixie", cwd=repository)
    assert ".binder/environment.yml:11: git+https://host.example/pandas.git" in told.stderr
    # A name of another distribution.
    assert ".binder/apt.txt:2: openjdk-8-jre: debian/trixie has no package of this name" in told.stderr
    cli("develop", "--", *EXECUTE, "index.ipynb", "--output", "done", cwd=repository, timeout=900)

    outputs = json.loads((repository / "done.ipynb").read_text(encoding="utf-8"))["cells"][0]["outputs"]
    assert any(output.get("text") == ["1.5\n"] for output in outputs)
