"""How a layer travels: its tar as it is or compressed, the same bytes on every machine with the same programs."""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
import threading
import zlib
from typing import IO, TYPE_CHECKING, Protocol, cast

import sinks

if TYPE_CHECKING:
    from collections.abc import Callable

# As zlib writes it without a file's name or time: header, data, checksum.
GZIP = 31
LEVEL = 6
PIECE = 1 << 16

MEDIA_TYPES = {
    "none": ("application/vnd.oci.image.layer.v1.tar", "application/vnd.docker.image.rootfs.diff.tar"),
    "gzip": ("application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.docker.image.rootfs.diff.tar.gzip"),
    # Docker's own format has no name for it; its engine looks at the bytes.
    "zstd": ("application/vnd.oci.image.layer.v1.tar+zstd", "application/vnd.docker.image.rootfs.diff.tar.gzip"),
}


class Coder(Protocol):
    """Takes bytes and gives those that are ready."""

    def compress(self, data: bytes | memoryview, /) -> bytes:
        """Take more bytes."""

    def flush(self) -> bytes:
        """Give the rest."""


class _Zstd:
    """The `zstd` program as a coder; Python has its own from 3.14 only."""

    def __init__(self, program: str) -> None:
        words = [program, "--quiet", "--stdout", "-T1"]
        # The program is the lock's, a path of the store.
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        # Both are pipes, as was asked for.
        self._input, self._output = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        self._ready: list[bytes] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while data := self._output.read(PIECE):
            self._ready.append(data)

    def compress(self, data: bytes | memoryview) -> bytes:
        """Take more bytes."""
        # A program that has ended says so by its exit code.
        with contextlib.suppress(BrokenPipeError):
            self._input.write(data)
        return self._taken()

    def flush(self) -> bytes:
        """Give the rest."""
        with contextlib.suppress(BrokenPipeError):
            self._input.close()
        self._reader.join()
        if code := self._process.wait():
            message = f"zstd failed with exit code {code}"
            raise OSError(message)
        return self._taken()

    def _taken(self) -> bytes:
        # The reader may append meanwhile; what it has appended until now is taken, the rest stays.
        count = len(self._ready)
        data = b"".join(self._ready[:count])
        del self._ready[:count]
        return data


def coder(compression: str, zstd: str) -> Coder | None:
    """Give what compresses; nothing for "none"."""
    if compression == "gzip":
        return zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    return _Zstd(zstd) if compression == "zstd" else None


class Blob(sinks.Gathering):
    """Takes a layer's tar, knows the digests of tar and blob, and hands the blob's bytes on."""

    def __init__(
        self, compression: str, zstd: str = "", put: Callable[[bytes | memoryview], object] = lambda _: None
    ) -> None:
        super().__init__()
        self._tar = hashlib.sha256()
        self._coder = coder(compression, zstd)
        self._blob = hashlib.sha256() if self._coder else self._tar
        self._passed = 0
        self._onward = put

    def _put(self, data: bytes | memoryview) -> None:
        self._tar.update(data)
        self._pass(self._coder.compress(data) if self._coder else data)

    def _pass(self, data: bytes | memoryview) -> None:
        if data:
            if self._coder:
                self._blob.update(data)
            self._passed += len(data)
            self._onward(data)

    def finish(self) -> tuple[str, str, int]:
        """Give the tar's digest, the blob's, and the blob's size."""
        self.flush()
        if self._coder:
            self._pass(self._coder.flush())
        return self._tar.hexdigest(), self._blob.hexdigest(), self._passed
