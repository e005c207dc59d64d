"""Small tools for cutting and pasting TOML text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit

if TYPE_CHECKING:
    from jupyflake.manifest.positions import Path, Source, Span


def value_span(source: Source, path: Path) -> Span:
    """Give the place of the value at a path."""
    span = source.entries[path].value
    if span is None:
        message = f"{path} has no value of its own"
        raise ValueError(message)
    return span


def is_below(path: Path, start: Path) -> bool:
    """Tell whether a path is `start` or below it."""
    return path[: len(start)] == start


def splice(text: str, span: Span, new: str) -> str:
    """Put new text in the place of a part."""
    return text[: span.start] + new + text[span.end :]


def first_on_line(text: str, at: int) -> bool:
    """Tell whether only spaces stand before this on its line."""
    return not text[text.rfind("\n", 0, at) + 1 : at].strip(" \t")


def line_indent(text: str, at: int) -> str:
    """Give the spaces that the line of this place begins with."""
    line = text[text.rfind("\n", 0, at) + 1 :]
    return line[: len(line) - len(line.lstrip(" \t"))]


def line_end(text: str) -> str:
    """Give the line end that the text uses."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def quoted(value: str) -> str:
    """Write a text in quotes."""
    return tomlkit.string(value).as_string()


def quoted_key(name: str | int) -> str:
    """Write a key, in quotes where it needs them."""
    return tomlkit.key(str(name)).as_string()


def rendered(value: Any) -> str:
    """Write a value on one line."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{quoted_key(name)} = {rendered(inner)}" for name, inner in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return f"[{', '.join(rendered(inner) for inner in value)}]"
    return str(tomlkit.item(value).as_string()).strip()
