"""The templates: what `nix flake init -t` gives locks, evaluates on both bases, and builds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import ROOT, cli, copy_toolkit, run

from jupyflake import project as projects
from jupyflake.console import Console
from jupyflake.lock import dumps
from jupyflake.resolve import project as resolution

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


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_evaluates_on_debian(toolkit: Path, tmp_path: Path, name: str) -> None:
    """It locks, and all its outputs are what Nix expects of them; nixpkgs is not looked at."""
    directory = instantiate(toolkit, name, tmp_path / "project")
    cli("lock", cwd=directory)
    checked = run("nix", "flake", "check", "--no-build", "path:.", cwd=directory)
    assert "error" not in checked.stderr
    shown = run("nix", "flake", "show", "path:.", cwd=directory).stdout
    assert "image-load" in shown
    locked = json.loads((directory / "flake.lock").read_text(encoding="utf-8"))
    assert locked["nodes"]["root"]["inputs"]["nixpkgs"] == ["jupyflake"]


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


def test_the_image_template_builds(toolkit: Path, tmp_path: Path) -> None:
    """Its checks pass: the kernel starts, the notebook prints what was saved, the server reads its settings."""
    directory = instantiate(toolkit, "image", tmp_path / "project")
    cli("lock", cwd=directory)
    cli("fetch", cwd=directory)
    run("nix", "flake", "check", "path:.", cwd=directory, timeout=900)
    run("nix", "build", "path:.#imageStream", "--no-link", cwd=directory, timeout=900)
