"""What is printed, where, and how."""

from __future__ import annotations

import io
import json
import sys
import threading

import pytest

from jupyflake.console import Console, columns
from jupyflake.errors import JupyflakeError


class Terminal(io.StringIO):
    """A text that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the machine says about terminals."""
    for name in ("CI", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_people_and_programs() -> None:
    """Results go to standard output, all else to standard error."""
    out, err = io.StringIO(), io.StringIO()
    console = Console(stdout=out, stderr=err)
    console.info("one")
    console.step("two")
    console.detail("unseen")
    console.warn("three")
    console.error(JupyflakeError("JF101", "four", where="jupyter.toml:1:2", hint="five"))
    console.result("six", data={"seven": "é"})
    assert out.getvalue() == "six\n"
    assert err.getvalue() == "one\n==> two\nwarning: three\nerror[JF101]: jupyter.toml:1:2: four\n  try: five\n"


def test_json() -> None:
    """With --json the data is printed, not the text."""
    out = io.StringIO()
    Console(json=True, stdout=out).result("text", data={"a": ["é"]})
    assert json.loads(out.getvalue()) == {"a": ["é"]}
    assert "é" in out.getvalue()


def test_quiet_keeps_warnings() -> None:
    """With --quiet steps are not shown, warnings are."""
    err = io.StringIO()
    console = Console(quiet=True, stderr=err)
    console.info("one")
    console.step("two")
    with console.progress(10, "three") as progress:
        progress.advance(10)
    console.warn("four")
    assert err.getvalue() == "warning: four\n"


def test_progress_in_a_log() -> None:
    """Without a terminal there is a line at each quarter, from whatever thread."""
    err = io.StringIO()
    console = Console(stderr=err)
    with console.progress(100, "fetching") as progress:
        threads = [threading.Thread(target=list, args=(map(progress.advance, [1] * 25),)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert err.getvalue() == "fetching\nfetching: 25 %\nfetching: 50 %\nfetching: 75 %\nfetching: 100 %\n"


@pytest.mark.parametrize("total", [0, 3])
def test_progress_on_a_terminal(total: int) -> None:
    """A bar is drawn, and messages stand above it."""
    err = Terminal()
    console = Console(stderr=err)
    assert (console.animated, console.color) == (True, True)
    with console.progress(total, "fetching [x]", bytes=True) as progress:
        progress.advance(2)
        progress.grow(1)
        progress.describe("unpacking [y]")
        console.info("a [message]")
    assert "a [message]" in err.getvalue()
    assert "[y]" in err.getvalue()


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("TERM", "dumb")])
def test_no_animation(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A CI and a simple terminal get lines."""
    monkeypatch.setenv(name, value)
    assert not Console(stderr=Terminal()).animated


def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR is respected on a terminal."""
    monkeypatch.setenv("NO_COLOR", "1")
    err = Terminal()
    Console(stderr=err).step("one")
    assert err.getvalue() == "==> one\n"


ROWS = [("py311", "numpy<2, pandas<2, matplotlib, scipy, scikit-learn"), ("r", "ggplot2")]


def test_table_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the last column is folded, and nothing of it is lost."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", Terminal())
    lines = columns(("NAME", "PACKAGES"), ROWS).splitlines()
    assert max(len(line) for line in lines) <= 40
    assert lines[1].startswith("py311  numpy<2, pandas<2,")
    assert lines[2].startswith("       ")
    assert "scikit-learn" in "".join(lines)


def test_table_in_a_pipe_has_a_line_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that read the table get each row in one line, whatever the terminal is like."""
    monkeypatch.setenv("COLUMNS", "40")
    lines = columns(("NAME", "PACKAGES"), ROWS).splitlines()
    assert lines == ["NAME   PACKAGES", f"py311  {ROWS[0][1]}", "r      ggplot2"]
