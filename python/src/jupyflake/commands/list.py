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
    from jupyflake.lock.model import shown  # noqa: PLC0415
    from jupyflake.looking import look  # noqa: PLC0415  (help needs none of it)

    found = []
    looked = look(session, kernel, server=server, shell=shell)
    sources = {
        (name, wheel.name): shown(wheel.source) for wheel in looked.lock.wheels if wheel.source for name in wheel.use
    }
    for each in looked.graphs(edges=False):
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
                        "from": sources.get((each.environment, package)),
                    }
                )
    if not found:
        session.console.info("nothing is listed; jupyflake add PACKAGE does it")
    keys = ("environment", "name", "version", "listed", *(["from"] if sources else []))
    heads = ("KERNEL", "PACKAGE", "VERSION", "LISTED AS", *(["FROM"] if sources else []))
    rows = [[str(each[key] or "") for key in keys] for each in found]
    session.console.result(columns(heads, rows), data=found)
