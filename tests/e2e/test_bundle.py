"""Bundles for real: a machine with an empty store and no network builds what another one has bundled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from machines import Machine, Small, machine
from support import CLI

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def offline(tmp_path: Path) -> Iterator[Machine]:
    """Make a machine that has nothing."""
    with machine(tmp_path / "machine") as made:
        yield made


def test_bundle_for_a_machine_without_a_network(small: Small, offline: Machine, tmp_path: Path) -> None:
    """One file and its hash are carried over; the project is there, and builds with the network cut."""
    file = tmp_path / "carried.tar"
    told = json.loads(small.cli("bundle", "create", "--offline", "--json", "-o", file).stdout)
    again = json.loads(small.cli("bundle", "create", "--offline", "--json", "-o", tmp_path / "again.tar").stdout)
    assert told["sha256"] == again["sha256"]
    (tmp_path / "again.tar").unlink()

    project = tmp_path / "there"
    project.mkdir()
    cut = ("unshare", "--net", CLI)
    wrong = offline.run(*cut, "bundle", "use", file, "--sha256", "0" * 64, cwd=project, check=False)
    assert "error[JF352]" in wrong.stderr
    assert not list(project.iterdir())
    used = offline.run(*cut, "bundle", "use", file, "--sha256", told["sha256"], cwd=project)
    assert "jupyter.lock" in used.stderr
    assert (project / "jupyter.lock").read_bytes() == (small.directory / "jupyter.lock").read_bytes()
    answer = offline.run(*cut, "build", "environment-py313", "--offline", "--json", cwd=project)
    python = f"{json.loads(answer.stdout)['path']}/bin/python3"
    assert offline.run(python, "-c", "import ipykernel; print('ready')").stdout == "ready\n"
