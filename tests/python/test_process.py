"""Starting other programs."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from jupyflake import process
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PYTHON = sys.executable


@pytest.fixture
def shown() -> Iterator[list[str]]:
    """Collect the commands that --verbose shows."""
    lines: list[str] = []
    process.set_trace(lines.append)
    yield lines
    process.set_trace(None)


def test_output_and_input() -> None:
    """Both outputs are given as text, whatever their bytes are."""
    code = (
        "import sys; d = sys.stdin.buffer.read(); sys.stdout.buffer.write(d[::-1] + b'\\xff');"
        "print('é', file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    completed = process.run([PYTHON, "-c", code], input="abc", env=environment)
    assert (completed.stdout, completed.stderr, completed.returncode) == ("cba\ufffd", "é\n", 0)


def test_failure_has_the_last_line() -> None:
    """A program that fails is named with its exit code and the last line that it printed."""
    code = "import sys; print('first\\nlast', file=sys.stderr); sys.exit(3)"
    with pytest.raises(process.ProcessFailed, match="exit code 3: last") as caught:
        process.run([PYTHON, "-c", code])
    assert (caught.value.code, caught.value.returncode, caught.value.stderr) == ("JF603", 3, "first\nlast\n")
    assert process.run([PYTHON, "-c", code], check=False).returncode == 3


def test_missing_program() -> None:
    """A missing program is named with how it is installed."""
    with pytest.raises(JupyflakeError) as caught:
        process.run(["nix-store", "--version"], env={"PATH": "/nonexistent"})
    assert caught.value.code == "JF601" or os.path.exists("/usr/bin/nix-store")  # noqa: PTH110
    with pytest.raises(JupyflakeError) as caught:
        process.run(["no-such-program"])
    assert (caught.value.code, "no-such-program" in caught.value.message) == ("JF601", True)


def test_missing_directory(tmp_path: Path) -> None:
    """A missing working directory is not taken for a missing program."""
    with pytest.raises(JupyflakeError) as caught:
        process.run([PYTHON, "--version"], cwd=tmp_path / "missing")
    assert caught.value.code == "JF602"


def test_not_executable(tmp_path: Path) -> None:
    """A file without permission to run is an error, not a crash."""
    (tmp_path / "program").write_text("")
    with pytest.raises(JupyflakeError) as caught:
        process.run([tmp_path / "program"])
    assert caught.value.code == "JF602"


def test_lines_while_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines of standard error are seen at once, with much output on the other one."""
    code = "import sys; print('x' * 300000); [print(n, file=sys.stderr) for n in range(3)]; sys.stdin.read()"
    seen: list[str] = []
    completed = process.run([PYTHON, "-c", code], on_line=seen.append, input="y" * 300000)
    assert (seen, completed.stderr) == (["0", "1", "2"], "0\n1\n2\n")
    assert len(completed.stdout) == 300001
    process.run([PYTHON, "-c", code], stream=True)
    assert capsys.readouterr().err == "0\n1\n2\n"


def test_passwords_are_hidden(shown: list[str]) -> None:
    """Commands are shown in full, but for the passwords of URLs."""
    process.run([PYTHON, "-c", "pass", "https://me:secret@example.org/simple", "a b"])
    assert shown == [f"$ {PYTHON} -c pass https://***@example.org/simple 'a b'"]


def test_a_program_is_ended_from_elsewhere() -> None:
    """A program that waits for what will never come is ended when somebody says so."""
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    before = time.monotonic()
    assert process.run(["sleep", "60"], check=False, stop=stop).returncode == -signal.SIGTERM
    assert time.monotonic() - before < 10
