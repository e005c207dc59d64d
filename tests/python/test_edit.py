"""Editing `jupyter.toml` without touching what stands around."""

from __future__ import annotations

import pytest

from jupyflake.errors import JupyflakeError
from jupyflake.manifest import edit

PATH = ("kernels", "a", "packages")

# before, after adding "x"
APPENDED = [
    ("[]", '["x"]'),
    ("[ ]", '["x"]'),
    ('["a"]', '["a", "x"]'),
    ('[ "a" ]', '[ "a", "x" ]'),
    ('["a",]', '["a", "x",]'),
    ("[\n]", '[\n    "x",\n]'),
    ("[\n    # none yet\n]", '[\n    # none yet\n    "x",\n]'),
    ('[\n  "a",\n]', '[\n  "a",\n  "x",\n]'),
    ('[\n  "a"\n]', '[\n  "a",\n  "x"\n]'),
    ('[\n  "a", # first\n]', '[\n  "a", # first\n  "x",\n]'),
    ('[\n  "a" # first, [x]\n]', '[\n  "a", # first, [x]\n  "x"\n]'),
    ('[\n  "a",\n  # more to come\n]', '[\n  "a",\n  "x",\n  # more to come\n]'),
    ('[\n\t"a", "b",\n\t"c", "d",\n]', '[\n\t"a", "b",\n\t"c", "d", "x",\n]'),
    ('["a",\n "b"]', '["a",\n "b",\n "x"]'),
    ('[\r\n  "a",\r\n]', '[\r\n  "a",\r\n  "x",\r\n]'),
    ('[\n  "a" # one\n  , # two\n]', '[\n  "a" # one\n  , # two\n  "x",\n]'),
]

# before, which element, after
REMOVED = [
    ('["a"]', 0, "[]"),
    ('[ "a", ]', 0, "[]"),
    ('["a", "b"]', 0, '["b"]'),
    ('["a", "b"]', 1, '["a"]'),
    ('["a", "b",]', 1, '["a",]'),
    ('["a", "b", "c"]', 1, '["a", "c"]'),
    ('[\n  "a",\n  "b", # second\n  "c",\n]', 1, '[\n  "a",\n  "c",\n]'),
    ('[\n  "a",\n  "b"\n]', 1, '[\n  "a"\n]'),
    ('[\n  "a", # one\n  "b" # two\n]', 1, '[\n  "a" # one\n]'),
    ('[\n  # about a\n  "a",\n]', 0, "[\n  # about a\n]"),
    ('[\n  "a", "b",\n  "c",\n]', 1, '[\n  "a",\n  "c",\n]'),
    ('[\n  "a", "b",\n  "c",\n]', 0, '[\n  "b",\n  "c",\n]'),
    ('["a",\n "b"]', 1, '["a"]'),
    ('[\r\n  "a",\r\n  "b",\r\n]', 0, '[\r\n  "b",\r\n]'),
]


def _document(array: str) -> str:
    newline = "\r\n" if "\r" in array else "\n"
    text = '# top\n[kernels.a]\nlanguage = "python"\npackages = ARRAY # behind\n\n# next\n[shell]\n'
    return text.replace("\n", newline).replace("ARRAY", array)


@pytest.mark.parametrize(("before", "after"), APPENDED)
def test_append(before: str, after: str) -> None:
    """A new entry stands as its neighbours do."""
    assert _document(after) == edit.append(_document(before), PATH, "x")


@pytest.mark.parametrize(("before", "index", "after"), REMOVED)
def test_remove(before: str, index: int, after: str) -> None:
    """An entry goes with its line and its comment; the rest keeps its form."""
    assert _document(after) == edit.remove(_document(before), PATH, index)


