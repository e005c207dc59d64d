"""What is wrong with `[sources]`, `[indexes]` and editable packages, each at its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from packaging.utils import canonicalize_name

from jupyflake.errors import JupyflakeError
from jupyflake.manifest import sources
from jupyflake.manifest.model import Source
from jupyflake.manifest.shape import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyflake.manifest.model import Manifest
    from jupyflake.manifest.positions import Path

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def find(data: dict[str, Any]) -> Iterator[Problem]:
    """Give what is wrong with the tables of sources and indexes."""
    seen: dict[str, str] = {}
    for name, entry in data.get("sources", {}).items():
        path: Path = ("sources", name)
        if not _NAME.fullmatch(name):
            yield Problem("JF191", path, f'"{name}" is not the name of a package', '"my-package"', at_key=True)
            continue
        normalised = str(canonicalize_name(name))
        if normalised in seen:
            message = f'"{name}" and "{seen[normalised]}" are the same package'
            yield Problem("JF113", path, message, "keep one of the two", at_key=True)
        seen[normalised] = name
        yield from _at(path, sources.wrong(msgspec.convert(entry, Source)))
    for name, url in data.get("indexes", {}).items():
        if not sources.INDEX_NAME.fullmatch(name):
            yield from _at(("indexes", name), sources.wrong_index_name(name), at_key=True)
        yield from _at(("indexes", name), sources.wrong_address_of_index(url))


def editable(path: Path, entries: list[str]) -> Iterator[Problem]:
    """Give what is wrong with a kernel's editable packages."""
    for index, entry in enumerate(entries):
        if sources.is_archive(entry):
            name = sources.file_of(entry).partition("-")[0]
            yield Problem(
                "JF196",
                (*path, index),
                f'"{entry}" is a file; only a directory can be edited in place',
                f'{name} = {{ path = "{entry}" }}, in [sources], and "{name}" in packages',
            )
            continue
        yield from _at((*path, index), sources.wrong(Source(path=entry)))
        if sources.inside(entry) in {sources.inside(other) for other in entries[:index]}:
            yield Problem("JF113", (*path, index), f'"{entry}" is there twice', "remove one of the two")


def twice(manifest: Manifest) -> Problem | None:
    """Say which package has two sources."""
    try:
        sources.origins(manifest)
    except JupyflakeError as error:
        table = error.message.partition("]")[0].removeprefix("[")
        return Problem(error.code, tuple(table.split(".", 1)), error.message, error.hint or "", at_key=True)
    return None


def _at(path: Path, wrong: sources.Wrong | None, *, at_key: bool = False) -> Iterator[Problem]:
    if wrong is not None:
        place = (*path, wrong.key) if wrong.key else path
        yield Problem(wrong.code, place, wrong.message, wrong.hint, at_key=at_key)
