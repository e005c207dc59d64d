"""`jupyflake test`, `exec`, `notebook` and `doctor` on the root example's kernels."""

from __future__ import annotations

import contextlib
import itertools
import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from support import CLI, cli, copy_project, environment, free_port, get_json, has_plot, wait_for

pytestmark = pytest.mark.usefixtures("shell")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Make a project of its own, whose directory has a space and an accent."""
    return copy_project(tmp_path / "mes données")


def write(path: Path, kernel: str, *sources: str, output: str | None = None) -> None:
    """Write a notebook; `output` is what its last cell has printed."""
    cells: list[dict[str, Any]] = [
        {
            "id": f"cell-{number}",
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    if output is not None:
        cells[-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": output}]
    metadata = {"kernelspec": {"name": kernel, "display_name": kernel, "language": ""}}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    path.write_text(json.dumps(content), encoding="utf-8")


def test_the_examples_pass(mine: Path, tmp_path: Path) -> None:
    """All notebooks run in their own kernels; what was executed is written elsewhere, with its plots."""
    before = {path.name: path.read_bytes() for path in mine.glob("*.ipynb")}
    manifest = mine / "jupyter.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace("examples/multi-kernel/", ""), encoding="utf-8")
    result = cli("test", "--output", tmp_path / "made", "--json", cwd=mine)
    report = json.loads(result.stdout)
    assert {each["path"]: each["kernel"] for each in report["notebooks"]} == {
        "py311.ipynb": "py311",
        "py313.ipynb": "py313",
        "r.ipynb": "r",
    }
    assert (report["passed"], report["failed"]) == (3, 0)
    assert {path.name: path.read_bytes() for path in mine.glob("*.ipynb")} == before
    assert all(has_plot(tmp_path / "made" / name) for name in before)


def test_each_way_to_fail_is_told(mine: Path) -> None:
    """An exception, a cell without end, a kernel that dies, another output and a broken file: where and what."""
    broken = mine / "broken"
    broken.mkdir()
    write(broken / "error.ipynb", "py311", "x = 1", "1 / 0", "never = 1")
    write(broken / "slow.ipynb", "py313", "import time; time.sleep(60)")
    write(broken / "dies.ipynb", "py311", "import os; os.kill(os.getpid(), 9)")
    write(broken / "r.ipynb", "r", "stop('no data')")
    write(broken / "differs.ipynb", "py313", "print(2)", output="1\n")
    write(broken / "same.ipynb", "py313", "print(2)", output="2\n")
    result = cli("test", "broken", "--timeout", "5", "--compare", "--junit", "report.xml", cwd=mine, check=False)
    assert result.code == 1
    lines = result.stderr.splitlines()
    told = {line.split()[-1]: after.strip() for line, after in itertools.pairwise(lines) if " s  " in line}
    del told["broken/same.ipynb"]
    assert told == {
        "broken/error.ipynb": "cell 2: ZeroDivisionError: division by zero",
        "broken/slow.ipynb": "cell 1: a cell takes more than 5 s",
        "broken/dies.ipynb": "cell 1: the kernel died",
        "broken/r.ipynb": "cell 1: ERROR: Error: no data",
        "broken/differs.ipynb": "cell 1: it prints something else than what was saved",
    }
    assert result.stdout.startswith("1 passed, 5 failed in ")
    assert 'failures="5"' in (mine / "report.xml").read_text(encoding="utf-8")
    assert not [line for line in lines if "Traceback (most recent call last)" in line and "jupyflake" in line]


def test_what_a_kernel_says_that_dies_at_its_start_is_shown(mine: Path) -> None:
    """A kernel of one's own that ends at once is told with its own words; one whose program is nowhere is not built."""
    manifest = mine / "jupyter.toml"
    before = manifest.read_text(encoding="utf-8").replace("examples/multi-kernel/", "")
    own = """
[kernels.dies]
language = "dies"
argv = ["python", "-c", "raise SystemExit('there is no licence')", "{connection_file}"]
"""
    manifest.write_text(before + own, encoding="utf-8")
    write(mine / "dies.ipynb", "dies", "1")
    result = cli("test", "dies.ipynb", cwd=mine, check=False)
    assert result.code == 1
    assert "the kernel does not start: Kernel died before replying to kernel_info" in result.stderr
    assert "there is no licence" in result.stderr
    assert "Traceback" not in result.stderr
    manifest.write_text(before + own.replace('"python", "-c"', '"pyhton", "-c"'), encoding="utf-8")
    result = cli("test", "dies.ipynb", cwd=mine, check=False)
    assert result.code == 1
    assert "kernel dies: none of its packages and tools has the program pyhton" in result.stderr
    assert 'try: tools = ["…"] under [kernels.dies] with the package that has it' in result.stderr