@pytest.mark.parametrize(
    ("before", "after"),
    [('["a>1", "b"]', '["a>2", "b"]'), ("['a>1'] # c", "['a>2'] # c"), ('[\n "a>1", # c\n]', '[\n "a>2", # c\n]')],
)
def test_set_element(before: str, after: str) -> None:
    """A version is replaced in place, in the same quotes."""
    assert _document(after) == edit.set_element(_document(before), PATH, 0, "a>2")


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        (
            "[shell]\nenv.A = '1' # x\n\n[image]\n",
            ("shell", "tools"),
            "[shell]\nenv.A = '1' # x\ntools = [\"x\"]\n\n[image]\n",
        ),
        ("[shell]", ("shell", "tools"), '[shell]\ntools = ["x"]'),
        ("[image]\n", ("shell", "tools"), '[image]\n\n[shell]\ntools = ["x"]\n'),
        ("shell = {}\n", ("shell", "tools"), 'shell = { tools = ["x"] }\n'),
        ("shell = { a = 1 } # c\n", ("shell", "tools"), 'shell = { a = 1, tools = ["x"] } # c\n'),
        (
            'kernels.r.language = "r"\n[x]\n',
            ("kernels", "r", "packages"),
            'kernels.r.language = "r"\nkernels.r.packages = ["x"]\n[x]\n',
        ),
        (
            '[kernels]\nr.language = "r"\n',
            ("kernels", "r", "packages"),
            '[kernels]\nr.language = "r"\nr.packages = ["x"]\n',
        ),
        ("[jupyter.settings]\n", ("jupyter", "packages"), '[jupyter.settings]\n\n[jupyter]\npackages = ["x"]\n'),
        ("", ("shell", "tools"), '[shell]\ntools = ["x"]\n'),
    ],
)
def test_append_makes_key_and_table(before: str, path: tuple[str, ...], after: str) -> None:
    """A list that is missing is made where its table is, in the way that it is written."""
    assert after == edit.append(before, path, "x")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[kernels.a]\nlanguage = "r"\n# end of a\n\n# about the shell\n[shell]\n',
            '[kernels.a]\nlanguage = "r"\n# end of a\n\n[kernels.n]\nlanguage = "r"\n\n# about the shell\n[shell]\n',
        ),
        ('[kernels.a]\nlanguage = "r"', '[kernels.a]\nlanguage = "r"\n\n[kernels.n]\nlanguage = "r"\n'),
        (
            '[kernels.a]\nlanguage = "r"\n[kernels.a.env]\nX = "1"\n[shell]\n',
            '[kernels.a]\nlanguage = "r"\n[kernels.a.env]\nX = "1"\n\n[kernels.n]\nlanguage = "r"\n\n[shell]\n',
        ),
        ("kernels = {}\n", 'kernels = { n = { language = "r" } }\n'),
        ('kernels.a.language = "r"\n', 'kernels.a.language = "r"\nkernels.n.language = "r"\n'),
        ("[project]\r\n", '[project]\r\n\r\n[kernels.n]\r\nlanguage = "r"\r\n'),
    ],
)
def test_add_table(before: str, after: str) -> None:
    """A kernel is put behind the others, and comments stay with what they are about."""
    assert after == edit.add_table(before, ("kernels", "n"), {"language": "r"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[a]\n\n# about r\n[kernels.r]\nlanguage = "r"\n# end of r\n\n# about b\n[b]\n', "[a]\n\n# about b\n[b]\n"),
        ('[kernels.r]\nlanguage = "r"\n# about b\n[b]\n', "# about b\n[b]\n"),
        ('# the file\n[kernels.r]\nlanguage = "r"\n\n[b]\n', "# the file\n\n[b]\n"),
        ('[a]\n\n[kernels.r]\nlanguage = "r"\n', "[a]\n"),
        ('[kernels.r]\nlanguage = "r"\n[b]\n[kernels.r.env]\nX = "1"\n\n[c]\n', "[b]\n\n[c]\n"),
        ('kernels = { r = { language = "r" }, a = {} }\n', "kernels = { a = {} }\n"),
        ('kernels = { r.language = "r", r.tools = [] }\n', "kernels = {}\n"),
        ('kernels.r.language = "r" # c\nx = 1\nkernels.r.tools = []\n', "x = 1\n"),
        ('[kernels]\nr = { language = "r" }\na = {}\n', "[kernels]\na = {}\n"),
    ],
)
def test_remove_table(before: str, after: str) -> None:
    """A kernel goes with its comment and its sub-tables; other comments stay."""
    assert after == edit.remove_table(before, ("kernels", "r"))


def test_what_cannot_be_edited_is_left() -> None:
    """An edit that the text has no place for is refused with the way out."""
    with pytest.raises(JupyflakeError) as caught:
        edit.add_table('[[kernels.n]]\nlanguage = "r"\n[[kernels.n]]\n[kernels.n.x]\n', ("kernels", "n", "x"), {})
    assert caught.value.code == "JF127"
