"""A layer's tar, byte for byte the same on every machine.

Walking and writing are apart: `store_members` and `entry_members` say what is in a layer, `Sink` objects
take the bytes (to measure, to hash or to write them).
"""

from __future__ import annotations

import os
import stat
import struct
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK = 512
# One second after the epoch: some tools take 0 for "no time".
MTIME = 1
END = bytes(2 * BLOCK)
# name, mode, uid, gid, size, time, checksum, type, target, magic; the rest stays empty
_HEADER = struct.Struct("100s8s8s8s12s12s8s1s100s8s247x")
NAME = 100
LARGEST = 0o77777777777


@dataclass(frozen=True, slots=True)
class Member:
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
    """Give the header: a plain one (ustar), preceded by a PAX record where a name or number doesn't fit."""
    name, target = os.fsencode(member.name), os.fsencode(member.target)
    if member.kind == tarfile.DIRTYPE:
        name += b"/"
    if len(name) > NAME or len(target) > NAME or member.size > LARGEST or not (name + target).isascii():
        return _general_header(member)
    # Python's tarfile gives the same bytes in four times the time, and an image has tens of thousands of members.
    packed = _HEADER.pack(
        name,
        b"%07o\0" % member.mode,
        b"%07o\0" % member.uid,
        b"%07o\0" % member.gid,
        b"%011o\0" % member.size,
        b"%011o\0" % MTIME,
        b" " * 8,
        member.kind,
        target,
        b"ustar\x0000",
    )
    return packed[:148] + b"%06o\0 " % sum(packed) + packed[156:]


def _general_header(member: Member) -> bytes:
    info = tarfile.TarInfo(member.name)
    info.type = member.kind
    info.mode = member.mode
    info.size = member.size
    info.linkname = member.target
    info.uid = member.uid
    info.gid = member.gid
    info.mtime = MTIME
    try:
        return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
    except (ValueError, UnicodeEncodeError):
        return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def padding(size: int) -> int:
    """Count the zeros that follow a content of `size` bytes."""
    return -size % BLOCK


def size(members: Iterable[Member]) -> int:
    """Count the bytes that members take up in a tar, without its end."""
    return sum(len(header(member)) + member.size + padding(member.size) for member in members)


def parents(store: str) -> Iterator[Member]:
    """List the directories above and including the store, which each layer repeats."""
    parts = store.strip("/").split("/")
    for count in range(1, len(parts) + 1):
        yield Member("/".join(parts[:count]), tarfile.DIRTYPE, 0o755)


def store_members(paths: Iterable[str]) -> Iterator[Member]:
    """List all that is in some store paths, sorted, with the modes that a Nix store has."""
    for path in sorted(paths):
        yield from _member(path, os.lstat(path))


def _member(path: str, status: os.stat_result) -> Iterator[Member]:
    name = path.lstrip("/")
    if stat.S_ISDIR(status.st_mode):
        yield Member(name, tarfile.DIRTYPE, 0o555)
        with os.scandir(path) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
        for entry in entries:
            yield from _member(entry.path, entry.stat(follow_symlinks=False))
    elif stat.S_ISLNK(status.st_mode):
        yield Member(name, tarfile.SYMTYPE, 0o777, target=os.readlink(path))
    else:
        # Files that the store has deduplicated into hard links are files here again: the link's other end may be in
        # another layer, or in none.
        mode = 0o555 if status.st_mode & stat.S_IXUSR else 0o444
        yield Member(name, tarfile.REGTYPE, mode, size=status.st_size, source=path)


def write(members: Iterable[Member], sink: Sink, *, end: bool = True) -> None:
    """Write the whole tar of some members into a sink; without its `end` more can follow."""
    for member in members:
        sink.data(header(member))
        if member.source:
            sink.file(member.source, member.size)
        elif member.data:
            sink.data(member.data)
        if member.size % BLOCK:
            sink.data(bytes(padding(member.size)))
    if end:
        sink.data(END)
