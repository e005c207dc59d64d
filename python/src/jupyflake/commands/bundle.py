"""`jupyflake bundle`: a project with all its artifacts as one file, for machines without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Offline  # noqa: TC001  (typer reads it)

if TYPE_CHECKING:
    from jupyflake.bundles import Head
    from jupyflake.lock import Lock
    from jupyflake.project import Project
    from jupyflake.session import Session


def create(
    session: Session,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file; NAME.bundle.tar if left out.")
    ] = None,
    system: Annotated[
        list[str] | None,
        typer.Option("--system", metavar="SYSTEM", help="A target system; this machine's if left out. Repeatable."),
    ] = None,
    offline: Offline = False,
) -> None:
    """Write manifest, lock and all artifacts of the lock into one file; the same lock gives the same bytes.

    Example: jupyflake bundle create -o analysis.bundle.tar
    """
    from jupyflake import bundles, fetching, locking, nix  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415
    from jupyflake.fetch import plan  # noqa: PLC0415

    project = session.project()
    lock = locking.require_current(project, locking.read_lock(project))
    bundles.require_complete(lock)
    target = session.directory / (output or f"{project.manifest.project.name}.bundle.tar")
    if target.is_dir() or not target.parent.is_dir():
        what = "is a directory" if target.is_dir() else "is in a directory that is not there"
        raise JupyflakeError("JF604", f"{target} {what}", hint="--output with the name of a file")
    systems = list(dict.fromkeys(system or [nix.current_system()]))
    artifacts = {each: plan.artifacts(lock, each) for each in systems}
    for each in systems:
        fetching.fetch_project(project, lock, each, session.console, offline=offline)
    text = project.lock_path.read_text(encoding="utf-8")
    digest = bundles.create(target, project.text, text, artifacts, session.console)
    size = target.stat().st_size
    session.console.info(f"wrote {target}: {size / 1e6:.1f} MB for {', '.join(systems)}")
    session.console.info(f"SHA-256 {digest}")
    if session.console.json:
        data = {"file": str(target), "size": size, "sha256": digest, "systems": systems}
        session.console.result("", data=data)


def use(
    session: Session,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `bundle create` has written.")],
    *,
    sha256: Annotated[
        str | None, typer.Option("--sha256", metavar="HASH", help="The bundle's hash, as `create` has shown it.")
    ] = None,
) -> None:
    """Put a bundle's artifacts into the Nix store, checked against the lock; no network is used.

    In a project its own jupyter.lock counts. Where there is no project, the bundle's is written.

    Example: jupyflake bundle use analysis.bundle.tar && jupyflake lab
    """
    from jupyflake import bundles, nix  # noqa: PLC0415  (help needs none of it)
    from jupyflake.lock import loads  # noqa: PLC0415

    path = session.directory / file
    head = bundles.read_head(path)
    existing = session.existing_project()
    lock = loads(head.lock, f"jupyter.lock in {file.name}") if existing is None else _lock_of(existing, head)
    used = bundles.use(path, lock, nix.current_system(), session.console, sha256=sha256)
    if existing is None:
        _write(session, head)
    elif not existing.lock_path.exists():
        from jupyflake.locking import write_lock  # noqa: PLC0415  (only here)

        write_lock(existing, head.lock)
    count = len(used.added)
    session.console.info(f"{count} files put into the Nix store" if count else "all is in the Nix store already")
    session.console.info("next: jupyflake lab --offline")
    if session.console.json:
        session.console.result("", data={"added": used.added, "sha256": used.sha256, "project": existing is None})


def _lock_of(project: Project, head: Head) -> Lock:
    """Give the project's own lock; where it has none, the bundle's, if it is of the same manifest."""
    from jupyflake import locking  # noqa: PLC0415  (help needs none of it)
    from jupyflake.lock import loads  # noqa: PLC0415

    own = locking.read_lock(project)
    return locking.require_current(project, own or loads(head.lock, "jupyter.lock in the bundle"))


def _write(session: Session, head: Head) -> None:
    from jupyflake import project, scaffold  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest.model import FILE_NAME  # noqa: PLC0415

    directory = session.directory.absolute()
    made = project.parse(directory, head.manifest)
    files = {project.LOCK_NAME: head.lock, FILE_NAME: head.manifest}
    written = scaffold.write(directory, files, made.manifest.project.name)
    session.console.info(f"made {', '.join(file.name for file in written)} in {directory}")
