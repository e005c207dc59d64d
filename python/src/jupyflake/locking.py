"""The lock of a project: reading, making, and bringing it and the store up to date."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from jupyflake import project as projects
from jupyflake.errors import JupyflakeError
from jupyflake.fetching import DebsVanished, fetch_project
from jupyflake.flake import NIXPKGS
from jupyflake.lock import Lock, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyflake.console import Console
    from jupyflake.fetching import Fetched
    from jupyflake.lock.changes import Change
    from jupyflake.project import Project


class Options(Protocol):
    """How far the project may be changed and the network used."""

    @property
    def locked(self) -> bool: ...  # noqa: D102
    @property
    def frozen(self) -> bool: ...  # noqa: D102
    @property
    def offline(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Locked:
    """A lock and its text; the addresses of wheels by SHA-256 are for fetching in the same run."""

    lock: Lock
    text: str
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_lock(project: Project) -> Lock | None:
    """Read the project's lock, if it has one."""
    try:
        text = project.lock_path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise JupyflakeError(
            "JF203",
            f"the lock cannot be read: {error}",
            where=project.lock_path.name,
            hint="restore jupyter.lock from version control, or remove it and run `jupyflake lock`",
        ) from error
    return loads(text, project.lock_path.name)


def is_current(project: Project, lock: Lock | None) -> bool:
    """Tell whether the lock was made from the project's manifest, and from what is in the project still."""
    return lock is not None and lock.manifest == project.digest and _changed(project, lock) is None


def _changed(project: Project, lock: Lock) -> str | None:
    if all(wheel.source is None for wheel in lock.wheels):
        return None
    from jupyflake.resolve.unchanged import first_changed  # noqa: PLC0415  (few projects have packages of their own)

    return first_changed(project.directory, lock)


def require(lock: Lock | None) -> Lock:
    """Give the lock, or say that there is none."""
    if lock is None:
        raise JupyflakeError("JF201", "the project has no jupyter.lock", hint="jupyflake lock")
    return lock


def require_current(project: Project, lock: Lock | None) -> Lock:
    """Give the lock, or say that there is none or that it is old."""
    lock = require(lock)
    if lock.manifest != project.digest:
        raise JupyflakeError("JF202", "jupyter.lock is older than jupyter.toml", hint="jupyflake lock")
    changed = _changed(project, lock)
    if changed is not None:
        gone = "" if (project.directory / changed).exists() else ", which is not there"
        raise JupyflakeError("JF202", f"jupyter.lock is older than {changed}{gone}", hint="jupyflake lock")
    return lock


def write_lock(project: Project, text: str) -> None:
    """Replace jupyter.lock as a whole, or leave it as it is."""
    from jupyflake.edits import write_together  # noqa: PLC0415  (not every run writes)

    write_together({project.lock_path: text})


def lock_project(
    project: Project,
    previous: Lock | None,
    *,
    upgrade: frozenset[str] | None = frozenset(),
    console: Console,
) -> Locked:
    """Lock a project; versions of `previous` stay unless `upgrade` names them (`None`: all).

    In `upgrade`, `debian` and the name of any locked Debian package stand for the whole Debian part.
    """
    from jupyflake.resolve.project import resolve_project  # noqa: PLC0415  (a build with nothing to do needs none of it)

    try:
        lock, sources = resolve_project(project, previous, upgrade, console)
    except JupyflakeError as error:
        error.where = error.where or place(project, error.message)
        raise
    return Locked(lock, dumps(lock), sources)


def place(project: Project, message: str) -> str | None:
    """Find where the manifest has what a message is about: it begins with the table and names the package."""
    match = re.match(r"\[([^\]]+)\]: ", message)
    if not match:
        return None
    from jupyflake.manifest import positions  # noqa: PLC0415  (only in an error)

    path: tuple[str | int, ...] = tuple(match.group(1).split(".", 1))
    table = project.data
    for name in match.group(1).split(".", 1):
        table = table.get(name, {})
    words = set(re.findall(r"[^\s\"]+", message))
    for key in ("packages", "constraints", "tools", "build-tools", "build-requires"):
        for index, item in enumerate(table.get(key, ())):
            if item in words or f'"{item}"' in message:
                path = (*path, key, index)
                line, column = positions.scan(project.text).locate(path)
                return f"{project.manifest_path.name}:{line}:{column}"
    line, column = positions.scan(project.text).locate(path)
    return f"{project.manifest_path.name}:{line}:{column}"


