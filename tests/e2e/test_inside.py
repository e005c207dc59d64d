"""Installing from a notebook: answers, and `%jupyflake add` in a browser with a restart into the new environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from labs import TOKEN, chromium, serving, wait_until_connected
from support import copy_project

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page
    from support import Develop

pytestmark = pytest.mark.usefixtures("shell")

FIXED = "the packages of this kernel are fixed by jupyter.lock"
KERNEL = "py313"
PARTS = ["answers.py", "bin", "commands.py", "offer.html", "startup.py"]


@pytest.mark.parametrize(
    ("cell", "cure"),
    [
        ("%pip install -q polars", "jupyflake add --kernel py311 polars"),
        ("!{sys.executable} -m pip install 'polars>=1' && echo done", "jupyflake add --kernel py311 'polars>=1'"),
        ("%conda install -y -c conda-forge polars=1.2", "jupyflake add --kernel py311 'polars==1.2.*'"),
        ("%jupyflake add polars", "jupyflake add --kernel py311 polars"),
        ("%%bash\npip3 install polars", "jupyflake add --kernel py311 polars"),
    ],
)
def test_python_answers_with_the_command(develop: Develop, cell: str, cure: str) -> None:
    """Each way to install from a cell fails and names the command that adds the package."""
    answer = develop("jupyter", "run", "--kernel=py311", stdin=cell, check=False)
    assert answer.code != 0
    assert f"try: {cure}" in answer.stdout + answer.stderr


def test_what_is_there_needs_no_installation(develop: Develop) -> None:
    """A notebook that begins with `%pip install` of what its kernel has runs on, and no name is left in it."""
    cell = "%pip install pandas 'numpy<2'\nprint([name for name in globals() if 'flake' in name or name == 'answers'])"
    answer = develop("jupyter", "run", "--kernel=py311", stdin=cell)
    assert "in this kernel already" in answer.stdout
    assert answer.stdout.endswith("[]\n")
    specs = json.loads(develop("jupyter", "kernelspec", "list", "--json").stdout)["kernelspecs"]
    # Root could write into the store, and an image would then differ from its own description.
    startup = Path(specs["py311"]["spec"]["env"]["PYTHONSTARTUP"])
    assert sorted(path.name for path in startup.parent.iterdir()) == PARTS


@pytest.fixture
def page(tmp_path: Path, artifacts: Path) -> Iterator[tuple[Page, str, Path]]:
    """Open Lab on a copy of the project."""
    project = copy_project(tmp_path / "mein projekt")
    with serving(project) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 760})
        page.goto(f"{address}/lab?token={TOKEN}&reset")
        page.locator(".jp-Launcher").wait_for(timeout=60_000)
        yield page, address, project
        page.screenshot(path=artifacts / "inside.png")


def _run(page: Page, text: str) -> Locator:
    """Type into the cell that has the focus, run it, and give the outputs of the notebook."""
    page.keyboard.insert_text(text)
    page.keyboard.press("Shift+Enter")
    return page.locator(".jp-Notebook .jp-OutputArea-output")


@pytest.mark.network
def test_adds_a_package_and_restarts_into_it(page: tuple[Page, str, Path]) -> None:
    """`%jupyflake add` changes manifest and lock; its button restarts the kernel into it; outputs stay."""
    browser, lab, project = page
    browser.locator('.jp-LauncherCard[title^="Python 3.13"]').first.click()
    cell = browser.locator(".jp-Notebook .jp-Cell .cm-content").first
    cell.wait_for(timeout=60_000)
    wait_until_connected(lab, KERNEL)
    cell.click()
    _run(browser, "import importlib.util\nprint('before', importlib.util.find_spec('toolz'))").first.wait_for()
    _run(browser, "%jupyflake add toolz")
    button = browser.locator(".jupyflake-offer button")
    button.wait_for(timeout=240_000)
    assert '"toolz"' in (project / "jupyter.toml").read_text(encoding="utf-8")
    assert '"toolz"' in (project / "jupyter.lock").read_text(encoding="utf-8")
    button.click()
    browser.locator(".jupyflake-offer button:text-is('Restarted')").wait_for(timeout=60_000)
    wait_until_connected(lab, KERNEL)
    browser.locator(".jp-Notebook .jp-Cell .cm-content").last.click()
    _run(browser, "import toolz\nprint('after', toolz.__name__)")
    browser.locator(".jp-OutputArea-output", has_text="after toolz").last.wait_for(timeout=60_000)
    assert browser.locator(".jp-OutputArea-output", has_text="before None").count() == 1
    # The button that everybody knows leads to the new environment too.
    browser.locator('[data-command="notebook:restart-kernel"]').first.click()
    browser.locator(".jp-Dialog .jp-mod-accept").click()
    browser.locator(".jp-Dialog").wait_for(state="detached")
    wait_until_connected(lab, KERNEL)
    browser.locator(".jp-Notebook .jp-Cell .cm-content").last.click()
    _run(browser, "import toolz\nprint('again', toolz.__name__)")
    browser.locator(".jp-OutputArea-output", has_text="again toolz").last.wait_for(timeout=60_000)


@pytest.mark.parametrize(("kernel", "cell"), [("py313", "%jupyflake add six"), ("r", "install.packages('zoo')")])
def test_an_image_says_that_it_cannot_change(
    program: Callable[..., subprocess.CompletedProcess[str]], kernel: str, cell: str
) -> None:
    """In a container the answer names the image as the reason, and what to do where it was built."""
    answer = program("--", "sh", "-c", f'echo "{cell}" | jupyter run --kernel={kernel} 2>&1; true')
    assert "image" in answer.stdout
    assert "never changes" in answer.stdout
    assert f"jupyflake add --kernel {kernel}" in answer.stdout
    assert "&& jupyflake image build" in answer.stdout
