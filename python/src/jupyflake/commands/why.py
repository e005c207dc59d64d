"""`jupyflake why`: which packages of jupyter.toml bring a package along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from jupyflake.commands.options import Shown, ShownServer, ShownShell  # noqa: TC001  (typer reads them)
from jupyflake.completion import locked
from jupyflake.console import columns

if TYPE_CHECKING:
    from jupyflake.errors import JupyflakeError
    from jupyflake.graph import Graph
    from jupyflake.session import Session

# Of the ways to a package in one environment, so many are shown to people.
_WAYS = 3


def why(
    session: Session,
    package: Annotated[str, typer.Argument(help="Any package of the lock.", autocompletion=locked)],
    *,
    kernel: Shown = None,
    server: ShownServer = False,
    shell: ShownShell = False,
) -> None:
    """Show what brings a package along: the shortest way from each package of jupyter.toml that needs it.

    Example: jupyflake why numpy
    """
    from jupyflake import graph  # noqa: PLC0415  (help needs none of it)
    from jupyflake.looking import look  # noqa: PLC0415

    asked = look(session, kernel, server=server, shell=shell)
    plain = asked.graphs(edges=False)
    having = {each.environment for each in plain if any(graph.is_named(each, name, package) for name in each.versions)}
    if not having:
        raise _unknown(package, plain)
    data = []
    # Only those that have it are looked into.
    names = tuple(name for name in asked.names if name in having)
    for each in asked._replace(names=names).graphs():
        data += [_reasons(each, name) for name in each.versions if graph.is_named(each, name, package)]
    lines = []
    for heading in dict.fromkeys(f"{each['name']} {each['version']}" for each in data):
        here = [each for each in data if f"{each['name']} {each['version']}" == heading]
        rows = [("", each["environment"], text) for each in here for text in _ways(each)]
        lines += [heading, columns(rows[0], rows[1:])]
    session.console.result("\n".join(lines), data=data)


def _reasons(graph: Graph, name: str) -> dict[str, Any]:
    roots = {root.package: root for root in graph.roots}
    return {
        "name": name,
        "version": graph.versions[name],
        "environment": graph.environment,
        "source": graph.source,
        "ways": [
            {"path": list(path), "listed": roots[path[0]].listed, "reason": roots[path[0]].reason or None}
            for path in graph.paths(name)
        ],
    }


def _ways(reasons: dict[str, Any]) -> list[str]:
    shown = []
    for way in reasons["ways"][:_WAYS]:
        first, *rest = way["path"]
        start = way["listed"] or f"{first} ({way['reason']})"
        shown.append(" → ".join([start, *rest]) + ("" if rest or not way["listed"] else " (listed in jupyter.toml)"))
    more = len(reasons["ways"]) - _WAYS
    return [*shown, *([f"and {more} more"] if more > 0 else [])]


def _unknown(package: str, graphs: list[Graph]) -> JupyflakeError:
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest.shape import nearest  # noqa: PLC0415

    known = sorted({name for each in graphs for name in each.versions})
    places = ", ".join(dict.fromkeys(each.environment for each in graphs)) or "no environment"
    return JupyflakeError(
        "JF130",
        f'jupyter.lock has no package "{package}" in {places}',
        hint=nearest(package, known) or "jupyflake list --all shows what there is",
    )
