"""JupyterLab in a browser, as a person sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from labs import TOKEN, chromium, serving, wait_until_connected
from support import DISPLAY_NAMES, KERNELS, ROOT, copy_project, get_json, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.usefixtures("shell")

PYTHON_PLOT = (
    "import matplotlib.pyplot as plt, pandas as pd\nplt.plot([1, 4, 9])\nplt.title(f'pandas {pd.__version__}');"
)
CELLS = {
    "py311": PYTHON_PLOT,
    "py313": PYTHON_PLOT,
    "r": "library(ggplot2)\nggplot(cars, aes(speed, dist)) + geom_point() + ggtitle(R.version.string)",
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start Lab as `jupyflake lab` does, in a copy of the project, and give its address."""
    project = copy_project(tmp_path_factory.mktemp("lab") / "project")
    with serving(project, SHELL="/bin/nonesuch") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, lab: str, artifacts: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open a fresh workspace of Lab, which shows the launcher."""
    name = request.node.name.removeprefix("test_").replace("[", "-").rstrip("]")
    page = browser.new_page(viewport={"width": 1280, "height": 760})
    page.goto(f"{lab}/lab/workspaces/{name}?token={TOKEN}&reset")
    page.locator(".jp-Launcher").wait_for(timeout=60_000)
    yield page
    # What a person would have seen when the test ended, in success and failure.
    page.screenshot(path=artifacts / f"{name}.png")
    page.close()


def test_launcher_shows_exactly_the_kernels(page: Page) -> None:
    """The launcher has one notebook card for each kernel of the manifest, and no other."""
    section = page.locator(".jp-Launcher-section", has=page.locator('.jp-Launcher-sectionTitle:text-is("Notebook")'))
    section.locator(".jp-LauncherCard").first.wait_for()
    titles = [card.get_attribute("title") for card in section.locator(".jp-LauncherCard").all()]
    assert sorted(str(title) for title in titles) == sorted(DISPLAY_NAMES.values())


@pytest.mark.parametrize("kernel", KERNELS)
def test_cell_runs_and_its_plot_is_seen(kernel: str, page: Page, lab: str) -> None:
    """A click on a kernel's card opens a notebook, and a cell in it shows its plot."""
    page.locator(f'.jp-LauncherCard[title="{DISPLAY_NAMES[kernel]}"]').first.click()
    cell = page.locator(".jp-Notebook .jp-Cell .cm-content").first
    cell.wait_for(timeout=60_000)
    wait_until_connected(lab, kernel)
    cell.click()
    page.keyboard.insert_text(CELLS[kernel])
    page.keyboard.press("Shift+Enter")
    plot = page.locator(".jp-OutputArea-output img").first
    plot.wait_for(timeout=60_000)
    width, height = plot.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])")
    assert width >= 300
    assert height >= 200


def test_server_lists_exactly_the_kernels(lab: str) -> None:
    """The server's own list has the kernels with their display names (renan-r-santos/pixi-kernel#20)."""
    specs = get_json(f"{lab}/api/kernelspecs?token={TOKEN}")["kernelspecs"]
    assert {name: spec["spec"]["display_name"] for name, spec in specs.items()} == DISPLAY_NAMES


def test_terminal_opens_though_the_shell_of_the_user_is_missing(lab: str, server_python: Path) -> None:
    """A terminal starts a shell that is there when $SHELL names one that is not (jupyterlab/jupyterlab#4501)."""
    answer = run(server_python, ROOT / "tests" / "e2e" / "terminal.py", lab, TOKEN, "echo 6 times 7 is $((6*7))")
    assert "6 times 7 is 42" in answer.stdout


def test_lab_asks_for_its_token(lab: str) -> None:
    """Without the token nothing of the server can be seen."""
    with pytest.raises(OSError, match="403"):
        get_json(f"{lab}/api/contents")
