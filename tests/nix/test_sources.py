"""Packages of the project's own: Nix and the command line see alike whether the lock is still right."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyflake import process
from jupyflake.lock import Lock, Wheel, dumps
from jupyflake.lock.model import DirectorySource, FileSource
from jupyflake.resolve import trees
from jupyflake.resolve.unchanged import first_changed
from jupyflake.store import nix_environment

if TYPE_CHECKING:
    from jupyflake.lock.model import Source

ROOT = Path(__file__).parents[2]
STATIC = '[project]\nname = "ü"\nversion = "1"\ndependencies = ["a<2", "b; python_version > \'3\'"]\n'
DYNAMIC = '[project]\nname = "x"\ndynamic = ["version"]\n[build-system]\nrequires = ["c"]\nbuild-backend = "c.d"\n'


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    """Make a project with a wheel and with three kinds of directories, and its lock."""
    for name, text in (("static", STATIC), ("dynamic", DYNAMIC), ("old", None)):
        (tmp_path / name).mkdir()
        if text is not None:
            (tmp_path / name / "pyproject.toml").write_text(text, encoding="utf-8")
    for name in ("dynamic", "old"):
        (tmp_path / name / "setup.py").write_text("import setuptools\n", encoding="utf-8")
    (tmp_path / "a.whl").write_bytes(b"a")
    lines = [_line("a", hashlib.sha256(b"a").hexdigest(), FileSource(path="a.whl"))]
    for name in ("static", "dynamic", "old"):
        tree = tmp_path / name
        lines.append(_line(name, trees.digest(tree, trees.pyproject(tree, "", name)), DirectorySource(path=name)))
    return Lock(manifest="0" * 64, systems=("x86_64-linux",), environments={}, wheels=tuple(lines))


def _line(name: str, sha256: str, source: Source) -> Wheel:
    return Wheel(name=name, version="1", file=f"{name}-1", size=0, sha256=sha256, source=source, use={})


def _complaint(directory: Path, lock: Lock) -> str | None:
    (directory / "jupyter.lock").write_text(dumps(lock), encoding="utf-8")
    expression = (
        f"(import {ROOT}/nix/sources.nix {{ src = {json.dumps(str(directory))}; }}).complaint"
        f" (builtins.fromJSON (builtins.readFile {directory}/jupyter.lock))"
    )
    command = ["nix-instantiate", "--eval", "--strict", "--json", "--expr", expression]
    answer = json.loads(process.run(command, env=nix_environment()).stdout)
    return None if answer is None else str(answer)


def test_what_is_as_it_was_locked(tmp_path: Path, lock: Lock) -> None:
    """Both make the same digests; modules and other tables may change."""
    (tmp_path / "static" / "x.py").write_text("", encoding="utf-8")
    (tmp_path / "static" / "pyproject.toml").write_text(f"{STATIC}[tool.x]\na = 1.5\n", encoding="utf-8")
    assert first_changed(tmp_path, lock) is None
    assert _complaint(tmp_path, lock) is None


@pytest.mark.parametrize(
    ("file", "text", "changed", "complaint"),
    [
        ("a.whl", "b", "a.whl", "a.whl is another file than jupyter.lock has: run `jupyflake lock`"),
        ("static/pyproject.toml", STATIC.replace("a<2", "a<3"), "static/pyproject.toml", "static/pyproject.toml: run"),
        ("dynamic/setup.py", "", "dynamic/pyproject.toml", "jupyter.lock is older than dynamic/pyproject.toml"),
        ("old/setup.cfg", "", "old/pyproject.toml", "jupyter.lock is older than old/pyproject.toml"),
    ],
)
def test_what_changed(tmp_path: Path, lock: Lock, file: str, *, text: str, changed: str, complaint: str) -> None:
    """Both name the file that the lock is older than."""
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert first_changed(tmp_path, lock) == changed
    assert complaint in str(_complaint(tmp_path, lock))


@pytest.mark.parametrize("path", ["a.whl", "static"])
def test_what_is_not_there(tmp_path: Path, lock: Lock, path: str) -> None:
    """What Nix can't see is perhaps not tracked (nix-community/poetry2nix #1901, #143; pyproject-nix/uv2nix #137)."""
    (tmp_path / path).rename(tmp_path / "elsewhere")
    assert first_changed(tmp_path, lock) in {path, f"{path}/pyproject.toml"}
    assert f"`git add -N {path}`" in str(_complaint(tmp_path, lock))


@pytest.mark.parametrize(
    ("tool", "directories"),
    [
        ("", ["libs/x/src"]),
        ('[tool.setuptools]\npackage-dir = { "" = "lib" }\n', ["libs/x/lib"]),
        ('[tool.setuptools.packages.find]\nwhere = ["python", "more"]\n', ["libs/x/more", "libs/x/python"]),
        ('[tool.setuptools]\npackages = ["x"]\npackage-dir = { "" = "." }\n', ["libs/x"]),
        ('[tool.hatch.build.targets.wheel]\npackages = ["lib/x", "lib/y/"]\n', ["libs/x/lib"]),
        ('[tool.hatch.build.targets.wheel]\npackages = ["x"]\n', ["libs/x"]),
        ('[tool.hatch.build.targets.wheel.sources]\n"src" = ""\n', ["libs/x/src"]),
        ('[tool.hatch.build]\ndev-mode-dirs = ["."]\n', ["libs/x"]),
        ('[tool.poetry]\npackages = [{ include = "x", from = "lib" }]\n', ["libs/x/lib"]),
        ('[tool.poetry]\npackages = [{ include = "x" }]\n', ["libs/x"]),
        ('[tool.pdm.build]\npackage-dir = "lib"\n', ["libs/x/lib"]),
        ('[tool.uv.build-backend]\nmodule-root = ""\n', ["libs/x"]),
    ],
)
def test_where_modules_are_imported_from(tmp_path: Path, tool: str, directories: list[str]) -> None:
    """Each build backend's own words for it are understood; without any it is `src`."""
    (tmp_path / "libs/x/src/x").mkdir(parents=True)
    (tmp_path / "libs/x/pyproject.toml").write_text(f'[project]\nname = "x"\nversion = "1"\n{tool}', encoding="utf-8")
    line = '{ name = "x"; version = "1"; source = { kind = "directory"; path = "libs/x"; }; }'
    expression = f"(import {ROOT}/nix/sources.nix {{ src = {json.dumps(str(tmp_path))}; }}).editable {line}"
    command = ["nix-instantiate", "--eval", "--strict", "--json", "--expr", f"({expression}).directories"]
    assert json.loads(process.run(command, env=nix_environment()).stdout) == directories


def test_a_package_at_the_top_is_imported_from_there(tmp_path: Path) -> None:
    """Without `src` the directory itself is looked into, and for the project's own package the project is."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n', encoding="utf-8")
    line = '{ name = "x"; version = "1"; source = { kind = "directory"; path = "."; }; }'
    expression = f"(import {ROOT}/nix/sources.nix {{ src = {json.dumps(str(tmp_path))}; }}).editable {line}"
    command = ["nix-instantiate", "--eval", "--strict", "--json", "--expr", f"({expression}).directories"]
    assert json.loads(process.run(command, env=nix_environment()).stdout) == ["."]
