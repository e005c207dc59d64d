"""Jupyter's own servers on the project."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from jupyflake import nix, ports, ready

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyflake.session import Session


def serve(
    session: Session,
    subcommand: str,
    arguments: Sequence[str],
    options: ready.Options,
    *,
    port: int | None = None,
    browser: bool = True,
) -> NoReturn:
    """Become `jupyter lab` or `jupyter notebook`, with more `arguments` of its own."""
    command = ["jupyter", subcommand]
    if port is not None:
        command += [f"--port={ports.free_port(port)}", "--ServerApp.port_retries=0"]
    if not browser:
        command.append("--no-browser")
    if nix.is_root():
        # Jupyter refuses root by default; whoever is root here has no other user to be.
        session.console.warn("you are root, and so is every notebook")
        command.append("--allow-root")
    ready.enter(session, [*command, *arguments], options)
