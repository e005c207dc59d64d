"""The library under other versions of Nix: the Debian base supplies them itself."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from support import NIX_CONFIG, ROOT, Result, cli, copy_toolkit, environment, run

# Debian's versions: the newest is in unstable, and in forky as well. The machine's own runs all other tests.
SUITES = {"machine": (2, 8), "trixie": (2, 26), "forky": (2, 34)}
PROJECTS = ROOT / "tests" / "nix" / "projects"

pytestmark = pytest.mark.network


@pytest.fixture(scope="module", params=SUITES)
def nix(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the `nix-bin` of a suite, and give the directory of its programs."""
    suite = request.param
    if suite == "machine":
        return Path(str(shutil.which("nix"))).parent
    directory = tmp_path_factory.mktemp(suite)
    (directory / "jupyter.toml").write_text(
        f'[project]\nname = "nix"\nbase = "debian/{suite}"\n\n[kernels.py]\nlanguage = "python"\n\n'
        '[shell]\ntools = ["nix-bin"]\n',
        encoding="utf-8",
    )
    cli("lock", cwd=directory)
    cli("fetch", cwd=directory)
    expression = f'(import {ROOT}/nix/manifest.nix {{ src = {directory}; system = "{system()}"; }}).pkgs'
    package = run(
        *("nix-build", "--no-out-link", "--expr", f'({expression}).getPackage "nix-bin"'), cwd=directory
    ).stdout.strip()
    found = run(Path(package) / "bin" / "nix", "--version", env=other(Path(package))).stdout
    version = re.search(r"(\d+)\.(\d+)", found)
    assert version
    assert tuple(int(part) for part in version.groups()) >= SUITES[suite]
    return Path(package) / "bin"


def system() -> str:
    """Give Nix' name of this machine."""
    return str(json.loads(run("nix-instantiate", "--eval", "--json", "--expr", "builtins.currentSystem").stdout))


def other(package: Path) -> dict[str, str]:
    """Give the environment in which another Nix uses this machine's store."""
    # Debian's own Nix is built with a shell for the sandbox that is not there.
    return environment(NIX_CONFIG=f"{NIX_CONFIG}\nsandbox-paths =", NIX_CONF_DIR=str(package / "none"))


def with_nix(nix: Path, *words: str | Path, **options: Any) -> Result:
    """Run a program of that Nix."""
    return run(nix / str(words[0]), *words[1:], env=other(nix), **options)


def test_the_evaluation_tests_pass(nix: Path) -> None:
    """Every evaluation test gives the same there."""
    answer = json.loads(with_nix(nix, "nix-instantiate", "--eval", "--strict", "--json", ROOT / "tests" / "nix").stdout)
    assert answer["failed"] == []
    assert answer["count"] > 100


def test_the_flake_is_clean(nix: Path, tmp_path: Path) -> None:
    """`nix flake check` and `nix flake show` have nothing to complain about, and fetch nothing."""
    toolkit = copy_toolkit(tmp_path / "toolkit")
    before = (toolkit / "flake.lock").read_bytes()
    checked = with_nix(nix, "nix", "flake", "check", "--no-build", f"path:{toolkit}")
    assert "error" not in checked.stderr
    assert not re.search("warning: (?!unknown flake output|The check omitted)", checked.stderr), checked.stderr
    shown = json.loads(with_nix(nix, "nix", "flake", "show", "--json", f"path:{toolkit}").stdout)
    assert "kernel-r" in shown["packages"][system()]
    assert (toolkit / "flake.lock").read_bytes() == before


def test_the_same_derivations(nix: Path) -> None:
    """What is built does not depend on the Nix that evaluates it."""
    expression = (
        f'builtins.mapAttrs (_: p: p.outPath) (import {ROOT}/nix/flake.nix {{ src = {ROOT}; }}).packages."{system()}"'
    )
    arguments = ("nix-instantiate", "--eval", "--strict", "--json", "--expr", expression)
    assert json.loads(with_nix(nix, *arguments).stdout) == json.loads(run(*arguments).stdout)


@pytest.mark.parametrize(
    ("project", "untracked", "message"),
    [
        ("stale", "", "jupyter.lock is older than jupyter.toml: run `jupyflake lock`"),
        ("newer", "", "jupyter.lock has format 2, this jupyflake reads format 1: update the flake's input `jupyflake`"),
        (
            "agrees",
            "jupyter.lock",
            (
                "there is no jupyter.lock in the project:"
                " run `jupyflake lock` (and, in a git repository, `git add -N jupyter.lock`)"
            ),
        ),
    ],
)
def test_the_message_stands_last(nix: Path, tmp_path: Path, project: str, untracked: str, message: str) -> None:
    """Whatever a version of Nix tells of how it came there, our line is the last one, but for its own advice."""
    shutil.copytree(PROJECTS / project, tmp_path, dirs_exist_ok=True)
    flake = f"{{ outputs = _: (import {ROOT}/nix {{ nixpkgs = null; }}).mkFlake {{ src = ./.; }}; }}"
    (tmp_path / "flake.nix").write_text(flake, encoding="utf-8")
    run("git", "init", "-q", cwd=tmp_path)
    run("git", "add", ".", cwd=tmp_path)
    if untracked:
        run("git", "rm", "-q", "--cached", untracked, cwd=tmp_path)
    answer = with_nix(nix, "nix", "build", "--impure", ".#config", cwd=tmp_path, check=False)
    lines = [line for line in answer.stderr.splitlines() if line.strip() and not line.startswith("(use '--show-trace'")]
    assert re.sub(r"\x1b\[[0-9;]*m", "", lines[-1]).strip() == f"error: {message}"


def test_nixpkgs_needs_a_newer_nix(tmp_path: Path) -> None:
    """Where nixpkgs could not be evaluated it is not fetched either, and the message has the way out."""
    found = run("nix-instantiate", "--eval", "--expr", 'builtins.compareVersions builtins.nixVersion "2.18"')
    if found.stdout.strip() != "-1":
        pytest.skip("this machine's Nix is new enough")
    toolkit = copy_toolkit(tmp_path / "toolkit")
    project = shutil.copytree(PROJECTS / "nixpkgs", tmp_path / "project")
    flake = (ROOT / "templates" / "default" / "flake.nix").read_text(encoding="utf-8")
    (project / "flake.nix").write_text(flake.replace("/path/to/jupyflake", str(toolkit)), encoding="utf-8")
    answer = run("nix", "build", "path:.#config", cwd=project, check=False)
    assert "error: the base nixpkgs needs Nix 2.18 or newer, and this is Nix 2." in answer.stderr
    assert 'base = "debian/trixie" in jupyter.toml' in answer.stderr
    assert "download" not in answer.stderr
