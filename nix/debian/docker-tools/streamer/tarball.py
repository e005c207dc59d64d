"""A layer's tar, byte for byte the same on every machine.

Walking and writing are apart: `store_members` and `entry_members` say what is in a layer, `Sink` objects
take the bytes (to measure, to hash or to write them).
"""

from __future__ import annotations

import os
import stat
import tarfile
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK = 512
# One second after the epoch: some tools take 0 for "no time".
MTIME = 1
END = bytes(2 * BLOCK)
_MTIME = b"%011o\0" % MTIME
_REST = b"ustar\x0000" + bytes(247)
NAME = 100
LARGEST = 0o77777777777


class Member(NamedTuple):
    """One entry of a tar; `source` is a file to copy, `data` the content itself."""

    name: str
    kind: bytes
    mode: int
    size: int = 0
    target: str = ""
    source: str = ""
    data: bytes = b""
    uid: int = 0
    gid: int = 0


class Sink(Protocol):
    """Takes the bytes of a tar."""

    def data(self, data: bytes) -> None:
        """Take bytes."""

    def file(self, path: str, size: int) -> None:
        """Take exactly `size` bytes of the file."""


def header(member: Member) -> bytes:
    """Give the header: a plain one (ustar), preceded by PAX records where a name or number doesn't fit.

    Python's tarfile does that in several times the time, and an image has tens of thousands of members.
    """
    name, target = _names(member)
    if not (records := _records(name, target, member.size)):
        return _packed(name, target, member, member.size)
    return b"".join(
        (
            _extension(len(records)),
            records,
            bytes(padding(len(records))),
            # Readers that know the records take no notice of what they replace.
            _packed(name[:NAME], target[:NAME], member, min(member.size, LARGEST)),
        )
    )


def header_size(member: Member) -> int:
    """Count the header's bytes."""
    if len(member.name) < NAME and len(member.target) <= NAME and member.name.isascii() and member.target.isascii():
        return BLOCK if member.size <= LARGEST else 3 * BLOCK
    length = len(_records(*_names(member), member.size))
    return 2 * BLOCK + length + padding(length) if length else BLOCK


def _names(member: Member) -> tuple[bytes, bytes]:
    name = os.fsencode(member.name)
    target = os.fsencode(member.target) if member.target else b""
    return name + b"/" if member.kind == tarfile.DIRTYPE else name, target


def _is_plain(text: bytes) -> bool:
    return len(text) <= NAME and text.isascii()


def _packed(name: bytes, target: bytes, member: Member, size: int) -> bytes:
    owner, partial = _owner(member.mode, member.uid, member.gid, member.kind)
    length = b"%011o\0" % size
    checksum = b"%06o\0 " % (partial + sum(name) + sum(length) + sum(target))
    fields = (name.ljust(NAME, b"\0"), owner, length, _MTIME, checksum, member.kind, target.ljust(NAME, b"\0"), _REST)
    return b"".join(fields)


@lru_cache(256)
def _owner(mode: int, uid: int, gid: int, kind: bytes) -> tuple[bytes, int]:
    """Write what nearly all members have in common, and sum up that and what all have."""
    owner = b"%07o\0%07o\0%07o\0" % (mode, uid, gid)
    # The checksum's own place counts as blanks.
    return owner, sum(owner) + sum(_MTIME) + sum(b" " * 8) + sum(kind) + sum(_REST)


@lru_cache(256)
def _extension(size: int) -> bytes:
    """Write the header that precedes records of this size."""
    return _packed(b"././@PaxHeader", b"", Member("", tarfile.XHDTYPE, 0o644), size)


def _records(name: bytes, target: bytes, size: int) -> bytes:
    """Write the PAX records that are needed."""
    records = b"" if _is_plain(name) else _record(b"path", name)
    if not _is_plain(target):
        records += _record(b"linkpath", target)
    if size > LARGEST:
        records += _record(b"size", b"%d" % size)
    return records


def _record(key: bytes, value: bytes) -> bytes:
    """Write a PAX record; its length counts its own digits."""
    rest = len(key) + len(value) + 3
    length = rest + len(str(rest))
    length = rest + len(str(length))
    return b"%d %s=%s\n" % (length, key, value)


def padding(size: int) -> int:
    """Count the zeros that follow a content of `size` bytes."""
    return -size % BLOCK


def size(members: Iterable[Member]) -> int:
    """Count the bytes that members take up in a tar, without its end."""
    return sum(header_size(member) + member.size + padding(member.size) for member in members)


def parents(store: str) -> Iterator[Member]:
    """List the directories above and including the store, which each layer repeats."""
    parts = store.strip("/").split("/")
    for count in range(1, len(parts) + 1):
        yield Member("/".join(parts[:count]), tarfile.DIRTYPE, 0o755)


def store_members(paths: Iterable[str]) -> Iterator[Member]:
    """List all that is in some store paths, sorted, with the modes that a Nix store has."""
    waiting: list[os.DirEntry[str] | _Path] = [_Path(path) for path in sorted(paths, reverse=True)]
    while waiting:
        entry = waiting.pop()
        path = entry.path
        # What a directory says of its entries is enough for most: files alone are asked for more.
        if entry.is_symlink():
            yield Member(path[1:], tarfile.SYMTYPE, 0o777, target=os.readlink(path))
        elif entry.is_dir(follow_symlinks=False):
            yield Member(path[1:], tarfile.DIRTYPE, 0o555)
            with os.scandir(path) as found:
                waiting += sorted(found, key=_order, reverse=True)
        else:
            status = entry.stat(follow_symlinks=False)
            # Files that the store has deduplicated into hard links are files here again: the link's other end may be
            # in another layer, or in none.
            mode = 0o555 if status.st_mode & stat.S_IXUSR else 0o444
            yield Member(path[1:], tarfile.REGTYPE, mode, size=status.st_size, source=path)


class _Path:
    """A path that is asked like the entry of a directory."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = path.rsplit("/", 1)[-1]
        self._status = os.lstat(path)

    def is_symlink(self) -> bool:
        return stat.S_ISLNK(self._status.st_mode)

    def is_dir(self, *, follow_symlinks: bool) -> bool:
        return not follow_symlinks and stat.S_ISDIR(self._status.st_mode)

    def stat(self, *, follow_symlinks: bool) -> os.stat_result:
        return os.stat(self.path) if follow_symlinks else self._status


def _order(entry: os.DirEntry[str]) -> bytes:
    return entry.name.encode(errors="surrogateescape")


def write(members: Iterable[Member], sink: Sink, *, end: bool = True) -> None:
    """Write the whole tar of some members into a sink; without its `end` more can follow."""
    # What fills up a file goes out with the next header.
    gap = b""
    for member in members:
        sink.data(gap + header(member))
        if member.source:
            sink.file(member.source, member.size)
        elif member.data:
            sink.data(member.data)
        gap = bytes(padding(member.size))
    sink.data(gap + END if end else gap)
