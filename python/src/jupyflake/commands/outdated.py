"""`jupyflake outdated`: packages of which there are newer versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Shown, ShownServer, ShownShell  # noqa: TC001  (typer reads them)
from jupyflake.console import columns

if TYPE_CHECKING:
    from jupyflake.session import Session


def outdated(
    session: Session,
    *,
    kernel: Shown = None,
    server: ShownServer = False,
    shell: ShownShell = False,
    listed: Annotated[
        bool, typer.Option("--listed", help="Only what jupyter.toml lists, not what that brings along.")
    ] = False,
) -> None:
    """Show the packages of which there are newer versions: the one that `update` would take, and the newest one.

    Where JUPYFLAKE_ADVISORIES names advisories, those about the locked version are shown as well.

    Example: jupyflake outdated --listed
    """
    import dataclasses  # noqa: PLC0415  (help needs none of it)

    from jupyflake import updates  # noqa: PLC0415
    from jupyflake.auditing import sources  # noqa: PLC0415
    from jupyflake.looking import look  # noqa: PLC0415

    asked = look(session, kernel, server=server, shell=shell)
    graphs = asked.graphs(edges=False)
    found = updates.outdated(asked.project, asked.lock, graphs, asked.system, session.console)
    found = sorted(
        (each for each in found if each.listed or not listed), key=lambda each: (each.source, each.name, each.current)
    )
    if not found:
        session.console.info("everything is at the newest version")
    rows: list[tuple[str, ...]] = [
        (each.name, each.current, each.allowed or "(goes)", each.newest, ", ".join(each.environments)) for each in found
    ]
    head: tuple[str, ...] = ("PACKAGE", "CURRENT", "ALLOWED", "NEWEST", "KERNELS")
    data = [dataclasses.asdict(each) for each in found]
    faults = sources.known_faults(asked.lock, session.console)
    if faults is not None:
        marks = [faults.get((each.name, each.current), ()) for each in found]
        head = (*head, "VULNERABLE")
        rows = [(*row, ", ".join(mark)) for row, mark in zip(rows, marks, strict=True)]
        data = [{**each, "vulnerabilities": mark} for each, mark in zip(data, marks, strict=True)]
    table = columns(head, rows) if rows else ""
    if rows or session.console.json:
        session.console.result(table, data=data)
