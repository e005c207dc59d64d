"""Fixtures of the end-to-end tests: what is expensive is made once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from machines import Small
from support import ARTIFACTS, ROOT, Result, build, cli, copy_project, copy_toolkit, run

if TYPE_CHECKING:
    from collections.abc import Sequence

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
