"""A sample of `make conformance`: the public suite against kernels of seven kinds, and how a browser shows them."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

import pytest
from labs import TOKEN, chromium, serving
from support import ROOT, cli, environment, get_json, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAMPLE = ("python", "r", "bash", "c", "javascript", "lua", "sql")
PROJECT = ROOT / "build" / "conformance" / "debian-trixie"

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def tested() -> Path:
    """Run the suite against the sample; each passes what its file doesn't list, and is counted in a line of its own."""
    answer = run(sys.executable, ROOT / "tests" / "conformance", *SAMPLE, env=environment(PLACES="shell"), check=False)
    lines = [line for line in answer.stdout.splitlines() if re.search(r"\d+ passed, \d+ failed, \d+ skipped$", line)]
    assert [line.split()[0] for line in lines[:-1]] == list(SAMPLE), answer.text
    assert re.match(r"\d+ passed", lines[-1])
    assert answer.code == 0, answer.text
    return PROJECT


@pytest.fixture
def lab(tested: Path) -> Iterator[str]:
    """Start Lab with the sample's kernels."""
    with serving(tested, "--locked") as address:
        yield address


def test_launcher_shows_languages_with_their_pictures(lab: str, artifacts: Path) -> None:
    """The public suite has passed; each language has its name, and a picture that can be drawn."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 760})
        page.goto(f"{lab}/lab?token={TOKEN}")
        section = page.locator(
            ".jp-Launcher-section", has=page.locator('.jp-Launcher-sectionTitle:text-is("Notebook")')
        )
        section.locator(".jp-LauncherCard").first.wait_for(timeout=60_000)
        titles = [card.get_attribute("title") for card in section.locator(".jp-LauncherCard").all()]
        pictures = section.locator(".jp-LauncherCard img")
        widths = [
            picture.evaluate("image => image.decode().then(() => image.naturalWidth)") for picture in pictures.all()
        ]
        page.screenshot(path=artifacts / "launcher-languages.png")
    names = [re.sub(r"^R \d+\.\d+\.\d+$", "R", str(title)) for title in sorted(titles, key=str)]
    assert names == ["Bash", "C", "JavaScript", "Lua", "Python 3.13", "R", "SQL"]
    assert len(widths) == len(SAMPLE)
    assert min(widths) > 0
    specs = get_json(f"{lab}/api/kernelspecs?token={TOKEN}")["kernelspecs"]
    languages = {name: each["spec"]["language"] for name, each in specs.items()}
    assert languages == {
        "python3": "python",
        "r": "R",
        "bash": "bash",
        "c": "c",
        "javascript": "javascript",
        "lua": "lua",
        "sql": "sql",
    }
    assert specs["bash"]["spec"]["metadata"] == {"supported_encryption": ["curve"]}


def test_sql_reaches_files_of_two_kinds(tested: Path, tmp_path: Path) -> None:
    """A file of SQLite is read without anything from the network, and one of DuckDB is written and read again."""
    with sqlite3.connect(tmp_path / "mine.sqlite") as database:
        database.execute("CREATE TABLE answers AS SELECT 4711 AS answer")
    sources = (
        f"%LOAD {tmp_path}/mine.sqlite",
        "SELECT answer FROM answers",
        f"%CREATE {tmp_path}/mine.duckdb",
        "CREATE TABLE words AS SELECT 'kept' AS word",
        f"%LOAD {tmp_path}/mine.duckdb",
        "SELECT word FROM words",
    )
    cells: list[dict[str, Any]] = [
        {
            "id": str(number),
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    metadata = {"kernelspec": {"name": "sql", "display_name": "SQL"}}
    notebook = tmp_path / "sql.ipynb"
    notebook.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}))
    cli("test", notebook, "--locked", "--output", tmp_path / "made", cwd=tested)
    (made,) = (tmp_path / "made").rglob("sql.ipynb")
    outputs = [json.dumps(cell["outputs"]) for cell in json.loads(made.read_text(encoding="utf-8"))["cells"]]
    assert "4711" in outputs[1]
    assert "kept" in outputs[5]
