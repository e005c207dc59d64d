"""The templates: what `nix flake init -t` gives locks, evaluates on both bases, and builds."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import ROOT, cli, copy_toolkit, run

from jupyflake import project as projects
from jupyflake.console import Console
from jupyflake.lock import dumps
from jupyflake.resolve import project as resolution

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATES = ["minimal", "multi-kernel", "r", "image", "hub"]
OUTPUTS = ("apps", "checks", "devShells", "packages")

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def toolkit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a copy of this repository for the projects to refer to."""
    return copy_toolkit(tmp_path_factory.mktemp("toolkit"))


def instantiate(toolkit: Path, name: str, directory: Path) -> Path:
    """Make a project of a template, as people do, and say where jupyflake is."""
    directory.mkdir()
    run("nix", "flake", "init", "-t", f"path:{toolkit}#{name}", cwd=directory)
    flake = directory / "flake.nix"
    flake.write_text(flake.read_text(encoding="utf-8").replace("/path/to/jupyflake", str(toolkit)), encoding="utf-8")
    return directory


def test_all_templates_are_tested(toolkit: Path) -> None:
    """Each template of the flake is in the list above; all have the same flake."""
    answer = run("nix", "eval", "--json", f"path:{toolkit}#templates", "--apply", "builtins.attrNames").stdout
    assert sorted({*TEMPLATES, "default"}) == json.loads(answer)
    assert len({path.read_text(encoding="utf-8") for path in (ROOT / "templates").glob("*/flake.nix")}) == 1


@pytest.fixture(scope="module")
def locked(toolkit: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give a function that makes a project of a template, with all that it needs in the store, once for each."""

    @functools.cache
    def make(name: str) -> Path:
        directory = instantiate(toolkit, name, tmp_path_factory.mktemp(name) / "project")
        cli("lock", cwd=directory)
        cli("fetch", cwd=directory)
        return directory

    return make


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_evaluates_on_debian(locked: Callable[[str], Path], name: str) -> None:
    """It locks, and all its outputs are what Nix expects of them; nixpkgs is not looked at."""
    directory = locked(name)
    checked = run("nix", "flake", "check", "--no-build", "path:.", cwd=directory)
    assert "error" not in checked.stderr
    shown = run("nix", "flake", "show", "path:.", cwd=directory).stdout
    assert "image-load" in shown
    content = json.loads((directory / "flake.lock").read_text(encoding="utf-8"))
    assert content["nodes"]["root"]["inputs"]["nixpkgs"] == ["jupyflake"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_builds(locked: Callable[[str], Path], tmp_path: Path, name: str) -> None:
    """Its checks pass: each kernel starts, its notebooks print what was saved, the server reads its settings."""
    directory = locked(name)
    run("nix", "flake", "check", "path:.", cwd=directory, timeout=900)
    # Whoever takes the template for a hub or for an image has these in it.
    run("nix", "build", "path:.#environment-jupyter", "--out-link", tmp_path / "server", cwd=directory)
    assert (tmp_path / "server" / "bin" / "jupyterhub-singleuser").exists() == (name == "hub")
    if name in {"hub", "image"}:
        run("nix", "build", "path:.#imageStream", "--no-link", cwd=directory, timeout=900)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_evaluates_on_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With the base nixpkgs it asks of nixpkgs nothing but what the contract lists."""
    source = ROOT / "templates" / ("default" if name == "minimal" else name) / "jupyter.toml"
    text = source.read_text(encoding="utf-8").replace("debian/trixie", "nixpkgs")
    (tmp_path / "jupyter.toml").write_text(text, encoding="utf-8")
    made = projects.parse(tmp_path, text)
    # No nixpkgs is at hand to say its versions.
    names = [*made.manifest.kernels, "jupyter"]
    monkeypatch.setattr(resolution, "resolve_nixpkgs", lambda *_: {each: {} for each in names})
    lock, _ = resolution.resolve_project(made, None, frozenset(), Console(quiet=True))
    (tmp_path / "jupyter.lock").write_text(dumps(lock), encoding="utf-8")
    expression = f"""
      let
        outputs = import {ROOT}/nix/flake.nix {{
          src = {tmp_path};
          nixpkgs = system: import {ROOT}/tests/nix/nixpkgs-stand-in.nix {{ inherit system; }};
        }};
        path = package: package.outPath or package.program;
        of = output: map path (builtins.attrValues outputs.${{output}}.x86_64-linux);
      in
      builtins.concatMap of {json.dumps(OUTPUTS).replace(",", "")}
    """
    answer = run("nix-instantiate", "--eval", "--strict", "--json", "--expr", expression, cwd=tmp_path).stdout
    assert len(json.loads(answer)) > len(OUTPUTS)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('"6"', '"7"', "error: first.ipynb: cell 1 prints something else than what was saved"),
        ("pd.Series", "pd.Sries", "error: first.ipynb: a cell fails: AttributeError: module 'pandas' has no attribute"),
        ('"name": "python3"', '"name": "python4"', "error: first.ipynb: NoSuchKernel: No such kernel named python4"),
    ],
)
def test_a_notebook_that_fails_its_check(
    locked: Callable[[str], Path], tmp_path: Path, before: str, after: str, message: str
) -> None:
    """`nix flake check` fails where a notebook prints something else, ends with an error, or has no kernel."""
    directory = shutil.copytree(locked("image"), tmp_path / "project")
    notebook = directory / "first.ipynb"
    text = notebook.read_text(encoding="utf-8")
    assert before in text
    notebook.write_text(text.replace(before, after), encoding="utf-8")
    answer = run("nix", "flake", "check", "path:.", cwd=directory, check=False, timeout=900)
    assert answer.code != 0
    assert message in answer.stderr
