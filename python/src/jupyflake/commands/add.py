"""`jupyflake add`: packages for a kernel, the server or the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Constraint, Kernels, NoLock  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.project import Project
    from jupyflake.session import Session


def add(
    session: Session,
    requirement: Annotated[
        list[str],
        typer.Argument(metavar="PACKAGE", help='PyPI: "pandas>=2", "dask[complete]"; R: ggplot2; tools: graphviz.'),
    ],
    *,
    kernel: Kernels = None,
    server: Annotated[bool, typer.Option("--server", help="Add to the server: Lab extensions.")] = False,
    shell: Annotated[bool, typer.Option("--shell", help="Add programs to the development shell.")] = False,
    tool: Annotated[bool, typer.Option("--tool", help="Add programs or libraries of the base to the kernel.")] = False,
    constraint: Constraint = False,
    no_lock: NoLock = False,
) -> None:
    """Add packages to jupyter.toml and lock; a package that is there gets the new version.

    Example: jupyflake add --kernel py313 "pandas>=3" "uvloop; sys_platform == 'linux'"
    """
    from jupyflake import edits, project, targets  # noqa: PLC0415  (help needs none of it)

    console = session.console
    changes: list[dict[str, str]] = []

    def change(current: Project) -> str:
        options = targets.Options(tuple(kernel or ()), server=server, shell=shell, tool=tool, constraint=constraint)
        text = current.text
        for target in targets.choose(current, options, verb="add"):
            for entry in requirement:
                data = project.parse(current.directory, text).data
                text, written = targets.added(text, data, target, entry)
                if written is None:
                    console.info(f"{entry} is listed for {target.name} already")
                else:
                    changes.append({"target": target.name, "added": written})
        return text

    edits.change(session, change, no_lock=no_lock)
    for each in changes:
        console.info(f"added {each['added']} to {each['target']}")
    if console.json:
        console.result("", data=changes)
