"""Fixtures of the end-to-end tests: what is expensive is made once."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import engines
import pytest
from machines import Small
from support import ARTIFACTS, CLI, ROOT, Result, build, cli, copy_project, copy_toolkit, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engines import RunningEngine
    from support import Develop


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark all that is below this directory."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Make the directory for what people may want to look at afterwards."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    return ARTIFACTS


@pytest.fixture(scope="session")
def shell() -> Path:
    """Build the root project's shell; the lock as committed is up to date, or this fails."""
    cli("fetch", "--locked", timeout=1200)
    return build("shell")


@pytest.fixture(scope="session")
def project(shell: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project with the flake that people get, whose input is a copy of this repository."""
    assert shell
    toolkit = copy_toolkit(tmp_path_factory.mktemp("toolkit"))
    directory = copy_project(tmp_path_factory.mktemp("project") / "example")
    flake = (ROOT / "templates" / "default" / "flake.nix").read_text(encoding="utf-8")
    assert "path:/path/to/jupyflake" in flake
    (directory / "flake.nix").write_text(flake.replace("/path/to/jupyflake", str(toolkit)), encoding="utf-8")
    run("nix", "flake", "lock", cwd=directory)
    return directory


@pytest.fixture(scope="session")
def develop(project: Path) -> Develop:
    """Run commands by plain `nix develop` in the project, without our command line."""

    def in_shell(*command: str | Path, **options: Any) -> Result:
        return run("nix", "develop", "-c", *command, cwd=project, **options)

    return in_shell


@pytest.fixture(scope="session")
def server_python(shell: Path) -> Path:
    """Give the Python that runs the server, which kernels never see."""
    assert shell
    return build("environment-jupyter") / "bin" / "python3"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Make a project that is cheap to copy to other machines; what it needs is in this machine's store."""
    return Small.make(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def image(shell: Path) -> str:
    """Build the root project's image and give its name."""
    assert shell
    summary = subprocess.run([build("imageStream"), "--summary"], capture_output=True, text=True, check=True)
    reference: str = json.loads(summary.stdout)["reference"]
    return reference


@pytest.fixture(scope="session", params=["docker", "podman"])
def engine(request: pytest.FixtureRequest, image: str) -> Iterator[RunningEngine]:
    """Start an engine and load the image by our command line."""
    with engines.running(request.param) as started:
        loaded = subprocess.run(
            [CLI, "image", "load", "--json", "--locked"],
            cwd=ROOT,
            env=started.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert loaded.returncode == 0, loaded.stderr
        assert json.loads(loaded.stdout)["reference"] == image
        yield started


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Make a directory of an ordinary user, with a name that needs care."""
    path = tmp_path / "tiedostot ja, dåta"
    path.mkdir()
    os.chown(path, 1000, 100)
    for parent in path.parents[:3]:
        parent.chmod(0o755)
    return path


@pytest.fixture
def program(engine: RunningEngine, image: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Give a function that runs a program in the image: options of the engine, then after "--" the command."""

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        place = words.index("--")
        return engine.run("run", "--rm", "--network=host", *words[:place], image, *words[place + 1 :])

    return run
