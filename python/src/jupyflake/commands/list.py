"""`jupyflake list`: the packages of the project, with their locked versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Shown, ShownServer, ShownShell  # noqa: TC001  (typer reads them)
from jupyflake.console import columns

if TYPE_CHECKING:
    from jupyflake.session import Session


def list_(
    session: Session,
    *,
    kernel: Shown = None,
    server: ShownServer = False,
    shell: ShownShell = False,
    everything: Annotated[
        bool, typer.Option("--all", "-a", help="What these bring along too, not only what is listed.")
    ] = False,
) -> None:
    """List the packages of jupyter.toml with the versions that are locked.

    Example: jupyflake list --kernel py313 --all
    """
    from jupyflake.looking import look  # noqa: PLC0415  (help needs none of it)

    found = []
    for each in look(session, kernel, server=server, shell=shell).graphs(edges=False):
        listed = {root.package: root.listed for root in each.roots if root.listed}
        for package, version in sorted(each.versions.items()):
            if everything or package in listed:
                found.append(
                    {
                        "environment": each.environment,
                        "name": package,
                        "version": version,
                        "source": each.source,
                        "listed": listed.get(package),
                    }
                )
    if not found:
        session.console.info("nothing is listed; jupyflake add PACKAGE does it")
    rows = [[str(each[key] or "") for key in ("environment", "name", "version", "listed")] for each in found]
    session.console.result(columns(("KERNEL", "PACKAGE", "VERSION", "LISTED AS"), rows), data=found)
