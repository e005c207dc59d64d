"""`jupyflake remove`: packages from a kernel, the server or the shell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Constraint, Kernels, NoLock  # noqa: TC001  (typer reads them)
from jupyflake.completion import listed

if TYPE_CHECKING:
    from jupyflake.project import Project
    from jupyflake.session import Session


def remove(
    session: Session,
    package: Annotated[
        list[str], typer.Argument(metavar="PACKAGE", help="Names as in jupyter.toml.", autocompletion=listed)
    ],
    *,
    kernel: Kernels = None,
    server: Annotated[bool, typer.Option("--server", help="Remove from the server.")] = False,
    shell: Annotated[bool, typer.Option("--shell", help="Remove programs from the development shell.")] = False,
    tool: Annotated[bool, typer.Option("--tool", help="Remove the kernel's programs or libraries.")] = False,
    constraint: Constraint = False,
    editable: Annotated[bool, typer.Option("--editable", help="Remove directories from what is editable.")] = False,
    no_lock: NoLock = False,
) -> None:
    """Remove packages from jupyter.toml and lock.

    Example: jupyflake remove --kernel py313 matplotlib
    """
    from jupyflake import edits, project, targets  # noqa: PLC0415  (help needs none of it)

    console = session.console
    changes: list[dict[str, str]] = []

    def change(current: Project) -> str:
        options = targets.Options(tuple(kernel or ()), server=server, shell=shell, tool=tool, constraint=constraint)
        options = replace(options, editable=editable)
        text = current.text
        for target in targets.choose(current, options, verb="remove"):
            for name in dict.fromkeys(package):
                data = project.parse(current.directory, text).data
                text = targets.removed(text, data, target, name)
                changes.append({"target": target.name, "removed": name})
        return text

    edits.change(session, change, no_lock=no_lock)
    for each in changes:
        console.info(f"removed {each['removed']} from {each['target']}")
    if console.json:
        console.result("", data=changes)
