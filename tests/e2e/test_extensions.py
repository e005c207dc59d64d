"""Extensions from PyPI in one Lab, each seen working in a browser: they are enabled by being listed."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from labs import TOKEN, chromium, serving, wait_until_connected
from playwright.sync_api import expect
from support import cli, get_json, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]

MANIFEST = """
[project]
name = "extensions"
base = "debian/trixie"

[jupyter]
packages = [
  "jupyterlab", "jupyterlab-lsp", "python-lsp-server[pyflakes]", "jupyterlab-git", "jupyter-collaboration",
  "theme-darcula", "jupyterlab-language-pack-de-DE",
]
tools = ["git"]

[jupyter.overrides]
"@jupyterlab/apputils-extension:themes".theme = "Darcula"
"@jupyterlab/translation-extension:plugin".locale = "de_DE"
"@jupyterlab/notebook-extension:tracker".codeCellConfig.lineNumbers = true

[kernels.py313]
language = "python"
packages = ["ipywidgets"]
"""
SLIDER = "import ipywidgets\nipywidgets.IntSlider(value=7, description='seven')"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start Lab in a project in a git repository, with nothing on PATH that the project does not bring."""
    project = tmp_path_factory.mktemp("extensions") / "project"
    project.mkdir()
    (project / "jupyter.toml").write_text(MANIFEST, encoding="utf-8")
    run("git", "init", "--initial-branch=trunk", cwd=project)
    cli("lock", cwd=project)
    with serving(project) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def page(browser: Browser, lab: str, artifacts: Path) -> Iterator[Page]:
    """Open Lab with a notebook, for all tests of this file."""
    page = browser.new_page(viewport={"width": 1280, "height": 760})
    page.goto(f"{lab}/lab?token={TOKEN}&reset")
    page.locator(".jp-LauncherCard").first.click(timeout=60_000)
    page.locator(".jp-Notebook .jp-Cell .cm-content").first.wait_for(timeout=60_000)
    wait_until_connected(lab, "py313")
    yield page
    page.screenshot(path=artifacts / "extensions.png")
    page.close()


def test_theme_and_language_are_those_of_the_manifest(page: Page) -> None:
    """`[jupyter.overrides]` chooses the theme and the language pack that were installed."""
    expect(page.locator('body[data-jp-theme-name="Darcula"]')).to_be_attached()
    expect(page.locator(".lm-MenuBar-item").first).to_have_text("Datei")


def test_override_reaches_the_notebook(page: Page) -> None:
    """A setting of the manifest holds without a click: line numbers are shown."""
    expect(page.locator(".jp-Notebook .cm-lineNumbers").first).to_be_visible()


def test_widget_of_a_kernel_is_shown(page: Page) -> None:
    """For the kernel only ipywidgets is listed; the server shows its widgets."""
    cell = page.locator(".jp-Notebook .jp-Cell .cm-content").first
    cell.click()
    page.keyboard.insert_text(SLIDER)
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".widget-slider .widget-readout").first).to_have_text("7", timeout=60_000)


def test_language_server_runs(page: Page, lab: str) -> None:
    """The language server that is a package of the server has started for the notebook, and marks a mistake in it."""
    page.keyboard.insert_text("import os, json\nx = nonesuch")
    expect(page.locator(".cm-lintRange, .cm-lsp-diagnostic, .cm-lintRange-error").first).to_be_attached(timeout=90_000)
    sessions = get_json(f"{lab}/lsp/status?token={TOKEN}")["sessions"]
    assert sessions["pylsp"]["status"] == "started"


def test_git_extension_sees_the_repository(page: Page) -> None:
    """The git extension finds git by `tools` of the server and shows the branch (jupyterlab/jupyterlab-git #789)."""
    page.locator('li[data-id="jp-git-sessions"]').click()
    expect(page.locator("#jp-git-sessions")).to_contain_text("trunk", timeout=60_000)


def test_two_people_edit_one_notebook(page: Page, browser: Browser, lab: str) -> None:
    """What one types the other sees: real-time collaboration is on."""
    other = browser.new_page(viewport={"width": 1280, "height": 760})
    other.goto(f"{lab}/lab/workspaces/other/tree/Untitled.ipynb?token={TOKEN}")
    theirs = other.locator(".jp-Notebook .jp-Cell .cm-content").first
    expect(theirs).to_contain_text("IntSlider", timeout=60_000)
    theirs.click()
    other.keyboard.insert_text("# written by the other\n")
    expect(page.locator(".jp-Notebook .jp-Cell .cm-content").first).to_contain_text("written by the other")
    other.close()


def test_extension_manager_points_at_the_manifest(page: Page, lab: str) -> None:
    """Nothing can be installed from the browser, which says what to do instead (tweag/jupyenv #539, #31)."""
    page.locator('li[data-id="extensionmanager.main-view"]').click()
    expect(page.locator('[id="extensionmanager.main-view"]')).to_contain_text("jupyflake add --server", timeout=60_000)
    request = urllib.request.Request(
        f"{lab}/lab/api/extensions?token={TOKEN}",
        data=b'{"cmd": "install", "extension_name": "jupyterlab-git"}',
        method="POST",
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 422
    refused.value.close()
