"""Edits the text of `jupyter.toml` so that nothing but the edit changes.

Each edit splices the text at the places that `positions` finds, with new text that tomlkit writes;
tomlkit's own containers move comments when an array or a table loses an element. The result is
read again and compared with what was wanted, so an edit is right or is not made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomli

from jupyflake.errors import JupyflakeError
from jupyflake.manifest import arrays, inline, tables
from jupyflake.manifest.positions import scan
from jupyflake.manifest.splice import quoted, quoted_key, rendered, splice, value_span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyflake.manifest.positions import Path


def set_element(text: str, path: Path, index: int, entry: str) -> str:
    """Replace one text of the array at `path`."""
    wanted = _data(text)
    _at(wanted, path)[index] = entry
    return _checked(_replaced(text, (*path, index), entry), wanted)


def set_value(text: str, path: Path, value: str) -> str:
    """Replace the text that a key has; a key that is not there is a KeyError."""
    wanted = _data(text)
    table = _at(wanted, path[:-1])
    if path[-1] not in table:
        raise KeyError(path)
    table[path[-1]] = value
    return _checked(_replaced(text, path, value), wanted)


def append(text: str, path: Path, entry: str) -> str:
    """Add a text at the end of the array at `path`; array and table are made when missing."""
    wanted = _data(text)
    table = _make(wanted, path[:-1])
    key = str(path[-1])
    if key not in table:
        table[key] = [entry]
        return _checked(tables.with_key(text, path, f"[{quoted(entry)}]"), wanted)
    table[key].append(entry)
    return _checked(arrays.appended(text, path, len(table[key]) - 1, quoted(entry)), wanted)


def remove(text: str, path: Path, index: int) -> str:
    """Remove one element of the array at `path`."""
    wanted = _data(text)
    array = _at(wanted, path)
    del array[index]
    return _checked(arrays.removed(text, path, index, len(array) + 1), wanted)


def add_table(text: str, path: Path, values: Mapping[str, Any]) -> str:
    """Add a table such as `("kernels", "r")` after its siblings."""
    wanted = _data(text)
    _make(wanted, path[:-1])[str(path[-1])] = dict(values)
    return _checked(tables.with_table(text, path, values), wanted)


def put_value(text: str, path: Path, value: str) -> str:
    """Set a key that is not there; its table is made when missing."""
    wanted = _data(text)
    _make(wanted, path[:-1])[str(path[-1])] = value
    return _checked(tables.with_key(text, path, quoted(value)), wanted)


def put_table(text: str, path: Path, values: Mapping[str, Any]) -> str:
    """Set a table that stands on one line, in the place of what has its name."""
    if _find(_data(text), path) is not None:
        text = remove_table(text, path)
    wanted = _data(text)
    _make(wanted, path[:-1])[str(path[-1])] = dict(values)
    pairs = ", ".join(f"{quoted_key(name)} = {rendered(value)}" for name, value in values.items())
    return _checked(tables.with_key(text, path, f"{{ {pairs} }}"), wanted)


def rename_table(text: str, path: Path, new: str) -> str:
    """Give a table another name, of plain letters; where it stands and what is in it stay."""
    wanted = _data(text)
    parent = _at(wanted, path[:-1])
    # The order counts: the first kernel is the server's default.
    renamed = {new if name == path[-1] else name: value for name, value in parent.items()}
    parent.clear()
    parent.update(renamed)
    return _checked(tables.renamed(scan(text), path, new), wanted)


def remove_table(text: str, path: Path) -> str:
    """Remove a table with all below it, wherever its parts stand."""
    wanted = _data(text)
    parent = _at(wanted, path[:-1])
    del parent[path[-1]]
    source = scan(text)
    around = inline.parent_of(source, path)
    if around is not None:
        return _checked(inline.without(source, around, path), wanted)
    new = tables.without_statements(source, path)
    # A parent that only the removed table had made is gone with it.
    if not parent and _find(_data(new), path[:-1]) is None:
        del _at(wanted, path[:-2])[path[-2]]
    return _checked(new, wanted)


def _replaced(text: str, path: Path, value: str) -> str:
    """Write a text in the place of another, in the same kind of quotes where it can be."""
    span = value_span(scan(text), path)
    literal = text[span.start] == "'" and "'" not in value
    return splice(text, span, f"'{value}'" if literal else quoted(value))


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
