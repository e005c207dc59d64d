"""`jupyflake remove`: packages from a kernel, the server or the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session


def remove(
    session: Session,
    package: Annotated[list[str], typer.Argument(metavar="PACKAGE", help="Names as in jupyter.toml.")],
    *,
    kernel: Annotated[
        list[str] | None,
        typer.Option("--kernel", "-k", metavar="NAME", help="The kernel; not needed if there is one. Repeatable."),
    ] = None,
    server: Annotated[bool, typer.Option("--server", help="Remove from the server.")] = False,
    shell: Annotated[bool, typer.Option("--shell", help="Remove programs from the development shell.")] = False,
    tool: Annotated[bool, typer.Option("--tool", help="Remove the kernel's programs or libraries.")] = False,
    no_lock: Annotated[bool, typer.Option("--no-lock", help="Change jupyter.toml only.")] = False,
) -> None:
    """Remove packages from jupyter.toml and lock.

    Example: jupyflake remove --kernel py313 matplotlib
    """
    from jupyflake import edits, project, targets  # noqa: PLC0415  (help needs none of it)

    console = session.console
    current = session.project()
    chosen = targets.choose(current, kernels=kernel or [], server=server, shell=shell, tool=tool, verb="remove")
    text = current.text
    changes: list[dict[str, str]] = []
    for target in chosen:
        for name in dict.fromkeys(package):
            data = project.parse(current.directory, text).data
            text = targets.removed(text, data, target, name)
            changes.append({"target": target.name, "removed": name})
    edits.apply(current, text, no_lock=no_lock, console=console)
    for change in changes:
        console.info(f"removed {change['removed']} from {change['target']}")
    if console.json:
        console.result("", data=changes)
