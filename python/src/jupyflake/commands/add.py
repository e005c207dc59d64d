"""`jupyflake add`: packages for a kernel, the server or the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session


def add(
    session: Session,
    requirement: Annotated[
        list[str],
        typer.Argument(metavar="PACKAGE", help='PyPI: "pandas>=2", "dask[complete]"; R: ggplot2; tools: graphviz.'),
    ],
    *,
    kernel: Annotated[
        list[str] | None,
        typer.Option("--kernel", "-k", metavar="NAME", help="The kernel; not needed if there is one. Repeatable."),
    ] = None,
    server: Annotated[bool, typer.Option("--server", help="Add to the server: Lab extensions.")] = False,
    shell: Annotated[bool, typer.Option("--shell", help="Add programs to the development shell.")] = False,
    tool: Annotated[bool, typer.Option("--tool", help="Add programs or libraries of the base to the kernel.")] = False,
    no_lock: Annotated[bool, typer.Option("--no-lock", help="Change jupyter.toml only.")] = False,
) -> None:
    """Add packages to jupyter.toml and lock; a package that is there gets the new version.

    Example: jupyflake add --kernel py313 "pandas>=3" matplotlib
    """
    from jupyflake import edits, project, targets  # noqa: PLC0415  (help needs none of it)

    console = session.console
    current = session.project()
    chosen = targets.choose(current, kernels=kernel or [], server=server, shell=shell, tool=tool, verb="add")
    text = current.text
    changes: list[dict[str, str]] = []
    for target in chosen:
        for entry in requirement:
            data = project.parse(current.directory, text).data
            text, written = targets.added(text, data, target, entry)
            if written is None:
                console.info(f"{entry} is listed for {target.name} already")
            else:
                changes.append({"target": target.name, "added": written})
    if changes:
        edits.apply(current, text, no_lock=no_lock, console=console)
    for change in changes:
        console.info(f"added {change['added']} to {change['target']}")
    if console.json:
        console.result("", data=changes)
