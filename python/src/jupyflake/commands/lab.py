"""`jupyflake lab`: everything from the manifest to the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Frozen, Locked, NoBrowser, Offline, Port  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.session import Session


def lab(
    session: Session,
    arguments: Annotated[list[str] | None, typer.Argument(help="Arguments for `jupyter lab`, after `--`.")] = None,
    *,
    port: Port = None,
    no_browser: NoBrowser = False,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Open JupyterLab on the project: locks, fetches and builds what is missing first.

    Example: jupyflake lab --port 9000
    """
    from jupyflake import serving  # noqa: PLC0415  (help needs none of it)
    from jupyflake.ready import Options  # noqa: PLC0415

    options = Options(locked=locked, frozen=frozen, offline=offline)
    serving.serve(session, "lab", arguments or [], options, port=port, browser=not no_browser)
