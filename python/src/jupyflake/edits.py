"""Changes a project's manifest and lock together, or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import project as projects
from jupyflake.errors import JupyflakeError
from jupyflake.manifest import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jupyflake.console import Console
    from jupyflake.lock import Lock
    from jupyflake.project import Project
    from jupyflake.session import Session

_WAIT = 120.0
_POLL = 0.2
# In the names of files that are on their way to be jupyter.toml or jupyter.lock.
_MARK = ".jupyflake-"
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def change(
    session: Session,
    edit: Callable[[Project], str],
    *,
    no_lock: bool,
    adapt: Callable[[Lock, Project], Lock] | None = None,
) -> Project:
    """Edit the project as it stands when no other jupyflake is changing it; an error leaves all as it was.

    `edit` gives the new manifest. `adapt` makes of the old lock the one whose versions are kept.
    """
    with exclusive(projects.find(session.directory), session.console):
        current = session.project()
        return _apply(current, edit(current), no_lock=no_lock, console=session.console, adapt=adapt)


def apply(project: Project, new_text: str, *, no_lock: bool, console: Console) -> Project:
    """Check the new manifest, lock it, then write both files; an error leaves both as they were."""
    with exclusive(project.directory, console):
        return _apply(project, new_text, no_lock=no_lock, console=console)


def _apply(
    project: Project,
    new_text: str,
    *,
    no_lock: bool,
    console: Console,
    adapt: Callable[[Lock, Project], Lock] | None = None,
) -> Project:
    with _places_of(project, new_text):
        changed = projects.parse(project.directory, new_text)
    if new_text == project.text:
        return changed
    _require_unchanged(project)
    files = {project.manifest_path: new_text}
    # The lock goes first: if the machine stops between the two, the lock is seen as stale.
    if not no_lock and changed.digest != project.digest:
        with _places_of(project, new_text):
            files = {project.lock_path: _locked(project, changed, console, adapt), **files}
        # Locking takes a while, in which people save files.
        _require_unchanged(project)
    write_together(files)
    if no_lock and changed.digest != project.digest:
        console.info("jupyter.lock was not changed; jupyflake lock does it")
    return changed


def _require_unchanged(project: Project) -> None:
    if load.read_text(project.manifest_path) != project.text:
        raise JupyflakeError(
            "JF126",
            "jupyter.toml was changed by another program meanwhile",
            hint="run the command again",
        )


def _locked(project: Project, changed: Project, console: Console, adapt: Callable[[Lock, Project], Lock] | None) -> str:
    from jupyflake import locking  # noqa: PLC0415  (not needed with --no-lock)

    previous = locking.read_lock(changed)
    if previous is not None and adapt is not None:
        current = previous.manifest == project.digest
        previous = adapt(previous, changed)
        if current:
            # It stays as up to date as it was, so that what is the same is not resolved again.
            from msgspec.structs import replace  # noqa: PLC0415  (few edits come here)

            previous = replace(previous, manifest=changed.digest)
    return locking.lock_project(changed, previous, console=console).text


@contextlib.contextmanager
def _places_of(project: Project, new_text: str) -> Iterator[None]:
    """Take from errors the place of a line that the file on the disk does not have there."""
    try:
        yield
    except JupyflakeError as error:
        match = re.match(rf"{re.escape(project.manifest_path.name)}:(\d+):", error.where or "")
        if match:
            line = int(match[1]) - 1
            if project.text.split("\n")[line : line + 1] != new_text.split("\n")[line : line + 1]:
                error.where = None
        raise


@contextlib.contextmanager
def exclusive(directory: Path, console: Console, *, wait: float = _WAIT) -> Iterator[None]:
    """Keep other jupyflakes from changing the project; one that does is waited for."""
    handle = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + wait
        told = False
        while not _locked_now(handle):
            if time.monotonic() >= deadline:
                raise JupyflakeError(
                    "JF125",
                    f"another jupyflake is changing the project in {directory}",
                    hint="wait until it ends, then run the command again",
                )
            if not told:
                console.info("waiting for another jupyflake in this project")
                told = True
            time.sleep(_POLL)
        # A jupyflake that was killed may have left these; nobody else is writing now.
        for left in directory.glob(f".jupyter.*{_MARK}*"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def _locked_now(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # Some network file systems cannot lock a directory; the check of the text remains.
        if error.errno not in {errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}:
            raise
    return True


def write_together(files: dict[Path, str]) -> None:
    """Write several files, in this order, or none of them; Ctrl-C meanwhile leaves them as they were."""
    targets = {path.resolve(): text for path, text in files.items()}
    replaced: list[tuple[Path, Path | None]] = []
    with _signals_held() as held, contextlib.ExitStack() as stack:
        try:
            # All is on the disk before the first file is replaced, what was there before too.
            ready = [(stack.enter_context(_temporary(path, text)), path) for path, text in targets.items()]
            before = {path: stack.enter_context(_kept(path, temporary)) for temporary, path in ready}
            for temporary, path in ready:
                replaced.append((path, before[path]))
                temporary.replace(path)
        except BaseException as error:
            _restore(replaced)
            if isinstance(error, OSError):
                raise _write_error(error) from error
            raise
        if held:
            _restore(replaced)


@contextlib.contextmanager
def _signals_held() -> Iterator[list[int]]:
    """Let signals that end the program wait until the block has ended; the list tells which came."""
    held: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread gets signals.
        yield held
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    before = {number: handler for number, handler in before.items() if handler not in {None, signal.SIG_IGN}}
    try:
        for number in before:
            signal.signal(number, lambda number, _: held.append(number))
        yield held
    finally:
        # Ctrl-C last: from then on it interrupts again.
        for number in reversed(before):
            signal.signal(number, before[number])
        if held:
            signal.raise_signal(held[0])


@contextlib.contextmanager
def _temporary(path: Path, text: str) -> Iterator[Path]:
    """Make a file beside `path` with this text and the permissions that `path` has."""
    mode = path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}{_MARK}", dir=path.parent)
    temporary = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123  (an open descriptor)
            file.write(text.encode())
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _kept(path: Path, temporary: Path) -> Iterator[Path | None]:
    """Keep what stands at `path` under a second name, so that putting it back needs no space."""
    if not path.exists():
        yield None
        return
    kept = temporary.with_name(f"{temporary.name}.old")
    try:
        try:
            kept.hardlink_to(path)
        except OSError:
            # Some file systems have no hard links.
            shutil.copy2(path, kept)
        yield kept
    finally:
        kept.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _restore(replaced: Iterable[tuple[Path, Path | None]]) -> None:
    for path, kept in replaced:
        if kept is None:
            path.unlink(missing_ok=True)
        else:
            kept.replace(path)


def _write_error(error: OSError) -> JupyflakeError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return JupyflakeError(
        "JF604",
        f"the project cannot be written: {error.strerror}; nothing was changed",
        hint="free some space" if full else "check the permissions of the project directory",
    )
