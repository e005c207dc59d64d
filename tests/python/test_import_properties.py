"""Whatever stands in a file of another tool: it is read, or one line says what is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyflake.errors import JupyflakeError
from jupyflake.importing import discover, merge

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED = {"JF150", "JF151", "JF154"}
WORDS = st.sampled_from(
    [
        *("numpy", "numpy==1", "r-base", "r-dplyr", "python=3.11", "-r", "-c x", "--hash", "pip", "- ", ": ", "#"),
        *("install.packages(", "c(", '"', "'", ")", "library(x)", "Imports:", "[", "]", "{", "}", "=", ",", "; "),
        *("^1.2", "~1", "*", "dependencies:", "\n  - ", "%pip install ", "!apt-get install ", "import ", "é", "\x00"),
        *("\t", "@ ", "::", "\\", "\n"),
    ]
)
TEXTS = st.lists(WORDS | st.text(max_size=5), max_size=25).map("".join)
LEAVES = st.none() | st.booleans() | st.integers(-9, 99) | st.sampled_from(["*", "^1", "numpy", "==1", ">=", "", "é"])
KEYS = st.sampled_from(["version", "extras", "markers", "git", "python", "x", "name", "include-group", "Source"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def tolerant(path: Path) -> None:
    """Read a file: what is raised is explained, and what is found can be put together."""
    failure: JupyflakeError | None = None
    try:
        merge.packages(discover.read(path, path.name))
    except JupyflakeError as error:
        failure = error
    if failure is not None:
        assert failure.code in EXPECTED
        assert failure.hint
        assert failure.where is None or path.name.split(".")[0] in failure.where


@pytest.mark.parametrize(
    "name",
    [
        *("requirements.txt", "environment.yml", "install.R", "DESCRIPTION", "apt.txt", "runtime.txt", "Pipfile"),
        *("pyproject.toml", "renv.lock", "a.ipynb", "setup.py", ".python-version", "pylock.toml"),
    ],
)
@given(text=TEXTS)
@FEW
def test_any_text(name: str, text: str, tmp_path: Path) -> None:
    """Any text has an answer."""
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    tolerant(path)


def table(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Make tables with some of these keys."""
    return st.dictionaries(st.sampled_from(keys), VALUES, max_size=len(keys))


DOCUMENTS = {
    "pyproject.toml": st.fixed_dictionaries(
        {
            "project": table("name", "dependencies", "requires-python", "optional-dependencies", "dynamic") | VALUES,
            "dependency-groups": st.dictionaries(KEYS, VALUES, max_size=2) | VALUES,
            "tool": st.fixed_dictionaries(
                {"poetry": table("dependencies", "group", "dev-dependencies"), "uv": table("sources", "index") | VALUES}
            )
            | VALUES,
        }
    ),
    "Pipfile": table("packages", "dev-packages", "requires", "source"),
    "Pipfile.lock": st.fixed_dictionaries({"default": VALUES, "_meta": VALUES}),
    "pylock.toml": st.fixed_dictionaries({"lock-version": st.just("1.0"), "packages": st.lists(VALUES, max_size=3)}),
    "renv.lock": st.fixed_dictionaries({"Packages": st.dictionaries(KEYS, VALUES, max_size=3) | VALUES}),
    "a.ipynb": st.fixed_dictionaries({"cells": st.lists(VALUES, max_size=3) | VALUES, "metadata": VALUES}),
}


def without_nothing(value: Any) -> Any:
    """Take out what TOML cannot say."""
    if isinstance(value, dict):
        return {key: without_nothing(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nothing(item) for item in value if item is not None]
    return value


@pytest.mark.parametrize("name", DOCUMENTS)
@given(data=st.data())
@FEW
def test_any_values(name: str, data: st.DataObject, tmp_path: Path) -> None:
    """A file of the right form with any values has an answer."""
    document = data.draw(DOCUMENTS[name])
    toml = name.endswith("toml") or name == "Pipfile"
    text = tomlkit.dumps(without_nothing(document)) if toml else json.dumps(document)
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    tolerant(path)
