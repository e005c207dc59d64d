"""Compares raw TOML data with the model: unknown keys, missing keys, wrong types.

msgspec's own messages name neither the keys of free tables nor what would have been right, so the
types that it works from are walked here, with the path at hand.
"""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import msgspec.inspect as types

from jupyflake.manifest.model import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyflake.manifest.positions import Path

# What Nix can hold in an integer.
_LARGEST = 2**63 - 1


class Problem(NamedTuple):
    """Something wrong at a path; the place is that of the key or of the value there."""

    code: str
    path: Path
    message: str
    hint: str
    at_key: bool = False


def find(data: dict[str, Any]) -> Problem | None:
    """Give the first thing in the data that the model has no place for."""
    return next(_check(data, _manifest_type(), (), None), None)


def nearest(word: str, words: list[str]) -> str | None:
    """Give the most similar of the words, if one is similar."""
    folded = {known.lower().replace("-", "_"): known for known in words}
    close = difflib.get_close_matches(word.lower().replace("-", "_"), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def one_of(words: list[str]) -> str:
    """List words for people."""
    return f"one of {', '.join(words)}" if len(words) > 1 else words[0]


def dotted(path: Path) -> str:
    """Write a path as TOML writes it."""
    from tomlkit import key  # noqa: PLC0415  (for messages only)

    shown = ""
    for part in path:
        shown += f"[{part}]" if isinstance(part, int) else f".{key(part).as_string()}"
    return shown.removeprefix(".")


@functools.cache
def _manifest_type() -> types.Type:
    return types.type_info(Manifest)


def _check(value: Any, expected: types.Type, path: Path, description: str | None) -> Iterator[Problem]:
    if isinstance(expected, types.Metadata):
        schema = expected.extra_json_schema or {}
        yield from _check(value, expected.type, path, schema.get("description", description))
    elif isinstance(expected, types.UnionType):
        # Only "this or absent" is used, and TOML has no null.
        inner = next(kind for kind in expected.types if not isinstance(kind, types.NoneType))
        yield from _check(value, inner, path, description)
    elif isinstance(expected, types.StructType):
        yield from _check_table(value, expected, path)
    elif isinstance(expected, types.DictType):
        if not isinstance(value, dict):
            yield _wrong(value, path, description or "a table")
            return
        for key, inner_value in value.items():
            yield from _check(inner_value, expected.value_type, (*path, key), None)
    elif isinstance(expected, types.ListType):
        if not isinstance(value, list):
            yield _wrong(value, path, description or "a list")
            return
        for index, element in enumerate(value):
            yield from _check(element, expected.item_type, (*path, index), None)
    elif isinstance(expected, types.StrType | types.IntType | types.BoolType):
        if not _is_leaf(value, expected):
            yield _wrong(value, path, description or "a text")
    else:
        yield from _check_json(value, path)


def _is_leaf(value: Any, expected: types.StrType | types.IntType | types.BoolType) -> bool:
    if isinstance(expected, types.StrType):
        return isinstance(value, str)
    if isinstance(expected, types.BoolType):
        return isinstance(value, bool)
    # TOML's true and false are Python's 1 and 0; only positive numbers are used.
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LARGEST


def _check_table(value: Any, expected: types.StructType, path: Path) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _wrong(value, path, "a table")
        return
    fields = {known.encode_name: known for known in expected.fields}
    for key, inner_value in value.items():
        if key not in fields:
            yield _unknown(key, list(fields), path)
        else:
            yield from _check(inner_value, fields[key].type, (*path, key), None)
    for name, known in fields.items():
        if known.required and name not in value:
            yield _missing(name, path)


def _check_json(value: Any, path: Path) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _check_json(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _check_json(inner, (*path, index))
    elif isinstance(value, dt.datetime | dt.date | dt.time):
        yield _wrong(value, path, "a value that JSON has; a date is written as a text in quotes")
    elif isinstance(value, float) and not math.isfinite(value):
        yield _wrong(value, path, "a finite number")
    elif isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        yield _wrong(value, path, "a number of at most 63 bits")


def _wrong(value: Any, path: Path, description: str) -> Problem:
    return Problem(
        "JF102",
        path,
        f"{dotted(path)} is {_kind(value)}; expected {description}",
        _suggestion(value, path, description),
    )


def _suggestion(value: Any, path: Path, description: str) -> str:
    last = path[-1]
    name = "" if isinstance(last, int) else f"{dotted((last,))} = "
    # Numbers and truth values only lack their quotes, a single text its brackets.
    if "in quotes" in description and isinstance(value, bool | int | float):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return f'{name}"{text}"'
    if description.startswith("a list") and isinstance(value, str):
        return f'{name}["{value}"]'
    if description == "true or false" and value in ("true", "false"):
        return f"{name}{value}"
    return f"write {description}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false without quotes"
    if isinstance(value, int | float):
        # Zero and less are numbers too, and no key takes them where a number is expected.
        return "a number without quotes" if value > 0 else f"{value}, a number without quotes"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return "a date or time"


def _unknown(key: str, known: list[str], path: Path) -> Problem:
    place = f"in [{dotted(path)}]" if path else "at the top"
    near = nearest(key, known)
    return Problem(
        "JF101",
        (*path, key),
        f'unknown key "{key}" {place}; expected {one_of(known)}',
        near or _elsewhere(key) or f"one of the keys above, or remove {dotted((key,))}",
        at_key=True,
    )


def _elsewhere(key: str) -> str | None:
    # A top table's name below another header: the key needed a header of its own.
    if key not in {field.encode_name for field in msgspec.structs.fields(Manifest)}:
        return None
    return f"[{key}.<name>] as a header" if key == "kernels" else f"[{key}] as a header of its own"


_EXAMPLES = {
    "project": '[project] with name = "my-project" and base = "debian/trixie"',
    "name": 'name = "my-project"',
    "base": 'base = "debian/trixie"',
    "language": 'language = "python"',
}


def _missing(name: str, path: Path) -> Problem:
    what = f'the key "{name}" is missing in [{dotted(path)}]' if path else f"the table [{name}] is missing"
    return Problem("JF106", path, what, _EXAMPLES[name], at_key=True)
