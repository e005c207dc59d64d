"""The library under other versions of Nix: the Debian base supplies them itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support import NIX_CONFIG, ROOT, Result, cli, copy_toolkit, environment, run

# The Nix of bookworm (2.8) runs all other tests; these are newer.
SUITES = {"trixie": (2, 26), "forky": (2, 28)}

pytestmark = pytest.mark.network


@pytest.fixture(scope="module", params=SUITES)
def nix(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the `nix-bin` of a suite, and give the directory of its programs."""
    suite = request.param
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


def with_nix(nix: Path, *words: str | Path, cwd: Path = ROOT) -> Result:
    """Run a program of that Nix."""
    return run(nix / str(words[0]), *words[1:], cwd=cwd, env=other(nix))


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
