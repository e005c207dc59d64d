"""`jupyflake doctor` and `jupyflake clean`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import requests

from jupyflake import cleaning, engine
from jupyflake import project as projects
from jupyflake.doctor import machine, network, state
from jupyflake.doctor.finding import Finding, look
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Any]

needs_nix = pytest.mark.skipif(shutil.which("nix") is None, reason="Nix is not installed")


@needs_nix
def test_a_machine_that_works(project: Path, jupyflake: Run) -> None:
    """On this machine all that Nix needs is well; the project has no lock, which is said with its cure."""
    assert project.is_dir()
    result = jupyflake("doctor", "--offline", "--json")
    found = {finding["name"]: finding for finding in json.loads(result.out)}
    assert {name: found[name]["status"] for name in ("system", "nix", "features", "user", "manifest")} == dict.fromkeys(
        ("system", "nix", "features", "user", "manifest"), "ok"
    )
    assert (found["lock"]["status"], found["lock"]["cure"]) == ("fail", "jupyflake lock")
    assert result.code == 1


def test_without_nix(project: Path, jupyflake: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without Nix gets the command that installs it, and the rest of the report."""
    monkeypatch.setenv("PATH", str(project))
    result = jupyflake("doctor", "--offline")
    assert result.code == 1
    lines = result.out.splitlines()
    assert "fail  nix       the program `nix` is not installed, or not on PATH" in lines
    assert (
        lines[lines.index("fail  nix       the program `nix` is not installed, or not on PATH") + 1]
        .strip()
        .startswith("try: sudo apt install nix-bin")
    )
    assert any(line.startswith("ok    manifest") for line in lines)
    assert not any("Traceback" in line for line in lines)


@pytest.mark.parametrize(
    ("printed", "status"),
    [("nix (Nix) 2.3.16", "fail"), ("nix (Nix) 2.8.0", "ok"), ("nix (Nix) 2.34.1pre20261101", "ok"), ("lix", "fail")],
)
def test_versions_of_nix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str, status: str) -> None:
    """2.8 is the oldest that will do."""
    nix = tmp_path / "nix"
    nix.write_text(f'#!/bin/sh\necho "{printed}"\n', encoding="utf-8")
    nix.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert machine.program().status == status


@pytest.mark.parametrize(("gigabytes", "status"), [(1, "fail"), (5, "note"), (50, "ok")])
def test_space(monkeypatch: pytest.MonkeyPatch, gigabytes: int, status: str) -> None:
    """Little room is said before a build finds it out."""
    usage = shutil.disk_usage("/")._replace(free=gigabytes * 10**9)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    assert machine.space().status == status


def test_no_engine_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only images need an engine."""

    def nothing() -> engine.Engine:
        raise JupyflakeError("JF501", "there is no container engine", hint="install one")

    monkeypatch.setattr("jupyflake.engine.find", nothing)
    found = machine.containers()
    assert (found.status, found.cure) == ("note", "install one")


@pytest.mark.parametrize(
    ("date", "names"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", ["fail"]),
        ("no date", []),
    ],
)
def test_a_clock_that_is_wrong(date: str, names: list[str]) -> None:
    """The mirror's own time is what this machine's is compared with."""
    response = requests.Response()
    response.headers["Date"] = date
    assert [finding.status for finding in network.clock(response)] == names


def test_an_error_becomes_a_finding() -> None:
    """What the tool's own code raises is reported with its cure, not thrown."""

    def broken() -> Finding:
        raise JupyflakeError("JF103", "this is no TOML", where="jupyter.toml:3:1", hint="mend it")

    assert look("manifest", broken).lines() == [
        "fail  manifest  jupyter.toml:3:1: this is no TOML",
        "                try: mend it",
    ]


def test_what_git_hides_is_found_and_cured(project: Path) -> None:
    """An untracked manifest is invisible to `nix build`; the cure is what git offers for that."""
    assert state.tracked(projects.read(project)) is None
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    found = state.tracked(projects.read(project))
    assert found is not None
    assert (found.status, found.cure) == ("note", "git add -N jupyter.toml")
    assert found.fix is not None
    found.fix()
    again = state.tracked(projects.read(project))
    assert again is not None
    assert again.status == "ok"


def _state(project: Path) -> Path:
    runtime = project / ".jupyter" / "runtime"
    runtime.mkdir(parents=True)
    (project / ".jupyter" / "roots").mkdir()
    (project / ".jupyter" / "lab").mkdir()
    (runtime / "jpserver-999999999.json").write_text("{}", encoding="utf-8")
    (project / "result").symlink_to("/nix/store/0-built")
    (project / "result-data").write_text("mine", encoding="utf-8")
    (project / "results").symlink_to("elsewhere")
    return runtime


def test_clean_removes_what_can_be_made_again(project: Path, jupyflake: Run) -> None:
    """Links into the store and caches go; files of people's own and Lab's settings stay."""
    _state(project)
    listed = jupyflake("clean", "--dry-run")
    assert listed.out.split() == ["result", ".jupyter/roots", ".jupyter/runtime"]
    assert (project / "result").is_symlink()
    assert jupyflake("clean").out.split()[1:] == listed.out.split()
    assert sorted(path.name for path in project.iterdir()) == [".jupyter", "jupyter.toml", "result-data", "results"]
    assert (project / ".jupyter" / "lab").is_dir()
    assert jupyflake("clean").out == "nothing to remove\n"
    assert json.loads(jupyflake("clean", "--state", "--json").out) == {"removed": [".jupyter"], "store": None}
    assert not (project / ".jupyter").exists()


def test_clean_leaves_a_running_server_alone(project: Path, jupyflake: Run) -> None:
    """Nothing at all is removed while Lab runs in the project."""
    runtime = _state(project)
    (runtime / f"jpserver-{os.getpid()}.json").write_text("{}", encoding="utf-8")
    result = jupyflake("clean")
    assert result.code == 1
    assert result.err.startswith("error[JF640]: JupyterLab is running in this project")
    assert (project / "result").is_symlink()


def test_what_dead_servers_left_is_found(project: Path) -> None:
    """Files of processes that are no more are removed by --fix, those of living ones stay."""
    runtime = _state(project)
    mine = runtime / f"jpserver-{os.getpid()}-open.html"
    mine.write_text("", encoding="utf-8")
    read = projects.read(project)
    found = state.leftovers(read)
    assert found is not None
    assert found.fix is not None
    found.fix()
    assert list(runtime.iterdir()) == [mine]
    assert state.leftovers(read) is None
    assert cleaning.is_running(mine)
