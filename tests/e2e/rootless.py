"""The image in podman of an ordinary user, whose numbers in containers are others than outside.

Run by `make test-rootless`: it loads all of the image once more, and needs a machine that lets users do so.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from typing import TYPE_CHECKING

import engines
import pytest
from containers import get, server
from support import CLI, ROOT, copy_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engines import RunningEngine

KEEP = "--userns=keep-id:uid=1000,gid=100"


@pytest.fixture(scope="module")
def rootless(image: str) -> Iterator[RunningEngine]:
    """Start podman as nobody, and load the image by our command line."""
    assert image
    with engines.running("rootless") as engine:
        words: list[str | Path] = [CLI, "image", "load", "--engine", "podman", "--locked"]
        loaded = subprocess.run(words, cwd=ROOT, env=engine.environment(), capture_output=True, text=True, check=False)
        assert loaded.returncode == 0, loaded.stderr
        yield engine


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Make a directory of nobody's."""
    nobody = pwd.getpwnam("nobody")
    path = copy_project(tmp_path / "työ")
    os.chown(path, nobody.pw_uid, nobody.pw_gid)
    for parent in path.parents[:3]:
        parent.chmod(0o755)
    return path


def test_jupyflake_run(rootless: RunningEngine, directory: Path) -> None:
    """`jupyflake run` lets the person be the image's user, so what is saved is the person's."""
    words: list[str | Path] = [CLI, "run", "--engine", "podman", "--locked", "--", "sh", "-c", "id -un; touch work/new"]
    completed = subprocess.run(
        words, cwd=directory, env=rootless.environment(), capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr
    assert completed.stdout == "jovyan\n"
    assert (directory / "new").stat().st_uid == directory.stat().st_uid


def test_option_is_named(rootless: RunningEngine, image: str, directory: Path) -> None:
    """Where the option is left out, the container starts and names it; with it, and no rights, a server runs."""
    volume = f"{directory}:/home/jovyan/work"
    said = rootless.run("run", "--rm", "--network=host", "--volume", volume, image, "true").stderr
    (line,) = [line for line in said.splitlines() if line.startswith("jupyflake:")]
    assert f"`{KEEP}`" in line
    options = (KEEP, "--cap-drop=ALL", "--security-opt=no-new-privileges", "--volume", volume)
    with server(rootless, image, *options) as (_, url):
        content = get(url, "api/contents")
        assert isinstance(content, dict)
        assert "jupyter.toml" in [file["name"] for file in content["content"]]
