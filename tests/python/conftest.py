"""What several tests of the command line need."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from fakes import Key
from world import World, made

from jupyflake import process
from jupyflake.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MANIFEST = """\
# What the team agreed on.
[project]
name = "demo"
base = "debian/trixie"   # stable

[jupyter]
packages = ["jupyterlab"]

# The old one, until the migration.
[kernels.py311]
language = "python"
python = "3.11"
packages = [
    "numpy",      # arrays
    "pandas<2",
]

# Statistics.
[kernels.r]
language = "r"
packages = ["ggplot2"]

[shell]
tools = ["git"]
"""


class Result(NamedTuple):
    """What a run of the command line gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def suites() -> dict[str, str]:
    """Give the Debian suites with their Python."""
    return {"bookworm": "3.11", "trixie": "3.13", "forky": "3.14"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project in a directory with a space and an accent, and go there."""
    directory = tmp_path / "données de test"
    directory.mkdir()
    (directory / "jupyter.toml").write_text(MANIFEST, encoding="utf-8")
    monkeypatch.chdir(directory)
    return directory


@pytest.fixture
def jupyflake(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Result]]:
    """Give a function that runs the command line in this process."""

    def run(*arguments: str | Path) -> Result:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    yield run
    process.set_trace(None)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Give a function that puts a shell script on a PATH which has little else."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for name in ("sh", "cat", "wc", "echo", "test"):
        found = next(place for entry in os.environ["PATH"].split(":") if (place := Path(entry, name)).exists())
        (directory / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(directory))

    def write(name: str, script: str) -> Path:
        path = directory / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Key]:
    """Make one signing key for all tests: the directory's name must be short for gpg's socket."""
    made_key = Key.make(tmp_path_factory.mktemp("k"))
    yield made_key
    made_key.close()


@pytest.fixture
def world(tmp_path: Path, key: Key, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Make index, mirror, store and project."""
    with made(tmp_path, key, monkeypatch) as world:
        yield world
