"""`jupyflake build`: the environment or another part of the project, into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Frozen, Locked, Offline  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.session import Session


def build(
    session: Session,
    attribute: Annotated[
        str, typer.Argument(help="What to build: shell, jupyter, image, config, kernel-NAME or environment-NAME.")
    ] = "shell",
    *,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Build the environment, or one part of it; the result is linked as `result`.

    Example: jupyflake build kernel-py313
    """
    from jupyflake import ready  # noqa: PLC0415  (help needs none of it)

    options = ready.Options(locked=locked, frozen=frozen, offline=offline)
    path = ready.build(session, attribute, options, out_link="result")
    session.console.result(str(path), data={"path": str(path)})
