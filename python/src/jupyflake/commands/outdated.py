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

    Example: jupyflake outdated --listed
    """
    import dataclasses  # noqa: PLC0415  (help needs none of it)

    from jupyflake import updates  # noqa: PLC0415
    from jupyflake.looking import look  # noqa: PLC0415

    asked = look(session, kernel, server=server, shell=shell)
    graphs = asked.graphs(edges=False)
    found = updates.outdated(asked.project, asked.lock, graphs, asked.system, session.console)
    found = sorted(
        (each for each in found if each.listed or not listed), key=lambda each: (each.source, each.name, each.current)
    )
    if not found:
        session.console.info("everything is at the newest version")
    rows = [
        (each.name, each.current, each.allowed or "(goes)", each.newest, ", ".join(each.environments)) for each in found
    ]
    table = columns(("PACKAGE", "CURRENT", "ALLOWED", "NEWEST", "KERNELS"), rows) if rows else ""
    if rows or session.console.json:
        session.console.result(table, data=[dataclasses.asdict(each) for each in found])
