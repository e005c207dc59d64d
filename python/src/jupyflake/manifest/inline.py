"""Tables in { } in TOML text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyflake.manifest.positions import Span
from jupyflake.manifest.splice import is_below, quoted_key, splice, value_span

if TYPE_CHECKING:
    from jupyflake.manifest.positions import Path, Source


def parent_of(source: Source, path: Path) -> Path | None:
    """Give the nearest table around `path` that is written in { }."""
    for length in range(len(path) - 1, 0, -1):
        entry = source.entries.get(path[:length])
        if entry is not None and entry.value is not None:
            return path[:length] if source.text[entry.value.start] == "{" else None
    return None


def added(source: Source, parent: Path, path: Path, value: str) -> str:
    """Give the text with one more key in the table at `parent`."""
    span = value_span(source, parent)
    key = ".".join(quoted_key(name) for name in path[len(parent) :])
    inside = source.text[span.start + 1 : span.end - 1]
    if not inside.strip():
        return splice(source.text, span, f"{{ {key} = {value} }}")
    at = span.start + 1 + len(inside.rstrip(" \t"))
    return splice(source.text, Span(at, at), f", {key} = {value}")


def without(source: Source, parent: Path, path: Path) -> str:
    """Give the text without a key of the table at `parent`."""
    text = source.text
    pairs = _pairs(source, parent)
    span = value_span(source, parent)
    kept = [part for name, part in pairs if not is_below(name, path)]
    inside = ", ".join(text[part.start : part.end] for part in kept)
    return splice(text, span, f"{{ {inside} }}" if inside else "{}")


def _pairs(source: Source, parent: Path) -> list[tuple[Path, Span]]:
    """Give path and place of each `key = value` right in a table in { }."""
    table = value_span(source, parent)
    pairs: list[tuple[Path, Span]] = []
    end = table.start
    # Entries stand in the order of the text; those inside a value that was seen are skipped.
    first_key: int | None = None
    for path, entry in source.entries.items():
        if len(path) <= len(parent) or not is_below(path, parent):
            continue
        start = entry.key.start if entry.key else entry.value.start if entry.value else -1
        if start < end:
            continue
        if first_key is None:
            first_key = start
        if entry.value is not None:
            pairs.append((path, Span(first_key, entry.value.end)))
            end = entry.value.end
            first_key = None
    return pairs
