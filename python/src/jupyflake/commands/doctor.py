"""`jupyflake doctor`: what is wrong here, and what cures it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session


def doctor(
    session: Session,
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Do the cures that are safe.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Leave mirror, index and clock out.")] = False,
) -> None:
    """Look at Nix, its store, the network, container engines and the project; each trouble comes with its cure.

    Example: jupyflake doctor --fix
    """
    from jupyflake import examining  # noqa: PLC0415  (help needs none of it)

    if not examining.examine(session, fix=fix, offline=offline):
        raise typer.Exit(1)
