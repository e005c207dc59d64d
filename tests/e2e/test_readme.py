"""README's part "Every day": what it says works, in its order, with the tool installed as it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from support import CLI, NIX_CONFIG, ROOT, get_json, run, trusting

README = (ROOT / "README.md").read_text(encoding="utf-8")
PORT = 18_432


def block(part: str) -> list[str]:
    """Give the commands of a part's first block, without their comments."""
    text = README.split(f"\n## {part}\n", 1)[1].split("```sh\n", 1)[1].split("```", 1)[0]
    return [line.split("  #")[0].strip() for line in text.splitlines() if line.strip()]


def test_the_first_two_commands_are_targets() -> None:
    """`make demo` and `make test` are what the README names first; tests/fresh-machine.sh runs them."""
    assert block("Try it") == ["make demo", "make test"]


@pytest.mark.network
@pytest.mark.timeout(1200)
def test_every_day(tmp_path: Path) -> None:
    """Install, init, add; then Lab answers with the kernels, and plain Nix gives the same shell."""
    commands = block("Every day")
    *steps, lab, container = commands
    assert (lab, container) == ("jupyflake lab", "jupyflake run")
    installed = tmp_path / "bin"
    env = trusting(
        PATH=f"{installed}{os.pathsep}{CLI.parent}{os.pathsep}{os.environ['PATH']}",
        UV_TOOL_DIR=str(tmp_path / "tools"),
        UV_TOOL_BIN_DIR=str(installed),
        NIX_CONFIG=NIX_CONFIG,
        BROWSER="true",
    )
    directory = tmp_path / "here"
    directory.mkdir()
    (directory / "python").symlink_to(ROOT / "python")
    run("sh", "-c", "set -eu\n" + "\n".join(steps), cwd=directory, env=env, timeout=900)
    assert (installed / "jupyflake").exists()
    project = directory / "analysis"

    log = tmp_path / "lab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [installed / "jupyflake", "lab", "--port", str(PORT)], cwd=project, env=env, stdout=output, stderr=output
        )
    try:
        address, token = _server(project, log, process)
        specs = get_json(f"{address}api/kernelspecs?token={token}")["kernelspecs"]
        assert sorted(specs) == ["py311", "python3", "r"]
    finally:
        process.terminate()
        process.wait(timeout=30)
    # With Nix alone: what the next block says, up to the servers.
    specs = json.loads(
        run("nix", "develop", "-c", "jupyter", "kernelspec", "list", "--json", cwd=project, env=env).stdout
    )
    assert sorted(specs["kernelspecs"]) == ["py311", "python3", "r"]


def _server(project: Path, log: Path, process: subprocess.Popen[bytes]) -> tuple[str, str]:
    """Wait for the server, and give its address and token, as its own file has them."""
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        for path in (project / ".jupyter" / "runtime").glob("jpserver-*.json"):
            told = json.loads(path.read_text(encoding="utf-8"))
            if re.search(
                r"is running at|Jupyter Server .* is running", log.read_text(encoding="utf-8", errors="replace")
            ):
                return told["url"], told["token"]
        time.sleep(0.3)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))
