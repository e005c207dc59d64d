"""`jupyflake clean`: what was made goes, what people wrote stays."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    Run = Callable[..., Any]


def _fill(project: Path) -> None:
    (project / ".jupyter" / "runtime").mkdir(parents=True)
    (project / ".jupyter" / ".gitignore").write_text("*\n", encoding="utf-8")
    (project / "result").symlink_to("/nix/store/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-jupyter")
    (project / "result-image").symlink_to("/nix/store/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-image")
    (project / "results").mkdir()
    (project / "result-of-may").symlink_to("results")
    (project / "a.ipynb").touch()


def test_removes_state_and_links_into_the_store(project: Path, jupyflake: Run) -> None:
    """The state directory and build links go; a directory, a link elsewhere, notebooks and manifest stay."""
    _fill(project)
    result = jupyflake("clean", "--json")
    assert result.code == 0
    assert json.loads(result.out)["removed"] == ["result", "result-image", ".jupyter"]
    assert sorted(path.name for path in project.iterdir()) == ["a.ipynb", "jupyter.toml", "result-of-may", "results"]
    assert jupyflake("clean").err == "there is nothing to remove\n"


def test_dry_run_removes_nothing(project: Path, jupyflake: Run) -> None:
    """With --dry-run everything is listed and still there afterwards."""
    _fill(project)
    result = jupyflake("clean", "--dry-run", "--store")
    assert result.err.splitlines() == ["would remove result", "would remove result-image", "would remove .jupyter"]
    assert (project / "result").is_symlink()
    assert (project / ".jupyter").is_dir()


def test_leaves_a_state_directory_of_others(project: Path, jupyflake: Run) -> None:
    """A .jupyter that our shell did not make is not removed."""
    (project / ".jupyter").mkdir()
    (project / ".jupyter" / "jupyter_notebook_config.py").touch()
    jupyflake("clean")
    assert (project / ".jupyter" / "jupyter_notebook_config.py").exists()


def test_refuses_while_a_server_runs(project: Path, jupyflake: Run) -> None:
    """A running server keeps its state, and is named; the file of one that is gone does not count."""
    _fill(project)
    runtime = project / ".jupyter" / "runtime"
    (runtime / "jpserver-1.json").write_text(json.dumps({"pid": os.getpid()}), encoding="utf-8")
    result = jupyflake("clean")
    assert result.code == 1
    assert result.err.startswith(f"error[JF640]: Jupyter runs in this project, as process {os.getpid()}\n")
    assert (project / "result").is_symlink()
    # No process has this number: it is above the kernel's limit.
    (runtime / "jpserver-1.json").write_text(json.dumps({"pid": 2**22 + 1}), encoding="utf-8")
    assert jupyflake("clean").code == 0


def test_store_collects_by_nix_itself(
    project: Path, jupyflake: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --store Nix' own collector runs, and what it says at the end is told."""
    assert project
    for part in ("store", "state", "log", "conf"):
        directory = tmp_path / "nix" / part
        directory.mkdir(parents=True)
        monkeypatch.setenv(f"NIX_{part.upper()}_DIR", str(directory))
    dead = tmp_path / "nix" / "store" / "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-dead"
    dead.write_text("nobody needs it", encoding="utf-8")
    result = jupyflake("clean", "--store")
    assert result.code == 0, result.err
    assert "1 store paths deleted" in result.err
    assert not dead.exists()
