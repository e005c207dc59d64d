"""Edits the text of `jupyter.toml` so that nothing but the edit changes.

Each edit splices the text at the places that `positions` finds, with new text that tomlkit writes;
tomlkit's own containers move comments when an array or a table loses an element. The result is
read again and compared with what was wanted, so an edit is right or is not made.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli
import tomlkit

from jupyflake.errors import JupyflakeError
from jupyflake.manifest.positions import Path, Source, Span, Statement, scan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_INDENT = "    "
_COMMENT_LINE = re.compile(r"[ \t]*#[^\n]*(?:\n|\Z)")
_BLANK_LINE = re.compile(r"[ \t]*\r?\n")


class _Gap(NamedTuple):
    """What stands between an array's element and the next one, or the closing bracket."""

    end: int
    comma: int | None
    comment: bool


def set_element(text: str, path: Path, index: int, entry: str) -> str:
    """Replace one text of the array at `path`."""
    wanted = _data(text)
    _at(wanted, path)[index] = entry
    span = _value(scan(text), (*path, index))
    literal = text[span.start] == "'" and "'" not in entry
    return _checked(_splice(text, span, f"'{entry}'" if literal else _string(entry)), wanted)


def append(text: str, path: Path, entry: str) -> str:
    """Add a text at the end of the array at `path`; array and table are made when missing."""
    wanted = _data(text)
    table = _make(wanted, path[:-1])
    key = str(path[-1])
    if key not in table:
        table[key] = [entry]
        return _checked(_add_key(text, path, f"[{_string(entry)}]"), wanted)
    table[key].append(entry)
    return _checked(_append(text, path, len(table[key]) - 1, _string(entry)), wanted)


def remove(text: str, path: Path, index: int) -> str:
    """Remove one element of the array at `path`."""
    wanted = _data(text)
    array = _at(wanted, path)
    del array[index]
    return _checked(_remove(text, path, index, len(array) + 1), wanted)


def add_table(text: str, path: Path, values: Mapping[str, Any]) -> str:
    """Add a table such as `("kernels", "r")` after its siblings."""
    wanted = _data(text)
    _make(wanted, path[:-1])[str(path[-1])] = dict(values)
    return _checked(_add_table(text, path, values), wanted)


def remove_table(text: str, path: Path) -> str:
    """Remove a table with all below it, wherever its parts stand."""
    wanted = _data(text)
    parent = _at(wanted, path[:-1])
    del parent[path[-1]]
    source = scan(text)
    inline = _inline_parent(source, path)
    if inline is not None:
        return _checked(_remove_from_inline(source, inline, path), wanted)
    new = _remove_statements(source, path)
    # A parent that only the removed table had made is gone with it.
    if not parent and _find(_data(new), path[:-1]) is None:
        del _at(wanted, path[:-2])[path[-2]]
    return _checked(new, wanted)


# Arrays


def _append(text: str, path: Path, count: int, entry: str) -> str:
    source = scan(text)
    array = _value(source, path)
    newline = _newline(text)
    if count == 0:
        inside = text[array.start + 1 : array.end - 1]
        if "\n" not in inside:
            return _splice(text, Span(array.start + 1, array.end - 1), entry)
        # Comments in an empty array stay above the new element.
        at = text.rfind("\n", 0, array.end - 1) + 1
        indent = _line_indent(text, array.start) + _INDENT
        return _splice(text, Span(at, at), f"{indent}{entry},{newline}")
    last = _value(source, (*path, count - 1))
    gap = _gap(text, last.end)
    if not _first_on_line(text, last.start):
        return _splice(text, Span(last.end, last.end), f", {entry}")
    indent = _line_indent(text, last.start)
    comma = "," if gap.comma is not None else ""
    # A comma that is missing goes right behind the element, before a comment.
    if not comma:
        text = _splice(text, Span(last.end, last.end), ",")
        array = Span(array.start, array.end + 1)
    after = last.end + 1 if gap.comma is None else gap.comma + 1
    end_of_line = text.find("\n", after, array.end)
    if end_of_line < 0:
        return _splice(text, Span(after, after), f"{newline}{indent}{entry}{comma}")
    at = end_of_line + 1
    return _splice(text, Span(at, at), f"{indent}{entry}{comma}{newline}")


