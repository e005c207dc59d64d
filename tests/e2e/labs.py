"""JupyterLab on a project, and the browser that looks at it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright
from support import CLI, environment, free_port, get_json, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

TOKEN = "a-token-of-the-tests"
_ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@contextlib.contextmanager
def serving(project: Path, *options: str, **changes: str | None) -> Iterator[str]:
    """Start Lab by `jupyflake lab` with some options, and changes to the environment; give its address."""
    port = free_port()
    log = project.parent / "lab.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(CLI), "lab", "--no-browser", f"--port={port}", *options],
            cwd=project,
            env=environment(JUPYTER_TOKEN=TOKEN, **changes),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api", log, server)
        yield address
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=30)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=[*_ARGUMENTS])
        yield browser
        browser.close()


def wait_until_connected(lab: str, kernel: str) -> None:
    """Wait for the browser to be connected to an idle kernel: Lab loses what is run before that."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        kernels = get_json(f"{lab}/api/kernels?token={TOKEN}")
        mine = [each for each in kernels if each["name"] == kernel and each["connections"]]
        if any(each["execution_state"] == "idle" for each in mine):
            return
        time.sleep(0.2)
    raise AssertionError(kernels)
