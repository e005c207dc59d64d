"""`jupyflake fetch`: everything that jupyter.lock names, into the Nix store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session


def fetch(
    session: Session,
    *,
    system: Annotated[
        str | None, typer.Option("--system", metavar="SYSTEM", help="A target system other than this machine's.")
    ] = None,
    locked: Annotated[bool, typer.Option("--locked", help="Fail where jupyter.lock would have to change.")] = False,
) -> None:
    """Download what the Nix store lacks of jupyter.lock, verified; building then needs no network.

    Example: jupyflake fetch --system aarch64-linux
    """
    from jupyflake import locking, nix  # noqa: PLC0415  (help needs none of it)

    console = session.console
    project = session.project()
    lock = locking.require_current(project, locking.read_lock(project))
    _, fetched = locking.fetch_or_relock(project, lock, system or nix.current_system(), console, may_lock=not locked)
    if fetched.count:
        console.info(f"fetched {fetched.count} files, {fetched.size / 1e6:.1f} MB")
    else:
        console.info("nothing to fetch: all is in the Nix store")
    if console.json:
        console.result("", data={"files": fetched.count, "bytes": fetched.size})