def _remove(text: str, path: Path, index: int, count: int) -> str:
    source = scan(text)
    array = _value(source, path)
    spans = [_value(source, (*path, number)) for number in range(count)]
    span = spans[index]
    gap = _gap(text, span.end)
    is_last = index == count - 1
    if _first_on_line(text, span.start):
        new = _remove_line(text, span, gap, array)
        if new is not None:
            if is_last and index > 0 and gap.comma is None:
                # The element before is the last now, and the last had no comma.
                comma = _gap(text, spans[index - 1].end).comma
                if comma is not None:
                    new = _splice(new, Span(comma, comma + 1), "")
            return new
    if count == 1:
        inside = Span(array.start + 1, array.end - 1)
        if "\n" not in text[inside.start : inside.end]:
            return _splice(text, inside, "")
    if not is_last and not gap.comment and "\n" not in text[span.end : gap.end]:
        return _splice(text, Span(span.start, gap.end), "")
    if index > 0:
        before = spans[index - 1].end
        if not _gap(text, before).comment and (is_last or "\n" not in text[before : span.start]):
            return _splice(text, Span(before, span.end), "")
    # Only the element and its comma: line breaks and comments around it stay.
    end = span.end if gap.comma is None else gap.comma + 1
    start = span.start
    while text[start - 1] in " \t" and text[end] in "\r\n":
        start -= 1
    return _splice(text, Span(start, end), "")


