"""`jupyflake graph`: a picture of what takes how much space, and what is shared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Frozen, Locked, Offline, Shown  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.session import Session


def graph(
    session: Session,
    *,
    kernel: Shown = None,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="The picture; its ending says which: .svg, .png or .dot."),
    ] = Path("graph.svg"),
    dot: Annotated[bool, typer.Option("--dot", help="Print the graph in Graphviz' language instead.")] = False,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Draw all packages of the kernels and the server, each as large as it is, by who has it.

    Example: jupyflake graph -o graph.png
    """
    from jupyflake import picturing  # noqa: PLC0415  (help needs none of it)
    from jupyflake.ready import Options  # noqa: PLC0415

    options = Options(locked=locked, frozen=frozen, offline=offline)
    picturing.picture(session, kernel or (), None if dot else output, options)
