"""Where a tar's bytes go: into a digest, or into a file or pipe."""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Pieces are gathered up to this size: few calls, and what was read is still near when it is hashed and written.
GATHER = 1 << 18
# How often a program that watches hears of the progress.
INTERVAL = 0.1


class Gathering:
    """A sink that collects pieces in a buffer; `_put` takes it when it is full, and must not keep it."""

    def __init__(self) -> None:
        self.size = 0
        self._buffer = memoryview(bytearray(GATHER))
        self._filled = 0

    @property
    def taken(self) -> int:
        """How many bytes came so far."""
        return self.size + self._filled

    def data(self, data: bytes) -> None:
        """Take bytes."""
        end = self._filled + len(data)
        if end > GATHER:
            self.flush()
            end = len(data)
        if end > GATHER:
            self._put(data)
            self.size += end
        else:
            self._buffer[self._filled : end] = data
            self._filled = end

    def flush(self) -> None:
        """Pass on what was gathered."""
        if self._filled:
            self._put(self._buffer[: self._filled])
            self.size += self._filled
            self._filled = 0

    def file(self, path: str, size: int) -> None:
        """Take exactly `size` bytes of the file."""
        if size:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                self._copy(descriptor, size, path)
            finally:
                os.close(descriptor)

    def _copy(self, descriptor: int, size: int, path: str) -> None:
        left = size
        while left:
            if self._filled == GATHER:
                self.flush()
            count = os.readv(descriptor, [self._buffer[self._filled : self._filled + left]])
            if not count:
                raise shrunk(path, size)
            self._filled += count
            left -= count

    def _put(self, data: bytes | memoryview) -> None:
        raise NotImplementedError


class Digest(Gathering):
    """Computes SHA-256 and size."""

    def __init__(self) -> None:
        super().__init__()
        self._hash = hashlib.sha256()

    def _put(self, data: bytes | memoryview) -> None:
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

    def _put(self, data: bytes | memoryview) -> None:
        super()._put(data)
        write_all(self._descriptor, data)


class Output(Gathering):
    """Writes into a file or pipe; large files are copied by the kernel."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def _put(self, data: bytes | memoryview) -> None:
        write_all(self._descriptor, data)

    def _copy(self, descriptor: int, size: int, path: str) -> None:
        if size <= GATHER:
            super()._copy(descriptor, size, path)
            return
        self.flush()
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
        self.size += size


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


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of the data; a system call may take a part of it only."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def shrunk(path: str, size: int) -> OSError:
    """Say that a file of the store is shorter than when the image was planned."""
    message = f"{path} is shorter than the {size} bytes it had: run `nix-store --verify --check-contents --repair`"
    return OSError(message)