def _remove_line(text: str, span: Span, gap: _Gap, array: Span) -> str | None:
    """Remove the line of an element that has it for itself, with its comment."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end, array.end)
    if end < 0 or gap.end <= end:
        return None
    if gap.comma is not None and gap.comma > end:
        return None
    return _splice(text, Span(start, end + 1), "")


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


# Keys and tables


def _add_key(text: str, path: Path, value: str) -> str:
    source = scan(text)
    table = path[:-1]
    # A table in { }: the key goes behind its last one.
    inline = _inline_parent(source, path)
    if inline is not None:
        return _add_to_inline(source, inline, path, value)
    # A table with a header: behind its last own statement.
    own = [statement for statement in source.statements if statement.table == table]
    if own and any(statement.kind != "pair" for statement in own):
        return _insert_line(text, own[-1], f"{_key(path[-1])} = {value}")
    # A table made by dotted keys: behind the last of them, with the same keys before the dot.
    dotted = [statement for statement in source.statements if _starts(statement.path, table)]
    pairs = [statement for statement in dotted if statement.kind == "pair" and len(statement.table) < len(table)]
    if pairs:
        last = pairs[-1]
        names = path[len(last.table) :]
        return _insert_line(text, last, f"{'.'.join(_key(name) for name in names)} = {value}")
    header = f"[{'.'.join(_key(name) for name in table)}]"
    return _insert_block(source, table, [header, f"{_key(path[-1])} = {value}"])


def _add_table(text: str, path: Path, values: Mapping[str, Any]) -> str:
    source = scan(text)
    inline = _inline_parent(source, path)
    if inline is not None:
        pairs = ", ".join(f"{_key(name)} = {_render(value)}" for name, value in values.items())
        return _add_to_inline(source, inline, path, f"{{ {pairs} }}")
    siblings = [statement for statement in source.statements if _starts(statement.path, path[:-1])]
    parts = [_key(name) for name in path]
    if siblings and all(statement.kind == "pair" and statement.table == () for statement in siblings):
        # The siblings are dotted keys at the top, so this one is too.
        lines = [f"{'.'.join(parts)}.{_key(name)} = {_render(value)}" for name, value in values.items()]
        return _insert_line(text, siblings[-1], *lines)
    lines = [f"{_key(name)} = {_render(value)}" for name, value in values.items()]
    return _insert_block(source, path[:-1], [f"[{'.'.join(parts)}]", *lines])


def _insert_line(text: str, after: Statement, *lines: str) -> str:
    newline = _newline(text)
    indent = _line_indent(text, after.span.start) if after.kind == "pair" else ""
    new = "".join(f"{indent}{line}{newline}" for line in lines)
    at = after.lines.end
    if not text.endswith("\n", 0, at):
        new = newline + new.removesuffix(newline)
    return _splice(text, Span(at, at), new)


def _insert_block(source: Source, siblings: Path, lines: Sequence[str]) -> str:
    """Put a table behind the last of its siblings, or at the end."""
    text = source.text
    newline = _newline(text)
    block = "".join(line + newline for line in lines)
    blocks = [statement for statement in source.statements if siblings and _starts(statement.table, siblings)]
    if not blocks:
        before = "" if not text.strip() else newline if text.endswith("\n") else newline * 2
        return text + before + block
    at = _block_end(source, blocks[-1])
    before = newline if text.endswith("\n", 0, at) else newline * 2
    following = text[at:]
    after = newline if following and not _BLANK_LINE.match(following) else ""
    return text[:at] + before + block + after + following


def _remove_statements(source: Source, path: Path) -> str:
    text = source.text
    cuts: list[Span] = []
    statements = source.statements
    index = 0
    while index < len(statements):
        statement = statements[index]
        if not _starts(statement.path, path):
            index += 1
            continue
        if statement.kind == "pair":
            cuts.append(statement.lines)
            index += 1
            continue
        # A header goes with all statements below it.
        last = index
        while last + 1 < len(statements) and statements[last + 1].kind == "pair":
            last += 1
        start = _block_start(source, index)
        cuts.append(Span(start, _block_end(source, statements[last])))
        index = last + 1
    for cut in reversed(cuts):
        end = cut.end
        blank_before = not text[: cut.start].strip() or re.search(r"\n[ \t]*\r?\n\Z", text[: cut.start])
        # Of the blank lines around a block, those before it stay.
        while blank_before and (match := _BLANK_LINE.match(text, end)):
            end = match.end()
        text = text[: cut.start] + text[end:]
        if end >= len(text) + (end - cut.start) and cut.start:
            text = re.sub(r"(\r?\n)(?:[ \t]*\r?\n)+\Z", r"\1", text)
    return text


def _block_start(source: Source, index: int) -> int:
    """Find the start of a header with the comment lines right above it."""
    text = source.text
    start = source.statements[index].lines.start
    if index == 0:
        # The comment at the top is the file's.
        return start
    floor = source.statements[index - 1].lines.end
    while start > floor:
        above = text.rfind("\n", 0, start - 1) + 1
        if above < floor or not _COMMENT_LINE.fullmatch(text, above, start):
            break
        start = above
    # Comments that follow the statement above without a blank line are that one's.
    if start == floor:
        return source.statements[index].lines.start
    return start


def _block_end(source: Source, last: Statement) -> int:
    """Find the end of a block with the comment lines right below it."""
    text = source.text
    end = last.lines.end
    while match := _COMMENT_LINE.match(text, end):
        end = match.end()
    following = next((s for s in source.statements if s.span.start >= last.lines.end), None)
    if following is not None and following.lines.start == end:
        # They stand right above the next header too, so they are about that.
        return last.lines.end
    return end


# Tables in { }


def _inline_parent(source: Source, path: Path) -> Path | None:
    """Give the nearest table around `path` that is written in { }."""
    for length in range(len(path) - 1, 0, -1):
        entry = source.entries.get(path[:length])
        if entry is not None and entry.value is not None:
            return path[:length] if source.text[entry.value.start] == "{" else None
    return None


def _add_to_inline(source: Source, parent: Path, path: Path, value: str) -> str:
    span = _value(source, parent)
    key = ".".join(_key(name) for name in path[len(parent) :])
    inside = source.text[span.start + 1 : span.end - 1]
    if not inside.strip():
        return _splice(source.text, span, f"{{ {key} = {value} }}")
    at = span.start + 1 + len(inside.rstrip(" \t"))
    return _splice(source.text, Span(at, at), f", {key} = {value}")


def _remove_from_inline(source: Source, parent: Path, path: Path) -> str:
    text = source.text
    pairs = _inline_pairs(source, parent)
    span = _value(source, parent)
    kept = [part for name, part in pairs if not _starts(name, path)]
    inside = ", ".join(text[part.start : part.end] for part in kept)
    return _splice(text, span, f"{{ {inside} }}" if inside else "{}")


def _inline_pairs(source: Source, parent: Path) -> list[tuple[Path, Span]]:
    """Give path and place of each `key = value` right in a table in { }."""
    table = _value(source, parent)
    pairs: list[tuple[Path, Span]] = []
    end = table.start
    # Entries stand in the order of the text; those inside a value that was seen are skipped.
    first_key: int | None = None
    for path, entry in source.entries.items():
        if len(path) <= len(parent) or not _starts(path, parent):
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


# Small things


def _checked(text: str, wanted: dict[str, Any]) -> str:
    try:
        if _data(text) == wanted:
            return text
    except tomli.TOMLDecodeError:
        pass
    raise _impossible()


def _impossible() -> JupyflakeError:
    return JupyflakeError(
        "JF127",
        "jupyter.toml is written in a way that this edit cannot be made in",
        hint="change jupyter.toml with an editor, then jupyflake lock",
    )


def _data(text: str) -> dict[str, Any]:
    return tomli.loads(text)


def _at(data: dict[str, Any], path: Path) -> Any:
    found: Any = data
    for part in path:
        found = found[part]
    return found


def _find(data: dict[str, Any], path: Path) -> Any:
    try:
        return _at(data, path)
    except KeyError:
        return None


def _make(data: dict[str, Any], path: Path) -> dict[str, Any]:
    table = data
    for part in path:
        table = table.setdefault(str(part), {})
        if not isinstance(table, dict):
            raise _impossible()
    return table


def _value(source: Source, path: Path) -> Span:
    span = source.entries[path].value
    if span is None:
        message = f"{path} has no value of its own"
        raise ValueError(message)
    return span


def _starts(path: Path, start: Path) -> bool:
    return path[: len(start)] == start


def _splice(text: str, span: Span, new: str) -> str:
    return text[: span.start] + new + text[span.end :]


def _first_on_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip(" \t")


def _line_indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 :]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _newline(text: str) -> str:
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def _string(value: str) -> str:
    return tomlkit.string(value).as_string()


def _key(name: str | int) -> str:
    return tomlkit.key(str(name)).as_string()


def _render(value: Any) -> str:
    return str(tomlkit.item(value).as_string()).strip()
