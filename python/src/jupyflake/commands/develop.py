"""`jupyflake develop`: a shell with the project's Jupyter, or one command in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Frozen, Locked, Offline  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.session import Session


def develop(
    session: Session,
    command: Annotated[
        list[str] | None, typer.Argument(help="A command to run in the shell instead, after `--`.")
    ] = None,
    *,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Open a shell with the project's jupyter and tools, or run one command in it.

    Example: jupyflake develop -- jupyter lab
    """
    from jupyflake import ready  # noqa: PLC0415  (help needs none of it)

    options = ready.Options(locked=locked, frozen=frozen, offline=offline)
    ready.enter(session, command or [], options)