def test_interrupted_tests_leave_no_kernel(mine: Path) -> None:
    """^C ends the kernels too."""
    marker = "jupyflake-is-interrupted"
    write(mine / "long.ipynb", "py313", f"import time; '{marker}'; print(open('started', 'w')); time.sleep(300)")
    process = subprocess.Popen(
        [CLI, "test", "long.ipynb"], cwd=mine, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not (mine / "started").exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.decode().endswith("error: interrupted\n")
    deadline = time.monotonic() + 10
    while _running_in(mine):
        assert time.monotonic() < deadline, _running_in(mine)
        time.sleep(0.1)


def _running_in(directory: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == directory:
                found.append((process / "cmdline").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    ("kernel", "command", "expected"),
    [
        ("py311", ("python", "-c", "import pandas; print(pandas.__version__.split('.')[0])"), "1\n"),
        ("py313", ("python", "-c", "import pandas; print(pandas.__version__.split('.')[0])"), "3\n"),
        ("r", ("Rscript", "-e", "cat(as.character(packageVersion('dplyr') >= '1.1'), '\\n')"), "TRUE \n"),
    ],
)
def test_programs_run_with_the_packages_of_a_kernel(
    mine: Path, kernel: str, command: tuple[str, ...], expected: str
) -> None:
    """`exec` gives a program the packages of the kernel that is named, and its exit code."""
    assert cli("exec", kernel, "--", *command, cwd=mine).stdout == expected
    assert cli("exec", kernel, "--", "sh", "-c", "exit 7", cwd=mine, check=False).code == 7


def test_notebook_opens_the_other_interface(mine: Path, tmp_path: Path) -> None:
    """`jupyflake notebook` serves Jupyter Notebook with the project's kernels."""
    port = free_port()
    log = tmp_path / "notebook.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [CLI, "notebook", "--port", str(port), "--no-browser", "--", "--IdentityProvider.token="],
            cwd=mine,
            env=environment(),
            stdout=output,
            stderr=output,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/tree", log, process)
        specs = get_json(f"http://127.0.0.1:{port}/api/kernelspecs")["kernelspecs"]
        assert sorted(specs) == ["py311", "py313", "r"]
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.network
def test_doctor_finds_nothing_wrong_where_all_is_well(mine: Path) -> None:
    """Mirror, index and clock are well here, and each kernel starts, with all its parts (tweag/jupyenv #235)."""
    result = cli("doctor", "--json", cwd=mine)
    found = json.loads(result.stdout)
    assert [each for each in found if each["status"] == "fail"] == []
    assert [each["message"].split(":")[0] for each in found if each["name"] == "kernel"] == ["py313", "py311", "r"]
    assert {"mirror", "index", "clock"} <= {each["name"] for each in found}


def test_the_picture_of_the_closure(mine: Path) -> None:
    """SVG, PNG and Graphviz' text of the real closure: two pandas, one shared C library, sizes that add up."""
    report = json.loads(cli("graph", "--output", "closure.png", "--json", cwd=mine).stdout)
    assert (mine / "closure.png").read_bytes().startswith(b"\x89PNG")
    names = {package["name"] for package in report["packages"]}
    assert sum(name.startswith("pandas-") for name in names) == 2
    shared = next(package for package in report["packages"] if package["name"].startswith("libc6-2.41"))
    assert shared["environments"] == ["py313", "py311", "r", "jupyter"]
    assert report["size"] == sum(package["size"] for package in report["packages"])
    assert report["size"] < sum(report["environments"].values())
    cli("graph", cwd=mine)
    assert "shared by" in (mine / "graph.svg").read_text(encoding="utf-8")
    assert cli("graph", "--dot", "--kernel", "r", cwd=mine).stdout.startswith('digraph "multi-kernel" {')
    wrong = cli("graph", "-o", "x.gif", cwd=mine, check=False)
    assert (wrong.code, wrong.stderr.splitlines()[1]) == (1, "  try: --output x.svg")
