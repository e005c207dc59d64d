"""`jupyflake notebook`: Notebook 7 on the project."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.request
from typing import TYPE_CHECKING

import pytest
from support import CLI, KERNELS, copy_project, environment, free_port, get_json, wait_for

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("shell")
def test_serves_the_interface_of_notebook_7(tmp_path: Path) -> None:
    """The address opens the tree of files of Notebook 7, with exactly the kernels of the manifest."""
    project = copy_project(tmp_path / "project")
    port = free_port()
    log = tmp_path / "log"
    command = [str(CLI), "notebook", "--no-browser", f"--port={port}", "--", "--ServerApp.answer_yes=True"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=project,
            env=environment(JUPYTER_TOKEN="token"),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api", log, server)
        with urllib.request.urlopen(f"{address}/tree?token=token", timeout=60) as answer:
            assert '"appName": "Jupyter Notebook"' in answer.read().decode()
        assert sorted(get_json(f"{address}/api/kernelspecs?token=token")["kernelspecs"]) == KERNELS
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
