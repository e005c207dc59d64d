"""Arrays in TOML text: on one line or several, with comments, with or without a last comma."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyflake.manifest.positions import Span, scan
from jupyflake.manifest.splice import first_on_line, line_end, line_indent, splice, value_span

if TYPE_CHECKING:
    from jupyflake.manifest.positions import Path

_INDENT = "    "


class _Gap(NamedTuple):
    """What stands between an array's element and the next one, or the closing bracket."""

    end: int
    comma: int | None
    comment: bool


def appended(text: str, path: Path, count: int, entry: str) -> str:
    """Give the text with one more element in an array of `count`, in the form of its neighbours."""
    source = scan(text)
    array = value_span(source, path)
    newline = line_end(text)
    if count == 0:
        inside = text[array.start + 1 : array.end - 1]
        if "\n" not in inside:
            return splice(text, Span(array.start + 1, array.end - 1), entry)
        # Comments in an empty array stay above the new element.
        at = text.rfind("\n", 0, array.end - 1) + 1
        indent = line_indent(text, array.start) + _INDENT
        return splice(text, Span(at, at), f"{indent}{entry},{newline}")
    last = value_span(source, (*path, count - 1))
    gap = _gap(text, last.end)
    if not first_on_line(text, last.start):
        return splice(text, Span(last.end, last.end), f", {entry}")
    indent = line_indent(text, last.start)
    comma = "," if gap.comma is not None else ""
    # A comma that is missing goes right behind the element, before a comment.
    if not comma:
        text = splice(text, Span(last.end, last.end), ",")
        array = Span(array.start, array.end + 1)
    after = last.end + 1 if gap.comma is None else gap.comma + 1
    end_of_line = text.find("\n", after, array.end)
    if end_of_line < 0:
        return splice(text, Span(after, after), f"{newline}{indent}{entry}{comma}")
    at = end_of_line + 1
    return splice(text, Span(at, at), f"{indent}{entry}{comma}{newline}")


def removed(text: str, path: Path, index: int, count: int) -> str:
    """Give the text without an element of an array of `count`; it goes with its comma and its comment."""
    source = scan(text)
    array = value_span(source, path)
    spans = [value_span(source, (*path, number)) for number in range(count)]
    span = spans[index]
    gap = _gap(text, span.end)
    is_last = index == count - 1
    if first_on_line(text, span.start):
        new = _remove_line(text, span, gap, array)
        if new is not None:
            if is_last and index > 0 and gap.comma is None:
                # The element before is the last now, and the last had no comma.
                comma = _gap(text, spans[index - 1].end).comma
                if comma is not None:
                    new = splice(new, Span(comma, comma + 1), "")
            return new
    if count == 1:
        inside = Span(array.start + 1, array.end - 1)
        if "\n" not in text[inside.start : inside.end]:
            return splice(text, inside, "")
    if not is_last and not gap.comment and "\n" not in text[span.end : gap.end]:
        return splice(text, Span(span.start, gap.end), "")
    if index > 0:
        before = spans[index - 1].end
        if not _gap(text, before).comment and (is_last or "\n" not in text[before : span.start]):
            return splice(text, Span(before, span.end), "")
    # Only the element and its comma: line breaks and comments around it stay.
    end = span.end if gap.comma is None else gap.comma + 1
    start = span.start
    while text[start - 1] in " \t" and text[end] in "\r\n":
        start -= 1
    return splice(text, Span(start, end), "")


def _remove_line(text: str, span: Span, gap: _Gap, array: Span) -> str | None:
    """Remove the line of an element that has it for itself, with its comment."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end, array.end)
    if end < 0 or gap.end <= end:
        return None
    if gap.comma is not None and gap.comma > end:
        return None
    return splice(text, Span(start, end + 1), "")


def _gap(text: str, at: int) -> _Gap:
    comma = None
    comment = False
    while True:
        character = text[at]
        if character == "#":
            comment = True
            at = text.index("\n", at)
        elif character == "," and comma is None:
            comma = at
            at += 1
        elif character in " \t\r\n":
            at += 1
        else:
            return _Gap(at, comma, comment)
