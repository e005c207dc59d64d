"""Tables with headers or dotted keys in TOML text, with the comments around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyflake.manifest import inline
from jupyflake.manifest.positions import Span, keys, scan
from jupyflake.manifest.splice import is_below, line_end, line_indent, quoted_key, rendered, splice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyflake.manifest.positions import Path, Source, Statement

_COMMENT_LINE = re.compile(r"[ \t]*#[^\n]*(?:\n|\Z)")
_BLANK_LINE = re.compile(r"[ \t]*\r?\n")


def with_key(text: str, path: Path, value: str) -> str:
    """Give the text with a new key in its table, which is made when missing."""
    source = scan(text)
    table = path[:-1]
    # A table in { }: the key goes behind its last one.
    parent = inline.parent_of(source, path)
    if parent is not None:
        return inline.added(source, parent, path, value)
    # A table with a header: behind its last own statement.
    own = [statement for statement in source.statements if statement.table == table]
    if own and any(statement.kind != "pair" for statement in own):
        return _insert_line(text, own[-1], f"{quoted_key(path[-1])} = {value}")
    # A table made by dotted keys: behind the last of them, with the same keys before the dot.
    dotted = [statement for statement in source.statements if is_below(statement.path, table)]
    pairs = [statement for statement in dotted if statement.kind == "pair" and len(statement.table) < len(table)]
    if pairs:
        last = pairs[-1]
        names = path[len(last.table) :]
        return _insert_line(text, last, f"{'.'.join(quoted_key(name) for name in names)} = {value}")
    header = f"[{'.'.join(quoted_key(name) for name in table)}]"
    return _insert_block(source, table, [header, f"{quoted_key(path[-1])} = {value}"])


def with_table(text: str, path: Path, values: Mapping[str, Any]) -> str:
    """Give the text with a new table, written as its siblings are."""
    source = scan(text)
    parent = inline.parent_of(source, path)
    if parent is not None:
        pairs = ", ".join(f"{quoted_key(name)} = {rendered(value)}" for name, value in values.items())
        return inline.added(source, parent, path, f"{{ {pairs} }}")
    siblings = [statement for statement in source.statements if is_below(statement.path, path[:-1])]
    parts = [quoted_key(name) for name in path]
    if siblings and all(statement.kind == "pair" and statement.table == () for statement in siblings):
        # The siblings are dotted keys at the top, so this one is too.
        lines = [f"{'.'.join(parts)}.{quoted_key(name)} = {rendered(value)}" for name, value in values.items()]
        return _insert_line(text, siblings[-1], *lines)
    lines = [f"{quoted_key(name)} = {rendered(value)}" for name, value in values.items()]
    return _insert_block(source, path[:-1], [f"[{'.'.join(parts)}]", *lines])


def renamed(source: Source, path: Path, new: str) -> str:
    """Give the text with another name for a table, in each header and key that has it."""
    at = len(path) - 1
    spans: list[Span] = []
    for statement in source.statements:
        # A pair is written without the names of the header above it.
        above = len(statement.table) if statement.kind == "pair" else 0
        if above <= at and is_below(statement.path, path):
            spans.append(keys(source, statement)[at - above][1])
    entry = source.entries[path]
    if not spans and entry.key is not None:
        # In a table in { }.
        spans.append(entry.key)
    text = source.text
    for span in reversed(spans):
        quote = text[span.start] if text[span.start] in "\"'" else ""
        text = splice(text, span, f"{quote}{new}{quote}" if quote else quoted_key(new))
    return text


def _insert_line(text: str, after: Statement, *lines: str) -> str:
    newline = line_end(text)
    indent = line_indent(text, after.span.start) if after.kind == "pair" else ""
    new = "".join(f"{indent}{line}{newline}" for line in lines)
    at = after.lines.end
    if not text.endswith("\n", 0, at):
        new = newline + new.removesuffix(newline)
    return splice(text, Span(at, at), new)


def _insert_block(source: Source, siblings: Path, lines: Sequence[str]) -> str:
    """Put a table behind the last of its siblings, or at the end."""
    text = source.text
    newline = line_end(text)
    block = "".join(line + newline for line in lines)
    blocks = [statement for statement in source.statements if siblings and is_below(statement.table, siblings)]
    if not blocks:
        before = "" if not text.strip() else newline if text.endswith("\n") else newline * 2
        return text + before + block
    at = _block_end(source, blocks[-1])
    before = newline if text.endswith("\n", 0, at) else newline * 2
    following = text[at:]
    after = newline if following and not _BLANK_LINE.match(following) else ""
    return text[:at] + before + block + after + following


def without_statements(source: Source, path: Path) -> str:
    """Give the text without the headers and the dotted keys of a table."""
    text = source.text
    cuts: list[Span] = []
    statements = source.statements
    index = 0
    while index < len(statements):
        statement = statements[index]
        if not is_below(statement.path, path):
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
