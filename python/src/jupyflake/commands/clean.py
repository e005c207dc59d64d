"""`jupyflake clean`: the project as it was before anything was built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session


def clean(
    session: Session,
    *,
    state: Annotated[
        bool, typer.Option("--state", help="Remove Jupyter's settings, layouts and histories of the project too.")
    ] = False,
    store: Annotated[
        bool, typer.Option("--store", help="Have Nix delete everything in its store that nothing keeps.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Print what would be removed.")] = False,
) -> None:
    """Remove the links to what was built, and caches; manifest, lock and notebooks stay.

    Example: jupyflake clean --store
    """
    from jupyflake import cleaning  # noqa: PLC0415  (help needs none of it)

    project = session.project()
    found = cleaning.removable(project, state=state)
    if not dry_run:
        cleaning.remove(project, found)
    paths = [str(path.relative_to(project.directory)) for path in found]
    freed = cleaning.collect(session.console) if store and not dry_run else None
    lines = [*([] if dry_run else ["removed:"] if paths else ["nothing to remove"]), *paths]
    lines += [freed] if freed else []
    session.console.result("\n".join(lines), data={"removed": paths, "store": freed})
