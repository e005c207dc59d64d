"""Executing a project's notebooks with its own Jupyter, and reporting."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import nix, process, ready, targets
from jupyflake.console import Progress
from jupyflake.errors import JupyflakeError
from jupyflake.notebooks.find import find, kernel_of
from jupyflake.notebooks.report import Outcome, junit, summary

if TYPE_CHECKING:
    from jupyflake.project import Project
    from jupyflake.session import Session

RUNNER = Path(__file__).with_name("notebooks") / "runner.py"


@dataclass(frozen=True)
class Request:
    """What is to be executed and how; `timeout` is in seconds."""

    named: tuple[Path, ...] = ()
    kernel: str | None = None
    jobs: int | None = None
    timeout: int | None = None
    compare: bool = False
    output: Path | None = None
    junit: Path | None = None


def execute(session: Session, request: Request, options: ready.Options) -> bool:
    """Execute, report, and tell whether all passed."""
    project = session.project()
    if request.kernel is not None:
        targets.require_kernel(project, request.kernel)
    named = [session.directory / path for path in request.named]
    paths = find(project, named)
    _require_kernels(project, paths, request.kernel)
    python = ready.build(session, "environment-jupyter", options) / "bin" / "python3"
    shell = ready.build(session, "shell", options, out_link=".jupyter/roots/shell")

    outcomes: list[Outcome] = []
    started = time.monotonic()
    # Where there is no bar, the notebooks' own lines say how far it is.
    bar = session.console.progress(len(paths), "executing notebooks") if session.console.animated else None
    with bar or contextlib.nullcontext(Progress()) as progress:

        def take(line: str) -> None:
            try:
                told = json.loads(line)
            except ValueError:
                session.console.detail(line)
                return
            outcome = Outcome.of(told, _shown(Path(told["path"]), project))
            outcomes.append(outcome)
            progress.advance()
            if not session.console.json:
                session.console.info(outcome.line())

        process.run(
            ["sh", "-c", '. "$0" && exec "$@"', shell / "activate", python, "-I", RUNNER],
            cwd=project.directory,
            input=json.dumps(_runner_request(project, paths, request, session.directory)),
            on_line=take,
        )
    seconds = time.monotonic() - started
    outcomes.sort(key=lambda outcome: outcome.path)
    _report(session, project, outcomes, seconds)
    if request.junit is not None:
        (session.directory / request.junit).write_bytes(junit(outcomes, project.manifest.project.name))
    return all(outcome.error is None for outcome in outcomes)


def _require_kernels(project: Project, paths: list[Path], chosen: str | None) -> None:
    """Refuse before anything is built what no kernel of the project can execute."""
    known = list(project.manifest.kernels)
    for path in paths:
        asked = chosen or kernel_of(path)
        if asked is None and len(known) != 1:
            raise JupyflakeError(
                "JF142",
                f"{_shown(path, project)} does not say which kernel it is for",
                hint=f"jupyflake test --kernel {known[0] if known else 'NAME'} {_shown(path, project)}",
            )
        # A flake of the project's own may have kernels that the manifest doesn't know.
        if asked is not None and asked not in known and not nix.is_customised(project.directory):
            raise JupyflakeError(
                "JF122",
                f'{_shown(path, project)} is for the kernel "{asked}"; there are {", ".join(known) or "none"}',
                hint=f"jupyflake test --kernel NAME {_shown(path, project)}",
            )


def _runner_request(project: Project, paths: list[Path], request: Request, directory: Path) -> dict[str, object]:
    known = list(project.manifest.kernels)
    check = project.manifest.check
    compared = {(project.directory / path).resolve() for path in check.compare}
    return {
        "notebooks": [
            {
                "path": str(path.absolute()),
                "directory": str(path.absolute().parent),
                "kernel": request.kernel or (None if kernel_of(path) else known[0]),
                "compare": request.compare or path.resolve() in compared,
                "target": None if request.output is None else str(_target(directory / request.output, path, project)),
            }
            for path in paths
        ],
        "jobs": request.jobs or os.cpu_count() or 1,
        "timeout": request.timeout or check.timeout,
    }


def _target(output: Path, path: Path, project: Project) -> Path:
    shown = Path(_shown(path, project))
    return output.absolute() / (path.name if shown.is_absolute() or ".." in shown.parts else shown)


def _report(session: Session, project: Project, outcomes: list[Outcome], seconds: float) -> None:
    for outcome in outcomes:
        if outcome.details and not session.console.json:
            session.console.info(f"\n{outcome.path}\n{outcome.details}")
    data = {
        "project": project.manifest.project.name,
        "passed": sum(outcome.error is None for outcome in outcomes),
        "failed": sum(outcome.error is not None for outcome in outcomes),
        "seconds": round(seconds, 3),
        "notebooks": [outcome.data() for outcome in outcomes],
    }
    session.console.result(summary(outcomes, seconds), data=data)


def _shown(path: Path, project: Project) -> str:
    """Give a notebook's path as seen from the project, where it is in it."""
    absolute = path.absolute()
    return str(absolute.relative_to(project.directory) if absolute.is_relative_to(project.directory) else path)
