"""Reads `jupyter.toml` and says what is wrong with it, with line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tomli

from jupyflake.errors import JupyflakeError
from jupyflake.manifest import model, positions, rules, shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "starts with a byte order mark",
    b"\xff\xfe": "is UTF-16, not UTF-8",
    b"\xfe\xff": "is UTF-16, not UTF-8",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A manifest with the text and the raw data that it was made from."""

    text: str
    data: dict[str, Any]
    manifest: model.Manifest


def read_text(path: Path) -> str:
    """Read the file as it is, line ends included."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise JupyflakeError(
            "JF105",
            f"there is no {path.name} in {path.parent}",
            hint="jupyflake init",
        ) from error
    except OSError as error:
        raise JupyflakeError(
            "JF604",
            f"{path} cannot be read: {error.strerror}",
            hint="check what it is, and its permissions",
        ) from error
    for mark, problem in _BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            raise JupyflakeError(
                "JF104",
                f"the file {problem}",
                where=f"{path.name}:1:1",
                hint="save it as UTF-8 without a byte order mark",
            )
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        line, column = positions.Source(before).place(len(before))
        raise JupyflakeError(
            "JF104",
            f"byte 0x{raw[error.start]:02x} is not UTF-8",
            where=f"{path.name}:{line}:{column}",
            hint="save the file as UTF-8",
        ) from error


def parse(
    text: str,
    suites: Mapping[str, str],
    *,
    name: str = model.FILE_NAME,
) -> Loaded:
    """Make the manifest of its text; `suites` are the Debian suites with their Python."""
    try:
        data, source = _toml(text)
    except _SyntaxProblem as error:
        raise JupyflakeError(
            "JF103",
            error.message,
            where=f"{name}:{error.line}:{error.column}",
            hint=error.hint or _syntax_hint(text, error.line),
        ) from error
    problem = shape.find(data) or rules.find(data, suites)
    if problem is not None:
        line, column = source.locate(problem.path, key=problem.at_key)
        raise JupyflakeError(
            problem.code,
            problem.message,
            where=f"{name}:{line}:{column}",
            hint=problem.hint,
        )
    return Loaded(text, data, model.from_data(data))


@dataclass
class _SyntaxProblem(Exception):  # noqa: N818  (a place and a message, not for people yet)
    message: str
    line: int
    column: int
    hint: str = ""


def _toml(text: str) -> tuple[dict[str, Any], positions.Source]:
    try:
        data = tomli.loads(text)
        return data, positions.scan(text)
    except tomli.TOMLDecodeError as error:
        message, hint = _twice(error.msg) or (error.msg[:1].lower() + error.msg[1:], "")
        raise _SyntaxProblem(message, error.lineno, error.colno, hint) from error
    except positions.NotToml10 as error:
        line, column = positions.Source(text).place(error.offset)
        raise _SyntaxProblem(str(error), line, column, error.hint) from error
    except RecursionError as error:
        message = "brackets are nested too deeply"
        raise _SyntaxProblem(message, 1, 1, "close each bracket that is opened") from error


def _twice(message: str) -> tuple[str, str] | None:
    """Say in a user's words that a table or a key is there twice, as a kernel that was copied and not renamed."""
    if found := re.fullmatch(r"Cannot declare (\(.*\)) twice", message):
        table = ".".join(re.findall(r"['\"](.*?)['\"],? ?", found[1]))
        return f"[{table}] is there twice", "rename one of them, or make one table of the two"
    if message == "Cannot overwrite a value":
        return "this key is there twice", "remove one of the two"
    return None


def _syntax_hint(text: str, line: int) -> str:
    lines = text.splitlines()
    shown = lines[line - 1].strip() if line <= len(lines) else ""
    if "=" not in shown and ":" in shown:
        return 'key = "value", with an equals sign'
    if "“" in shown or "”" in shown:
        return 'straight quotes: "…"'
    return "texts need quotes, lists need commas and both brackets"
