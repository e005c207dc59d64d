"""The library's reference: generated, complete, and about functions that are tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import reference

ROOT = Path(__file__).parents[2]
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "nix").rglob("*.nix")))
EXPORTS = reference.exports()


def test_the_page_is_up_to_date() -> None:
    """What is committed is what the sources say now."""
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page()


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_each_exported_function_is_documented(export: reference.Export) -> None:
    """Each has a sentence and an example."""
    assert export.text.strip().splitlines()[:1], f"nix/{export.file} has no /** */ about {export.name}"
    assert "# Example" in export.text


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_each_exported_function_is_tested(export: reference.Export) -> None:
    """Each is used by an evaluation test, under its name or from its file."""
    names = {export.name, export.file.removesuffix(".nix").removesuffix("/default")}
    assert any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", TESTS) for name in names)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_each_argument_is_documented(export: reference.Export) -> None:
    """Each argument that a function takes stands in its comment."""
    general = {"name", "displayName", "env", "metadata"} if "the rest: see `mkKernel`" in export.text else set()
    missing = [name for name in export.arguments if not re.search(rf"\b{name}\b", export.text)]
    assert set(missing) <= general
