"""Fixtures of the end-to-end tests: what is expensive is made once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import ARTIFACTS, build, cli

if TYPE_CHECKING:
    from collections.abc import Sequence


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
def server_python(shell: Path) -> Path:
    """Give the Python that runs the server, which kernels never see."""
    assert shell
    return build("environment-jupyter") / "bin" / "python3"
