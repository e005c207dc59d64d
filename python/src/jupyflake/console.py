"""What people read goes to standard error, what programs read to standard output."""

from __future__ import annotations

import contextlib
import json as jsonlib
import os
import sys
import threading
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.progress import Progress as RichProgress
    from rich.progress import ProgressColumn, TaskID

    from jupyflake.errors import JupyflakeError

_RED, _YELLOW, _CYAN, _BOLD, _DIM = "31", "33", "36", "1", "2"
_PLAIN_STEPS = 4


class Progress:
    """A progress bar that any thread may advance; this one shows nothing."""

    def advance(self, amount: float = 1) -> None:
        """Say that `amount` more of the total is done."""

    def describe(self, description: str) -> None:
        """Change the words beside the bar."""

    def grow(self, amount: float) -> None:
        """Say that `amount` more is to be done than was thought."""


class _PlainProgress(Progress):
    """A line at each quarter, for logs."""

    def __init__(self, console: Console, total: float, description: str) -> None:
        self._console = console
        self._total = total
        self._description = description
        self._done = 0.0
        self._shown = 0
        self._lock = threading.Lock()

    def advance(self, amount: float = 1) -> None:
        with self._lock:
            self._done += amount
            step = int(_PLAIN_STEPS * self._done / self._total) if self._total else 0
            if self._shown < step <= _PLAIN_STEPS:
                self._shown = step
                self._console.info(f"{self._description}: {100 * step // _PLAIN_STEPS} %")

    def describe(self, description: str) -> None:
        with self._lock:
            self._description = description

    def grow(self, amount: float) -> None:
        with self._lock:
            self._total += amount


class _RichProgress(Progress):
    """A bar on a terminal."""

    def __init__(self, rich: RichProgress, task: TaskID) -> None:
        self._rich = rich
        self._task = task
        self._total = rich.tasks[0].total or 0

    def advance(self, amount: float = 1) -> None:
        self._rich.advance(self._task, amount)

    def describe(self, description: str) -> None:
        self._rich.update(self._task, description=description)

    def grow(self, amount: float) -> None:
        self._total += amount
        self._rich.update(self._task, total=self._total)


class Console:
    """Prints; how much and how is decided once, from the options and the environment."""

    def __init__(
        self,
        *,
        quiet: bool = False,
        verbose: bool = False,
        json: bool = False,
        color: bool | None = None,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self.json = json
        self._stdout = stdout
        self._stderr = stderr
        terminal = self._err.isatty() and os.environ.get("TERM") != "dumb"
        # Bars are for people; a CI's log gets plain lines even where it imitates a terminal.
        self.animated = terminal and not quiet and not os.environ.get("CI")
        self.color = _color(terminal=terminal) if color is None else color
        self._live: RichProgress | None = None

    @property
    def asks(self) -> bool:
        """Whether somebody sits there who can answer."""
        people = sys.stdin is not None and sys.stdin.isatty() and self._err.isatty()
        return people and not (self.quiet or self.json or os.environ.get("CI"))

    @property
    def _out(self) -> TextIO:
        return self._stdout or sys.stdout

    @property
    def _err(self) -> TextIO:
        return self._stderr or sys.stderr

    def info(self, text: str) -> None:
        """Tell something that may be left out with --quiet."""
        if not self.quiet:
            self._say(text)

    def detail(self, text: str) -> None:
        """Tell something that only --verbose shows."""
        if self.verbose:
            self._say(self._paint(text, _DIM))

    def step(self, text: str) -> None:
        """Name the step that begins."""
        if not self.quiet:
            self._say(f"{self._paint('==>', _CYAN)} {self._paint(text, _BOLD)}")

    def warn(self, text: str) -> None:
        """Warn; shown with --quiet too."""
        self._say(f"{self._paint('warning:', _YELLOW)} {text}")

    def error(self, error: JupyflakeError | str) -> None:
        """Show an error and what to do next."""
        if isinstance(error, str):
            self._say(f"{self._paint('error:', _RED)} {error}")
            return
        first, *rest = error.lines()
        mark, colon, text = first.partition(": ")
        self._say(self._paint(mark, _RED) + colon + text)
        for line in rest:
            self._say(self._paint(line, _BOLD))

    def result(self, text: str, *, data: object = None) -> None:
        """Print what was asked for: `text`, or with --json the `data`."""
        if self.json and data is not None:
            text = jsonlib.dumps(data, indent=2, ensure_ascii=False)
        print(text, file=self._out, flush=True)

    @contextlib.contextmanager
    def progress(
        self,
        total: float,
        description: str,
        *,
        bytes: bool = False,  # noqa: A002  (reads well where it is used)
    ) -> Iterator[Progress]:
        """Show how much of `total` is done; `bytes=True` counts bytes and shows the speed."""
        if self.quiet or self._live is not None:
            yield Progress()
        elif not self.animated:
            # Where the total is not known yet there may be nothing to do, and nothing is to be told then.
            if total:
                self.info(description)
            yield _PlainProgress(self, total, description)
        else:
            with self._bar(total, description, bytes=bytes) as progress:
                yield progress

    @contextlib.contextmanager
    def _bar(self, total: float, description: str, *, bytes: bool) -> Iterator[Progress]:  # noqa: A002
        from rich import progress as columns  # noqa: PLC0415  (only where a bar is shown)
        from rich.console import Console as RichConsole  # noqa: PLC0415

        shown: list[ProgressColumn] = [
            columns.TextColumn("{task.description}", markup=False),
            columns.BarColumn(bar_width=None),
        ]
        if bytes:
            shown += [columns.DownloadColumn(), columns.TransferSpeedColumn()]
        else:
            shown += [columns.MofNCompleteColumn()]
        shown += [columns.TimeRemainingColumn(elapsed_when_finished=True)]
        rich = RichConsole(file=self._err, no_color=not self.color)
        with columns.Progress(*shown, console=rich, transient=True) as live:
            self._live = live
            try:
                yield _RichProgress(live, live.add_task(description, total=total))
            finally:
                self._live = None

    def _say(self, text: str) -> None:
        if self._live is not None:
            from rich.text import Text  # noqa: PLC0415  (a bar is shown, so rich is loaded)

            self._live.console.print(Text.from_ansi(text), soft_wrap=True)
        else:
            print(text, file=self._err, flush=True)

    def _paint(self, text: str, color: str) -> str:
        return f"\x1b[{color}m{text}\x1b[0m" if self.color else text


def _color(*, terminal: bool) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return terminal or bool(os.environ.get("FORCE_COLOR"))


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Give a table for people, its columns as wide as they need to be."""
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in table
    ]
    return "\n".join(line.rstrip() for line in lines)
