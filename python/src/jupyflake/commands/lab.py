"""`jupyflake lab`: everything from the manifest to the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Frozen, Locked, Offline  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.session import Session


def lab(
    session: Session,
    arguments: Annotated[list[str] | None, typer.Argument(help="Arguments for `jupyter lab`, after `--`.")] = None,
    *,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="The port; 8888 or the next free one.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, open no browser.")] = False,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Open JupyterLab on the project: locks, fetches and builds what is missing first.

    Example: jupyflake lab --port 9000
    """
    from jupyflake import nix, ports, ready  # noqa: PLC0415  (help needs none of it)

    command = ["jupyter", "lab"]
    if port is not None:
        command += [f"--port={ports.free_port(port)}", "--ServerApp.port_retries=0"]
    if no_browser:
        command.append("--no-browser")
    if nix.is_root():
        # Jupyter refuses root by default; whoever is root here has no other user to be.
        session.console.warn("you are root, and so is every notebook")
        command.append("--allow-root")
    options = ready.Options(locked=locked, frozen=frozen, offline=offline)
    ready.enter(session, [*command, *(arguments or [])], options)
