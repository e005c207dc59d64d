"""Where a tar's bytes go: into a digest, or into a file or pipe."""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Small pieces are gathered up to this size: a piece costs a call.
GATHER = 1 << 20
# How often a program that watches hears of the progress.
INTERVAL = 0.1


class Gathering:
    """A sink that collects small pieces; `_put` takes large ones."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []
        self._waiting = 0

    @property
    def taken(self) -> int:
        """How many bytes came so far."""
        return self.size + self._waiting

    def data(self, data: bytes) -> None:
        """Take bytes."""
        self._parts.append(data)
        self._waiting += len(data)
        if self._waiting >= GATHER:
            self.flush()

    def flush(self) -> None:
        """Pass on what was gathered."""
        if self._waiting:
            self._put(b"".join(self._parts))
            self.size += self._waiting
            self._parts = []
            self._waiting = 0

    def file(self, path: str, size: int) -> None:
        """Take exactly `size` bytes of the file."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if size > GATHER:
                self.flush()
                self._copy(descriptor, size, path)
                self.size += size
            elif size:
                self._gather(descriptor, size, path)
        finally:
            os.close(descriptor)

    def _gather(self, descriptor: int, size: int, path: str) -> None:
        left = size
        while left:
            data = os.read(descriptor, left)
            if not data:
                raise shrunk(path, size)
            self.data(data)
            left -= len(data)

    def _copy(self, descriptor: int, size: int, path: str) -> None:
        left = size
        while left:
            data = os.read(descriptor, min(left, GATHER))
            if not data:
                raise shrunk(path, size)
            self._put(data)
            left -= len(data)

    def _put(self, data: bytes) -> None:
        raise NotImplementedError


class Digest(Gathering):
    """Computes SHA-256 and size."""

    def __init__(self) -> None:
        super().__init__()
        self._hash = hashlib.sha256()

    def _put(self, data: bytes) -> None:
        self._hash.update(data)

    def hexdigest(self) -> str:
        """Give the digest of all that came."""
        self.flush()
        return self._hash.hexdigest()


class Copy(Digest):
    """Writes into a file and computes SHA-256 at the same time: what is written is read once."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def _put(self, data: bytes) -> None:
        super()._put(data)
        write_all(self._descriptor, data)


class Output(Gathering):
    """Writes into a file or pipe; large files are copied by the kernel."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def _put(self, data: bytes) -> None:
        write_all(self._descriptor, data)

    def _copy(self, descriptor: int, size: int, path: str) -> None:
        offset = 0
        while offset < size:
            try:
                count = os.sendfile(self._descriptor, descriptor, offset, size - offset)
            except OSError:
                # Not every end can take it (a file opened for appending, some file systems).
                if offset:
                    raise
                super()._copy(descriptor, size, path)
                return
            if not count:
                raise shrunk(path, size)
            offset += count


class Watched(Output):
    """Tells how many bytes were written, not too often."""

    def __init__(self, descriptor: int, progress: Callable[[int], None]) -> None:
        super().__init__(descriptor)
        self._progress = progress
        self._next = 0.0

    def file(self, path: str, size: int) -> None:
        """Take exactly `size` bytes of the file."""
        super().file(path, size)
        if (now := time.monotonic()) >= self._next:
            self._next = now + INTERVAL
            self._progress(self.taken)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of the data; a system call may take a part of it only."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def shrunk(path: str, size: int) -> OSError:
    """Say that a file of the store is shorter than when the image was planned."""
    message = f"{path} is shorter than the {size} bytes it had: run `nix-store --verify --check-contents --repair`"
    return OSError(message)
