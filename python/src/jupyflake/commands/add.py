"""`jupyflake add`: packages for a kernel, the server or the shell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Constraint, Editable, Kernels, NoLock  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.project import Project
    from jupyflake.session import Session


def add(
    session: Session,
    requirement: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PACKAGE",
            help='PyPI: "pandas>=2", "dask[complete]", ./wheels/x-1.whl, git+https://…; R: ggplot2; tools: graphviz.',
        ),
    ] = None,
    *,
    kernel: Kernels = None,
    server: Annotated[bool, typer.Option("--server", help="Add to the server: Lab extensions.")] = False,
    shell: Annotated[bool, typer.Option("--shell", help="Add programs to the development shell.")] = False,
    tool: Annotated[bool, typer.Option("--tool", help="Add programs or libraries of the base to the kernel.")] = False,
    constraint: Constraint = False,
    editable: Editable = None,
    index: Annotated[
        str | None, typer.Option("--index", metavar="NAME", help="Take the packages from this index only.")
    ] = None,
    no_lock: NoLock = False,
) -> None:
    """Add packages to jupyter.toml and lock; a package that is there gets the new version.

    Example: jupyflake add --kernel py313 "pandas>=3" "uvloop; sys_platform == 'linux'"
    """
    from jupyflake import adding, edits, project, targets  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415

    if not requirement and not editable:
        raise JupyflakeError("JF100", "missing argument 'PACKAGE...'", hint="jupyflake add --help", exit_code=2)
    if index and (shell or tool or constraint):
        message = "--index is for Python packages of a kernel or the server"
        raise JupyflakeError("JF100", message, hint="leave --index out", exit_code=2)

    console = session.console
    changes: list[dict[str, str]] = []

    def change(current: Project) -> str:
        options = targets.Options(tuple(kernel or ()), server=server, shell=shell, tool=tool, constraint=constraint)
        text = current.text
        chosen = [(target, list(requirement or ())) for target in targets.choose(current, options, verb="add")]
        if editable:
            places = [adding.directory(place, current, session.directory) for place in editable]
            own = targets.choose(current, replace(options, editable=True), verb="add")
            chosen = [*(chosen if requirement else []), *((target, places) for target in own)]
        for target, entries in chosen:
            for entry in entries:
                given = adding.Given(entry)
                if target.kind == "python" and not constraint:
                    given = adding.read(entry, current, session.directory, index)
                before = text
                text = adding.with_source(text, given)
                data = project.parse(current.directory, text).data
                text, written = targets.added(text, data, target, given.requirement)
                if text == before:
                    console.info(f"{entry} is listed for {target.name} already")
                else:
                    changes.append({"target": target.name, "added": written or given.requirement})
        return text

    edits.change(session, change, no_lock=no_lock)
    for each in changes:
        console.info(f"added {each['added']} to {each['target']}")
    if console.json:
        console.result("", data=changes)
