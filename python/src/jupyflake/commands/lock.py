"""`jupyflake lock`: resolve the manifest into jupyter.lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session


def lock(
    session: Session,
    *,
    upgrade: Annotated[bool, typer.Option("--upgrade", "-U", help="Take the newest versions of everything.")] = False,
    upgrade_package: Annotated[
        list[str] | None,
        typer.Option(
            "--upgrade-package",
            "-P",
            metavar="NAME",
            help="Take the newest version of this package; `debian` is all Debian packages.",
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", "--locked", help="Change nothing; fail where jupyter.lock is not up to date.")
    ] = False,
) -> None:
    """Resolve jupyter.toml into jupyter.lock; versions that are locked stay unless an upgrade is asked for.

    Example: jupyflake lock --upgrade-package pandas
    """
    from jupyflake import edits, locking, project  # noqa: PLC0415  (help needs none of it)

    console = session.console
    if check:
        found = session.project()
        locking.require_current(found, locking.read_lock(found))
        console.info("jupyter.lock is up to date")
        return
    names = None if upgrade else frozenset(upgrade_package or ())
    with edits.exclusive(project.find(session.directory), console):
        # Read when nobody else changes it any more.
        found = session.project()
        previous = locking.read_lock(found)
        locked = locking.lock_project(found, previous, upgrade=names, console=console)
        changes = locking.describe(previous, locked.lock, console)
        if previous is not None and locked.text == found.lock_path.read_text(encoding="utf-8"):
            console.info("jupyter.lock is up to date")
        else:
            locking.write_lock(found, locked.text)
            console.info(f"jupyter.lock written: {len(locked.lock.wheels)} wheels, {len(locked.lock.debs)} debs")
    if console.json:
        console.result("", data={"changes": [each.as_data() for each in changes]})
