"""README and documentation: what they tell people to type works."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from support import CLI, NIX_CONFIG, ROOT, environment, run

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUNNABLE = re.compile(r"<!-- runnable -->\n```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)[^)]*\)")
WITH_BLOCKS = [page for page in PAGES if RUNNABLE.search(page.read_text(encoding="utf-8"))]


def name(page: Path) -> str:
    """Name a page in the list of tests."""
    return str(page.relative_to(ROOT))


def test_there_are_pages_with_commands_to_run() -> None:
    """The tutorial is among the pages whose commands are run."""
    assert ROOT / "docs" / "tutorial.md" in WITH_BLOCKS


@pytest.mark.network
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("page", WITH_BLOCKS, ids=name)
def test_commands_of_the_page_work(page: Path, tmp_path: Path) -> None:
    """The page's marked blocks run one after the other, in one empty directory."""
    script = "set -eu\n" + "\n".join(RUNNABLE.findall(page.read_text(encoding="utf-8")))
    path = f"{CLI.parent}{os.pathsep}{os.environ['PATH']}"
    settings = str(tmp_path / "settings")
    # No cache is asked but those that the page adds.
    config = NIX_CONFIG.replace("substitute = false", "substituters =")
    env = environment(PATH=path, JUPYFLAKE_CONFIG_DIR=settings, NIX_CONFIG=config)
    directory = tmp_path / "empty"
    directory.mkdir()
    run("sh", "-c", script, cwd=directory, env=env, timeout=1100)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files(page: Path) -> None:
    """Every relative link of a page leads to a file of the repository."""
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_readme_is_short() -> None:
    """The README stays below 80 lines."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 80


def test_every_page_is_in_the_index() -> None:
    """The index of the documentation leads to all of its pages."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    named = {(ROOT / "docs" / target).resolve() for target in LINK.findall(index)}
    left = sorted(name(page) for page in set(PAGES) - named if page.name != "README.md")
    assert left == [], "add these to docs/README.md"
