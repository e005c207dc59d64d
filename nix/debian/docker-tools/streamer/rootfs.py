"""The layer that makes a file system of the store: files that Nix describes as data, written without root rights."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from tarball import Member

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


class Entry(TypedDict):
    """A file, directory or link of the layer, in JSON."""

    path: str
    type: str
    mode: int
    uid: int
    gid: int
    content: str


FORMS = ("text", "copy", "link", "links", "directory")


def entries(files: Mapping[str, Mapping[str, Any]], contents: Sequence[str]) -> list[Entry]:
    """Decide the layer's entries, sorted by path.

    What is named wins over a directory of links, and that over `contents`; of equals the first wins.
    """
    found: dict[str, Entry] = {}
    for path in sorted(files, key=lambda path: ("links" in files[path], path)):
        for entry in _described(path, files[path]):
            found.setdefault(entry["path"], entry)
    for tree in contents:
        for entry in _linked("", tree):
            found.setdefault(entry["path"], entry)
    for path in list(found):
        for parent in _above(path):
            there = found.setdefault(parent, _directory(parent))
            if there["type"] != "directory":
                message = f"{path} can't be put into the image: {parent} is a {there['type']} there"
                raise ValueError(message)
    return [found[path] for path in sorted(found)]


def part(every: Sequence[Entry], chosen: Callable[[Entry], bool]) -> tuple[list[Entry], list[Entry]]:
    """Part entries into those that are not chosen and those that are, each with the directories above them."""
    taken = {entry["path"] for entry in every if chosen(entry)}
    above = {parent for path in taken for parent in _above(path)}
    rest = [entry for entry in every if entry["path"] not in taken]
    return rest, [entry for entry in every if entry["path"] in taken | above]


def _described(path: str, file: Mapping[str, Any]) -> Iterator[Entry]:
    given = [form for form in FORMS if form in file]
    if len(given) != 1 or not path.startswith("/") or path != os.path.normpath(path):
        message = f"files.{path!r} of the image needs an absolute path and one of {', '.join(FORMS)}"
        raise ValueError(message)
    uid, gid = int(file.get("uid", 0)), int(file.get("gid", 0))
    if "links" in file:
        yield _directory(path)
        for source in file["links"]:
            for name in sorted(os.listdir(source)):
                yield _link(f"{path}/{name}", f"{source}/{name}")
    elif "link" in file:
        yield _link(path, file["link"])
    elif "directory" in file:
        mode = int(file.get("mode", "0755"), 8)
        yield Entry(path=path, type="directory", mode=mode, uid=uid, gid=gid, content="")
    else:
        mode = int(file.get("mode", "0644"), 8)
        content = file["text"] if "text" in file else Path(file["copy"]).read_text("utf-8")
        yield Entry(path=path, type="file", mode=mode, uid=uid, gid=gid, content=content)


def _linked(prefix: str, tree: str) -> Iterator[Entry]:
    for name in sorted(os.listdir(tree)):
        path, source = f"{prefix}/{name}", f"{tree}/{name}"
        if os.path.isdir(source) and not os.path.islink(source):
            yield _directory(path)
            yield from _linked(path, source)
        else:
            yield _link(path, source)


def _link(path: str, target: str) -> Entry:
    return Entry(path=path, type="link", mode=0o777, uid=0, gid=0, content=target)


def _directory(path: str) -> Entry:
    return Entry(path=path, type="directory", mode=0o755, uid=0, gid=0, content="")


def _above(path: str) -> Iterator[str]:
    while path := path.rsplit("/", 1)[0]:
        yield path


def members(layer: Sequence[Entry]) -> Iterator[Member]:
    """Give the tar's members for the entries."""
    for entry in layer:
        name, owner = entry["path"].lstrip("/"), (entry["uid"], entry["gid"])
        if entry["type"] == "directory":
            yield Member(name, tarfile.DIRTYPE, entry["mode"], uid=owner[0], gid=owner[1])
        elif entry["type"] == "link":
            yield Member(name, tarfile.SYMTYPE, entry["mode"], target=entry["content"])
        else:
            data = entry["content"].encode()
            yield Member(name, tarfile.REGTYPE, entry["mode"], len(data), data=data, uid=owner[0], gid=owner[1])
