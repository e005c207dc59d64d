"""Executes notebooks with the command that is given, several at once, and reads what came out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

ORDINARY_USER = (1000, 100)
NBCONVERT = ("jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", "--log-level=ERROR")


class NotebookError(Exception):
    """A notebook did not do what it should; the message is one line."""


@dataclass(frozen=True)
class Outcome:
    """What an executed notebook says of itself."""

    version: str
    result: str


def execute(
    sources: Path, target: Path, names: Sequence[str], command: Callable[[str], Sequence[str]]
) -> list[Outcome]:
    """Copy the directory of notebooks to `target` and execute those named there, all at the same time."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(sources, target)
    if os.geteuid() == 0:
        # Root's own directory could not be written to from a container, whose user is an ordinary one.
        for path in (target, *target.iterdir()):
            os.chown(path, *ORDINARY_USER)
    running = []
    try:
        for name in names:
            with (target / f"{name}.log").open("wb") as log:
                running.append(
                    subprocess.Popen(
                        command(f"{name}.ipynb"), cwd=target, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                    )
                )
        codes = [process.wait() for process in running]
    finally:
        for process in running:
            process.kill()
    for name, code in zip(names, codes, strict=True):
        if code != 0:
            log_file = target / f"{name}.log"
            raise NotebookError(f"{name}.ipynb failed: {_last_line(log_file)} (all of it: {log_file})")
    return [outcome(target / f"{name}.ipynb") for name in names]


def outcome(path: Path) -> Outcome:
    """Read an executed notebook: it must have drawn a plot, and its last line must say that all is well."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    if not any("image/png" in output.get("data", {}) for output in outputs):
        raise NotebookError(f"{path} has no plot")
    printed = "".join(_text(output) for output in outputs if output.get("name") == "stdout").splitlines()
    if not printed or not printed[-1].endswith(": ok"):
        raise NotebookError(f"{path} does not end with a line that says ok")
    return Outcome(notebook["metadata"]["language_info"]["version"], printed[-1])


def _text(output: dict[str, Any]) -> str:
    return "".join(output["text"])


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    return next((line for line in reversed(lines) if line), "it printed nothing")
