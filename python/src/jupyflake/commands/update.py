"""`jupyflake update`: newer versions of locked packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.completion import locked as locked_names

if TYPE_CHECKING:
    from jupyflake.session import Session


def update(
    session: Session,
    package: Annotated[
        list[str] | None,
        typer.Argument(
            help="Packages to update, or `debian` for all of Debian's; everything if left out.",
            autocompletion=locked_names,
        ),
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would change, write nothing.")] = False,
) -> None:
    """Lock newer versions of all or some packages, as far as jupyter.toml allows, and show what changed.

    Example: jupyflake update pandas numpy
    """
    from jupyflake import edits, locking, project, updates  # noqa: PLC0415  (help needs none of it)

    console = session.console
    with edits.exclusive(project.find(session.directory), console):
        current = session.project()
        previous = locking.require(locking.read_lock(current))
        names = updates.chosen(previous, package) if package else None
        result = locking.lock_project(current, previous, upgrade=names, console=console)
        changes = locking.describe(previous, result.lock, console)
        changed = result.text != current.lock_path.read_text(encoding="utf-8")
        if changed and not dry_run:
            locking.write_lock(current, result.text)
    if not changes:
        console.info(updates.nothing_new(previous, names))
    elif dry_run:
        console.info("jupyter.lock was not changed; jupyflake update does it")
    if console.json:
        console.result("", data={"changes": [each.as_data() for each in changes]})
