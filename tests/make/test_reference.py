"""The library's reference: generated, complete, and about functions that are tested."""

from __future__ import annotations

import re
from pathlib import Path

import cli_reference
import errors_reference
import pytest
import reference

from jupyflake import cli

ROOT = Path(__file__).parents[2]
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "nix").rglob("*.nix")))
EXPORTS = reference.exports()


def test_the_page_is_up_to_date() -> None:
    """What is committed is what the sources say now."""
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page()


def test_the_page_of_the_command_line_is_up_to_date() -> None:
    """What is committed is what the commands say of themselves now."""
    assert cli_reference.PAGE.read_text(encoding="utf-8") == cli_reference.page(), "run make reference"


def test_the_page_of_errors_is_up_to_date() -> None:
    """What is committed is what the table says now."""
    assert errors_reference.PAGE.read_text(encoding="utf-8") == errors_reference.page(), "run make reference"


@pytest.mark.parametrize(("name", "command"), list(cli_reference.commands()))
def test_each_command_has_an_example_of_itself(name: str, command: cli.Command) -> None:
    """The help of each ends with an example."""
    loaded = cli.load(name, command)
    assert (loaded.epilog or "").startswith(f"Example: jupyflake {name}")


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_each_exported_function_is_documented(export: reference.Export) -> None:
    """Each has a sentence and an example."""
    assert export.text.strip().splitlines()[:1], f"nix/{export.file} has no /** */ about {export.name}"
    assert "# Example" in export.text


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_each_exported_function_is_tested(export: reference.Export) -> None:
    """Each is called by an evaluation test, under its name or from its file; a word in a comment is no call."""
    places = {
        rf"[.(]\s*{re.escape(export.name)}(?![\w-])",
        rf"inherit \([^)]*\)[^;]*(?<![\w-]){re.escape(export.name)}(?![\w-])",
        rf"nix/{re.escape(export.file.removesuffix('/default.nix'))}(?![\w-])",
    }
    code = re.sub(r"^[ ]*#[^\n]*|/\*.*?\*/", "", TESTS, flags=re.MULTILINE | re.DOTALL)
    assert any(re.search(place, code) for place in places)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_each_argument_is_documented(export: reference.Export) -> None:
    """Each argument that a function takes stands in its comment."""
    general = {"name", "displayName", "env", "metadata"} if "the rest: see `mkKernel`" in export.text else set()
    missing = [name for name in export.arguments if not re.search(rf"\b{name}\b", export.text)]
    assert set(missing) <= general
