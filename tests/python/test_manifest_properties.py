"""Whatever way a manifest is written in, places are found and edits touch nothing else."""

from __future__ import annotations

from typing import Any

import tomli
import tomlkit
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from jupyflake.manifest import edit
from jupyflake.manifest.positions import NotToml10, scan

PATH = ("kernels", "a", "packages")

# TOML texts in all the ways that people write them

NAMES = st.text("abxyz019_-.", min_size=1, max_size=4) | st.sampled_from(["a b", "é", '"', "'", "", "]", "#", "="])
TEXTS = st.text(max_size=6).filter(lambda text: all(character.isprintable() for character in text)) | st.sampled_from(
    ["#", "[a]", '"', "'", "a = 1", ",", "}", "\\", '"""', "pandas>=2"]
)
COMMENTS = st.sampled_from(["# a comment", "#", '# with "quotes" [and] {more}, = 1', "# — ünï"])


@st.composite
def strings(draw: st.DrawFn) -> str:
    """Write a text in one of the four kinds of quotes."""
    value = draw(TEXTS)
    kinds = [tomlkit.string(value).as_string(), tomlkit.string(value, multiline=True).as_string()]
    if "'" not in value:
        kinds += [f"'{value}'", f"'''{value}'''"]
    return draw(st.sampled_from(kinds))


SCALARS = (
    strings()
    | st.integers(-99, 99).map(str)
    | st.sampled_from(["1.5", "true", "false", "inf", "1979-05-27", "1979-05-27 07:32:00", "07:32:00", "0xFF", "+1e3"])
)


@st.composite
def trivia(draw: st.DrawFn, *, lines: bool) -> str:
    """Write what may stand between tokens."""
    space = draw(st.sampled_from(["", " ", "\t", "  "]))
    if not lines or draw(st.booleans()):
        return space
    return space + draw(COMMENTS | st.just("")) + "\n" + draw(st.sampled_from(["", "    "]))