def describe(before: Lock | None, after: Lock, console: Console) -> tuple[Change, ...]:
    """Tell what changed."""
    from jupyflake.lock.changes import changes, report, summary  # noqa: PLC0415  (only after locking)

    found = changes(before, after)
    if before is None:
        for line in summary(after):
            console.info(line)
    else:
        for line in report(found):
            console.info(line)
    return found


def fetch_or_relock(
    project: Project,
    lock: Lock,
    system: str,
    console: Console,
    *,
    sources: Mapping[str, str] | None = None,
    wanted: Callable[[], frozenset[str]] | None = None,
    may_lock: bool = True,
    offline: bool = False,
) -> tuple[Lock, Fetched]:
    """Fetch; where debs are gone from the mirror, lock the Debian part anew, write and print it, and fetch that."""
    names = wanted() if wanted else None
    try:
        return lock, fetch_project(project, lock, system, console, sources=sources, wanted=names, offline=offline)
    except DebsVanished as gone:
        if not may_lock:
            raise
        console.warn(f"{gone.message}; locking the Debian part anew")
    from jupyflake.edits import exclusive  # noqa: PLC0415  (not every run writes)

    with exclusive(project.directory, console):
        locked = lock_project(project, lock, upgrade=frozenset({"debian"}), console=console)
        write_lock(project, locked.text)
    describe(lock, locked.lock, console)
    names = wanted() if wanted else None
    return locked.lock, fetch_project(project, locked.lock, system, console, sources=locked.sources, wanted=names)


def require_system(project: Project, system: str) -> None:
    """Make sure that the project is locked for a system.

    Raises JF471 where it isn't.
    """
    systems = project.manifest.project.systems
    if system in systems:
        return
    wanted = ", ".join(f'"{each}"' for each in [*systems, system])
    hint = f"systems = [{wanted}] under [project], then jupyflake lock"
    if system.endswith("-darwin") and project.manifest.project.base != NIXPKGS:
        hint = 'jupyflake build --in-container, which builds the image for Linux; or base = "nixpkgs"'
    raise JupyflakeError(
        "JF471",
        f"the project is for {', '.join(systems)}, and this is {system}",
        where="jupyter.toml",
        hint=hint,
    )


def ensure_ready(
    project: Project,
    system: str,
    console: Console,
    options: Options,
    *,
    wanted: Callable[[], frozenset[str]] | None = None,
) -> Lock:
    """Bring lock and store to where Nix can build; `wanted` asks Nix which store names it lacks.

    Raises JF471 for a system that the project has no packages for.
    """
    require_system(project, system)
    lock = read_lock(project)
    sources: Mapping[str, str] = {}
    if options.frozen and lock is not None:
        current = lock
    elif options.locked or options.frozen or options.offline or is_current(project, lock):
        current = require_current(project, lock)
    else:
        from jupyflake.edits import exclusive  # noqa: PLC0415  (not every run writes)

        console.step("locking")
        with exclusive(project.directory, console):
            # Another jupyflake may have changed it while this one waited.
            project = projects.read(project.directory)
            lock = read_lock(project)
            if lock is not None and is_current(project, lock):
                current = lock
            else:
                locked = lock_project(project, lock, console=console)
                write_lock(project, locked.text)
                describe(lock, locked.lock, console)
                current, sources = locked.lock, locked.sources
    may_lock = not (options.locked or options.frozen)
    current, _ = fetch_or_relock(
        project,
        current,
        system,
        console,
        sources=sources,
        wanted=wanted,
        may_lock=may_lock,
        offline=options.offline,
    )
    return current
