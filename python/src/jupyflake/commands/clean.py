"""`jupyflake clean`: what was made in the project goes; what people wrote stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session


def clean(
    session: Session,
    *,
    store: Annotated[
        bool,
        typer.Option("--store", help="Also have Nix collect all garbage of its store, of other projects too."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be removed.")] = False,
) -> None:
    """Remove Jupyter's state in .jupyter and the links to built things; manifest, lock and notebooks stay.

    Example: jupyflake clean --dry-run
    """
    from jupyflake import cleaning  # noqa: PLC0415  (help needs none of it)

    console = session.console
    directory = session.project().directory
    found = cleaning.made_in(directory)
    names = [path.name for path in found]
    if not dry_run:
        cleaning.require_no_server(directory)
        for path in found:
            cleaning.remove(path)
    for name in names:
        console.info(f"{'would remove' if dry_run else 'removed'} {name}")
    if not names:
        console.info("there is nothing to remove")
    freed = cleaning.collect_garbage(console) if store and not dry_run else None
    if freed:
        console.info(freed)
    if console.json:
        console.result("", data={"removed": [] if dry_run else names, "found": names, "store": freed})
