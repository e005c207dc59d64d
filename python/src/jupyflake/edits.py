"""Changes a project's manifest and lock together, or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import project as projects
from jupyflake.errors import JupyflakeError
from jupyflake.manifest import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyflake.console import Console
    from jupyflake.project import Project

_WAIT = 120.0
_POLL = 0.2


def apply(project: Project, new_text: str, *, no_lock: bool, console: Console) -> Project:
    """Check the new manifest, lock it, then write both files; an error leaves both as they were."""
    with _places_of(project, new_text):
        changed = projects.parse(project.directory, new_text)
    with exclusive(project.directory, console):
        if load.read_text(project.manifest_path) != project.text:
            raise JupyflakeError(
                "JF126",
                "jupyter.toml was changed by another program meanwhile",
                hint="run the command again",
            )
        files = {project.manifest_path: new_text}
        # The lock goes first: if the machine stops between the two, the lock is seen as stale.
        if not no_lock and changed.digest != project.digest:
            with _places_of(project, new_text):
                files = {project.lock_path: _locked(changed, console), **files}
        write_together(files)
    if no_lock and changed.digest != project.digest:
        console.info("jupyter.lock was not changed; jupyflake lock does it")
    return changed


def _locked(changed: Project, console: Console) -> str:
    from jupyflake import locking  # noqa: PLC0415  (not needed with --no-lock)

    return locking.lock_project(changed, locking.read_lock(changed), console=console).text


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
    """Write several files, in this order, or none of them."""
    targets = {path.resolve(): text for path, text in files.items()}
    before: dict[Path, bytes | None] = {}
    with contextlib.ExitStack() as stack:
        try:
            # All is on the disk before the first file is replaced.
            ready = [(stack.enter_context(_temporary(path, text)), path) for path, text in targets.items()]
            for temporary, path in ready:
                before[path] = path.read_bytes() if path.exists() else None
                temporary.replace(path)
        except BaseException as error:
            _restore(before)
            if isinstance(error, OSError):
                raise _write_error(error) from error
            raise


@contextlib.contextmanager
def _temporary(path: Path, text: str) -> Iterator[Path]:
    """Make a file beside `path` with this text and the permissions that `path` has."""
    mode = path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
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


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _restore(before: dict[Path, bytes | None]) -> None:
    for path, content in before.items():
        if content is None:
            path.unlink(missing_ok=True)
        elif path.read_bytes() != content:
            path.write_bytes(content)


def _write_error(error: OSError) -> JupyflakeError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return JupyflakeError(
        "JF604",
        f"the project cannot be written: {error.strerror}; nothing was changed",
        hint="free some space" if full else "check the permissions of the project directory",
    )