@st.composite
def arrays(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """Write an array on one line or on several, with comments, with or without a last comma."""
    lines = draw(st.booleans())
    elements = draw(st.lists(values, max_size=4))
    parts = []
    for index, element in enumerate(elements):
        comma = "," if index + 1 < len(elements) or draw(st.booleans()) else ""
        parts.append(draw(trivia(lines=lines)) + element + draw(trivia(lines=lines and bool(comma))) + comma)
    return f"[{''.join(parts)}{draw(trivia(lines=lines))}]"


@st.composite
def inline_tables(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """Write a table in { }."""
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    space = draw(st.sampled_from(["", " "]))
    pairs = [f"{space}{tomlkit.key(name).as_string()}{space}={space}{draw(values)}" for name in names]
    return "{" + ",".join(pairs) + space + "}"


VALUES = st.recursive(SCALARS, lambda values: arrays(values) | inline_tables(values), max_leaves=6)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Write a document with headers, dotted keys, arrays of tables and comments; some are not legal."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    text = ""
    for number in range(draw(st.integers(0, 5))):
        text += draw(st.sampled_from(["", "\n", "# between\n", "  \n"]))
        names = draw(st.lists(NAMES, min_size=1, max_size=2))
        keys = ".".join(tomlkit.key(name).as_string() for name in names)
        kind = draw(st.sampled_from(["pair", "pair", "table", "array"]))
        if kind == "pair":
            text += f"k{number}.{keys} = {draw(VALUES)}"
        else:
            text += f"[t{number}.{keys}]" if kind == "table" else f"[[{keys}]]"
        text += draw(st.sampled_from(["\n", " # behind\n"]))
    return text.replace("\n", newline)


# What holds for all of them


def _leaves(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    found = [(path, data)] if path else []
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        found += _leaves(value, (*path, key))
    return found


@settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None)
@given(documents())
def test_every_value_stands_where_it_is_said_to(text: str) -> None:
    """What stands at the place of each path, read alone, is the value of that path."""
    try:
        data = tomli.loads(text)
        source = scan(text)
    except (tomli.TOMLDecodeError, NotToml10):
        assume(False)  # noqa: FBT003  (as hypothesis has it)
        return
    for path, value in _leaves(data):
        assert path in source.entries
        entry = source.entries[path]
        if entry.value is not None:
            shown = text[entry.value.start : entry.value.end]
            assert str(value) == str(tomli.loads(f"x = {shown}")["x"])
        if entry.key is not None and isinstance(path[-1], str):
            shown = text[entry.key.start : entry.key.end]
            assert [path[-1]] == list(tomli.loads(f"{shown} = 1"))
    # Nothing is found that is not there, and the statements cover the text in order.
    known = {path for path, _ in _leaves(data)}
    assert known == set(source.entries)
    ends = [0]
    for statement in source.statements:
        assert ends[-1] <= statement.lines.start <= statement.span.start < statement.span.end <= statement.lines.end
        ends.append(statement.lines.end)


def _within(part: str, whole: str) -> bool:
    characters = iter(whole)
    return all(character in characters for character in part)


@st.composite
def _arrays(draw: st.DrawFn) -> str:
    """Write a document with an array of texts in any form."""
    array = draw(arrays(strings()))
    behind = draw(st.sampled_from(["", " # behind"]))
    text = f"# top\n[kernels.a]\npackages = {array}{behind}\ntools = [ 'a' ]\n\n# next\n[kernels.b]\n  x = 1 # y"
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None)
@given(_arrays(), TEXTS)
def test_append_only_adds(text: str, entry: str) -> None:
    """Whatever the form of the array, all that was there stays, in order, and the entry is the last."""
    new = edit.append(text, PATH, entry)
    assert entry == tomli.loads(new)["kernels"]["a"]["packages"][-1]
    assert _within(text, new) or tomli.loads(text)["kernels"]["a"]["packages"] == []
    assert text.count("#") <= new.count("#")


@settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None)
@given(_arrays(), st.data())
def test_remove_only_removes(text: str, data: st.DataObject) -> None:
    """Whatever the form of the array, only the element goes, and nothing comes."""
    before = tomli.loads(text)
    packages = before["kernels"]["a"]["packages"]
    if not packages:
        return
    index = data.draw(st.integers(0, len(packages) - 1))
    new = edit.remove(text, PATH, index)
    del packages[index]
    assert before == tomli.loads(new)
    assert _within(new, text)
    head, tail = text.index("packages"), text.index("tools = [ 'a' ]")
    assert text[:head] == new[:head]
    assert text[tail:] == new[-len(text[tail:]) :]


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(_arrays(), TEXTS)
def test_adding_and_removing_a_kernel_gives_the_text_back(text: str, entry: str) -> None:
    """A kernel that is added and removed again leaves no trace but a line end at the end."""
    path = ("kernels", "new")
    new = edit.remove_table(edit.add_table(text, path, {"language": "r", "packages": [entry]}), path)
    newline = "\r\n" if "\r\n" in text else "\n"
    assert new in {text, text + newline}


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(_arrays(), st.sampled_from(["new", "a.b", "0", "x-y"]))
def test_renaming_a_kernel_there_and_back_gives_the_text_back(text: str, name: str) -> None:
    """Only the name changes, in each header that has it, and the order of the kernels stays."""
    text = text.replace("[kernels.b]", "[kernels.a.env]\nX = '1' # a\n[kernels.b]")
    new = edit.rename_table(text, ("kernels", "a"), name)
    assert list(tomli.loads(new)["kernels"]) == [name, "b"]
    # A name that needed quotes leaves them.
    assert text == edit.rename_table(new, ("kernels", name), "a").replace('[kernels."a"', "[kernels.a")


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(strings(), TEXTS)
def test_a_replaced_text_is_alone_in_changing(before: str, after: str) -> None:
    """Whatever the quotes of the old text, the new one is there, and all around it is as it was."""
    head, tail = "# top\n[project]\nname  = ", " # name\nbase = 'x'\n"
    new = edit.set_value(head + before + tail, ("project", "name"), after)
    assert new.startswith(head)
    assert new.endswith(tail)
    assert after == tomli.loads(new)["project"]["name"]
    assert (new[len(head)] == "'") is (before[0] == "'" and "'" not in after)


EDITS = st.lists(st.tuples(st.sampled_from("arsnkx"), st.integers(0, 9), TEXTS), min_size=1, max_size=6)


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(_arrays(), EDITS)
def test_many_edits_leave_the_rest_as_it_is(text: str, wanted: list[tuple[str, int, str]]) -> None:
    """After any series of edits the data is what was wanted, and what no edit was about is there byte for byte."""
    data = tomli.loads(text)["kernels"]
    head, tail = text[: text.index("[kernels.a]")], text[text.index("tools = [ 'a' ]") :]
    name = "a"
    for kind, number, entry in wanted:
        packages = data[name]["packages"]
        path = ("kernels", name, "packages")
        if kind == "a":
            text = edit.append(text, path, entry)
            packages.append(entry)
        elif kind == "r" and packages:
            text = edit.remove(text, path, number % len(packages))
            del packages[number % len(packages)]
        elif kind == "s" and packages:
            text = edit.set_element(text, path, number % len(packages), entry)
            packages[number % len(packages)] = entry
        elif kind == "n":
            new = f"n{number}"
            if new not in data:
                text = edit.rename_table(text, ("kernels", name), new)
                data[new] = data.pop(name)
                name = new
        elif kind == "k":
            text = edit.add_table(text, ("kernels", "extra"), {"language": "r", "packages": [entry]})
            text = edit.remove_table(text, ("kernels", "extra"))
        assert data == tomli.loads(text)["kernels"]
    assert text.startswith(head)
    assert text.rstrip("\r\n").endswith(tail.rstrip("\r\n"))
