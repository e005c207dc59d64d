"""Where each key and value of a TOML text stands.

The text is known to be valid (tomli has read it), so this only needs to find the borders of tokens.
Every place is an offset into the text; `Source.place` makes line and column of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import tomli

Path: TypeAlias = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t]*")
_TRIVIA = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# The first that fits; a date may have its time after a space.
_SCALAR = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?!")'
    r"|'''.*?'''(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]+"
    r"|[^\s,\]}#]+",
    re.DOTALL,
)


class NotToml10(ValueError):  # noqa: N818  (named after what it finds)
    """The text uses what TOML 1.1 added; Nix reads TOML 1.0."""

    def __init__(self, message: str, offset: int, hint: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.hint = hint


class Span(NamedTuple):
    """A part of the text, from `start` up to but without `end`."""

    start: int
    end: int


@dataclass(slots=True)
class Entry:
    """A key with its value; array elements have no key, tables with a header no value."""

    key: Span | None
    value: Span | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A header or a `key = value`; `span` is the statement itself, `lines` with all of its lines."""

    kind: str  # "table", "array" or "pair"
    table: Path  # the header's path, or that of the header above the pair
    path: Path  # the header's path, or the pair's whole path
    span: Span
    lines: Span


@dataclass(slots=True)
class Source:
    """A TOML text with the places of everything in it."""

    text: str
    entries: dict[Path, Entry] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)

    def place(self, offset: int) -> tuple[int, int]:
        """Give the line and column of an offset, both from 1."""
        before = self.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def locate(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Give line and column of a value (or of its key), or of the nearest that there is around."""
        while path and path not in self.entries:
            path, key = path[:-1], True
        if not path:
            return 1, 1
        entry = self.entries[path]
        span = (entry.key or entry.value) if key else (entry.value or entry.key)
        return self.place(span.start) if span else (1, 1)


def scan(text: str) -> Source:
    """Find the places of all keys and values of a valid TOML text."""
    return _Scanner(text).scan()


def keys(source: Source, statement: Statement) -> list[tuple[str, Span]]:
    """Give the names that a statement's header or key is written with, each with its place."""
    brackets = {"pair": 0, "table": 1, "array": 2}[statement.kind]
    return _Scanner(source.text, statement.span.start + brackets).key()


class _Scanner:
    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at
        self.source = Source(text)
        # The number of tables in each array of tables so far.
        self.counts: dict[Path, int] = {}

    def scan(self) -> Source:
        table: Path = ()
        while True:
            self._skip(_TRIVIA)
            if self.at >= len(self.text):
                return self.source
            start = self.at
            if self.text[start] == "[":
                kind, table = self._header()
                path = table
            else:
                kind, path = "pair", self._pair(table)
            span = Span(start, self.at)
            self._skip(_REST_OF_LINE)
            lines = Span(self.text.rfind("\n", 0, start) + 1, self.at)
            self.source.statements.append(Statement(kind, table, path, span, lines))

    def _header(self) -> tuple[str, Path]:
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        names = self.key()
        path: Path = ()
        for number, (name, span) in enumerate(names, 1):
            path = (*path, name)
            self._enter(path, span)
            if number == len(names) and is_array:
                self.counts[path] = self.counts.get(path, 0) + 1
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
                self._enter(path, span)
        self.at = self.text.index("]", self.at) + (2 if is_array else 1)
        return ("array" if is_array else "table"), path

    def _pair(self, table: Path) -> Path:
        path = table
        for name, span in self.key():
            path = (*path, name)
            self._enter(path, span)
        self.at = self.text.index("=", self.at) + 1
        self._skip(_SPACE)
        self.source.entries[path].value = self._value(path)
        return path

    def _enter(self, path: Path, span: Span) -> None:
        self.source.entries.setdefault(path, Entry(span, None))

    def key(self) -> list[tuple[str, Span]]:
        """Read names with dots between them."""
        names = []
        while True:
            self._skip(_SPACE)
            start = self.at
            if self.text[start] in "\"'":
                self._skip(_SCALAR)
                name = self._quoted(start)
            else:
                self._skip(_BARE_KEY)
                name = self.text[start : self.at]
            names.append((name, Span(start, self.at)))
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return names
            self.at += 1

    def _quoted(self, start: int) -> str:
        self._check_escapes(start)
        name = tomli.loads(f"x = {self.text[start : self.at]}")["x"]
        return str(name)

    def _value(self, path: Path) -> Span:
        start = self.at
        if self.text[start] == "[":
            self._array(path)
        elif self.text[start] == "{":
            self._inline_table(path)
        else:
            self._skip(_SCALAR)
            if self.text[start] == '"':
                self._check_escapes(start)
        return Span(start, self.at)

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip(_TRIVIA)
            if self.text[self.at] == "]":
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            element = (*path, index)
            # The entry comes before those of what is in it.
            entry = self.source.entries[element] = Entry(None, None)
            entry.value = self._value(element)
            index += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        comma = -1
        while True:
            self._skip(_SPACE)
            character = self.text[self.at]
            if character in "\r\n#":
                message = "a table in { } must stand on one line"
                raise NotToml10(message, self.at, "{ a = …, b = … }, or a table with a [header]")
            if character == "}":
                if comma >= 0:
                    message = "a table in { } must not end with a comma"
                    raise NotToml10(message, comma, "remove the comma before the bracket")
                self.at += 1
                return
            if character == ",":
                comma = self.at
                self.at += 1
                continue
            comma = -1
            self._pair(path)

    def _check_escapes(self, start: int) -> None:
        for match in _ESCAPE.finditer(self.text, start, self.at):
            if match[1] in "ex" and self.text[start] == '"':
                message = f'the escape "{match[0]}" is not known'
                raise NotToml10(message, match.start(), "\\u and four digits, such as \\u001b")

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match is None:
            message = f"no token at {self.source.place(self.at)}"
            raise ValueError(message)
        self.at = match.end()
