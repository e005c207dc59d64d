"""Wrong input to the library: one readable message each, for whoever uses plain Nix."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from jupyflake.manifest import model

ROOT = Path(__file__).parents[2]
MODEL: dict[str, type[msgspec.Struct]] = {
    "project": model.Project,
    "jupyter": model.Jupyter,
    "kernels.a": model.Kernel,
    "shell": model.Shell,
    "image": model.Image,
    "check": model.Check,
    "sources.a": model.Source,
}
REQUIRED = {"project": ["name", "base"], "kernels.a": ["language"]}
PROJECTS = ROOT / "tests" / "nix" / "projects"
SETTINGS = "extra-experimental-features = nix-command flakes\nsubstitute = false\nbuild-users-group ="

FUNCTIONS = f"(import {ROOT}/nix {{ }}).withPkgs {{ pkgs = import {ROOT}/tests/nix/mock.nix; }}"
KERNEL = 'name = "k"; displayName = "K"; language = "k"; argv = [ "/bin/k" ];'
PY = KERNEL.replace('"k"', '"py"', 1)
TWICE = f"let f = {FUNCTIONS}; k = f.mkKernel {{ {KERNEL} }}; in "
TWICE += "(f.mkJupyterConfig { kernels = [ k k ]; environment = k; }).name"
OF_TEXTS = 'jupyter.toml: {0} in {1} must be a list of texts, as in {0} = ["…"], not '
MANIFEST = '[project]\nname = "x"\nbase = "debian/trixie"\n'


def call(function: str, arguments: str) -> str:
    """Give the expression of a call over the mock."""
    return f"(({FUNCTIONS}).{function} {arguments}).name"


def project(name: str, more: str = "") -> str:
    """Give the expression of a project's kernels."""
    return (
        f"((import {ROOT}/nix {{ }}).mkFlake {{ src = {PROJECTS / name}; {more} }}).packages.x86_64-linux.config.name"
    )


def evaluate(expression: str) -> str:
    """Evaluate what must fail, and give the message: what stands after the last `error:`, up to the trace."""
    completed = subprocess.run(
        ["nix-instantiate", "--eval", "--expr", expression],
        env={**os.environ, "NIX_CONFIG": SETTINGS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode != 0, completed.stdout
    return message_of(completed.stderr)


def message_of(stderr: str) -> str:
    """Take Nix' last error, which is one line of ours."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", stderr).splitlines()
    return [line for line in lines if line.lstrip().startswith("error: ")][-1].lstrip().removeprefix("error: ")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            call("mkKernel", f"{{ {KERNEL} displayNme = 1; }}"),
            'mkKernel: there is no argument "displayNme": write "displayName"',
        ),
        (call("mkKernel", '{ name = "k"; displayName = "K"; }'), 'mkKernel: "argv", "language" is missing: it takes'),
        (call("mkKernel", "[ ]"), "mkKernel: its argument is an attribute set, as in mkKernel { argv = …; displayName"),
        (
            call("mkKernel", f"{{ {KERNEL} env.N = 2; }}"),
            'mkKernel: "env" must be an attribute set of strings, as in { NAME = "value"; }, not an attribute set with',
        ),
        (
            call("mkKernel", f"{{ {KERNEL.replace('[ ', '').replace(' ]', '')} }}"),
            'mkKernel: "argv" must be a list of strings, as in [ "…" ], not a string',
        ),
        (call("languages.python", "{ nme = 1; }"), 'languages.python: there is no argument "nme": write "name"'),
        (
            call("mkJupyterConfig", "{ kernels = [ ]; environment = null; setings = { }; }"),
            'mkJupyterConfig: there is no argument "setings": write "settings"',
        ),
        (
            TWICE,
            "mkJupyterConfig: two kernels have one name among k, k: rename one",
        ),
        (f"((import {ROOT}/nix {{ }}).mkFlake {{ scr = ./.; }})", 'mkFlake: there is no argument "scr": write "src"'),
        (f"((import {ROOT}/nix {{ }}).withPkgs {{ }})", 'withPkgs: "pkgs" is missing: it takes "pkgs"'),
        (
            f"((import {ROOT}/nix {{ }}).withPkgs {{ pkgs.legacyPackages = {{ }}; }})",
            'withPkgs: "pkgs" must be packages, as in nixpkgs.legacyPackages.x86_64-linux, not an attribute set',
        ),
        (
            f"((import {ROOT}/nix {{ }}).fromManifest {{ src = {PROJECTS}/agrees; system = 1; }}).config",
            'fromManifest: "system" must be a string, as in "…", not a number',
        ),
        (
            f"((import {ROOT}/nix {{ }}).mkFlake {{ src = {PROJECTS}/agrees; extraKernels = {{ }}; }}).packages",
            'mkFlake: "extraKernels" must be a function, not an attribute set',
        ),
        (
            project("agrees", f"extraKernels = f: {{ py = f.mkKernel {{ {PY} }}; }};"),
            'the kernel "py" is in jupyter.toml and in extraKernels: rename one of them',
        ),
        (
            project("agrees", "extraKernels = { mkKernl, ... }: { };"),
            'extraKernels: there is no "mkKernl" to take: write "mkKernel"',
        ),
        (project("empty"), "there is no jupyter.toml in the project (an untracked file is invisible to Nix: `git add"),
        (
            project("no-lock"),
            "there is no jupyter.lock in the project: run `jupyflake lock` (and, in a git repository, `git",
        ),
        (project("stale"), "jupyter.lock is older than jupyter.toml: run `jupyflake lock`"),
        (project("newer"), "jupyter.lock has format 2, this jupyflake reads format 1: update the flake's input"),
        (
            call("mkWheel", f'{{ name = "a"; version = "1"; file = "a.whl"; size = 1; src = {PROJECTS}/a.whl; }}'),
            f"mkWheel: there is no {PROJECTS}/a.whl (an untracked file is invisible to Nix: `git add -N",
        ),
        (project("other-system"), "jupyter.lock covers aarch64-linux, not x86_64-linux: add it to `systems` under"),
    ],
)
def test_wrong_calls_are_explained(expression: str, message: str) -> None:
    """Each wrong call ends with one line that says what was given and what is right."""
    assert evaluate(expression).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "jupyter.toml: the file has no project: add [project] with name and base"),
        ("[project]\n", 'jupyter.toml: [project] has no name: add name = "my-project"'),
        (MANIFEST + "[kernel.a]\n", 'jupyter.toml: unknown key "kernel" in the file: write kernels'),
        (
            MANIFEST + '[kernels.a]\npakages = ["b"]\n',
            'jupyter.toml: unknown key "pakages" in [kernels.a]: write packages',
        ),
        (MANIFEST + "[kernels]\na = 1\n", "jupyter.toml: [kernels.a] must be a table, not a number"),
        (MANIFEST + "[kernels.a]\npackages = 1\n", OF_TEXTS.format("packages", "[kernels.a]") + "a number"),
        (
            MANIFEST + "[check]\nnotebooks = [1]\n",
            OF_TEXTS.format("notebooks", "[check]") + "a list with a number in it",
        ),
        (
            MANIFEST + "[kernels.a]\nenv.N = 1\n",
            OF_TEXTS.format("env", "[kernels.a]").replace("list", "table").replace('env = ["…"]', 'env.NAME = "…"')
            + "a table with a number in it",
        ),
        (
            MANIFEST + "[check]\ntimeout = '1'\n",
            "jupyter.toml: timeout in [check] must be a whole number, as in timeout = 100, not a text",
        ),
        ('kernels = "r"\n' + MANIFEST, "jupyter.toml: kernels must be tables, as in [kernels.python3], not a string"),
        (
            MANIFEST + "[kernels.a]\n[ kernels.'a' ] # again\n",
            "jupyter.toml: [kernels.a] is there twice: rename one of them, or make one table of the two",
        ),
        (
            MANIFEST + "<<<<<<< mine\n",
            "jupyter.toml has the marks of an unfinished merge: take one of the two sides, then run `jupyflake lock`",
        ),
        (MANIFEST + "[kernels.a]\n", 'jupyter.toml: [kernels.a] has no language: add language = "python"'),
    ],
)
def test_wrong_manifests_are_explained(tmp_path: Path, text: str, message: str) -> None:
    """Who doesn't use the command line is told what is wrong with the manifest too."""
    (tmp_path / "jupyter.toml").write_text(text)
    shutil.copy(PROJECTS / "agrees" / "jupyter.lock", tmp_path)
    expression = f'(import {ROOT}/nix/manifest.nix {{ src = {tmp_path}; system = "x86_64-linux"; }}).config'
    assert evaluate(expression) == message


@pytest.mark.parametrize(
    ("table", "key"),
    [(table, field.encode_name) for table, kind in MODEL.items() for field in msgspec.structs.fields(kind)],
)
def test_nix_knows_the_manifests_types(tmp_path: Path, table: str, key: str) -> None:
    """Every key that the command line knows is known to Nix, and so is its type: a list of lists is none."""
    lines = [] if table == "project" else ["[project]", 'name = "x"', 'base = "debian/trixie"']
    lines += [f"[{table}]", *(f'{name} = "x"' for name in REQUIRED.get(table, []) if name != key), f"{key} = [[1]]"]
    (tmp_path / "jupyter.toml").write_text("\n".join(lines))
    expression = f"(import {ROOT}/nix/project.nix {{ src = {tmp_path}; }}).manifest"
    assert evaluate(expression).startswith(f"jupyter.toml: {key} in [{table}] must be ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[]",
            "jupyter.lock is no lock of jupyflake: restore it from version control, or remove it and run `jupyflake",
        ),
        ('{"version": "1"}', "jupyter.lock is no lock of jupyflake: restore it"),
        ('{"version": 1}', 'jupyter.lock has no "bootstrap": restore it from version control, or remove it and run'),
        (
            "{\n<<<<<<< mine\n}",
            "jupyter.lock has the marks of an unfinished merge: take one of the two sides, then run",
        ),
    ],
)
def test_wrong_locks_are_explained(tmp_path: Path, text: str, message: str) -> None:
    """So is who has a lock that is none."""
    shutil.copy(PROJECTS / "agrees" / "jupyter.toml", tmp_path)
    (tmp_path / "jupyter.lock").write_text(text)
    expression = f'(import {ROOT}/nix/manifest.nix {{ src = {tmp_path}; system = "x86_64-linux"; }}).config'
    assert evaluate(expression).startswith(message)


@pytest.mark.parametrize("untracked", ["jupyter.toml", "jupyter.lock"])
def test_files_that_git_does_not_track(tmp_path: Path, untracked: str) -> None:
    """Nix doesn't see an untracked file; the message says how to show it."""
    flake = f"{{ outputs = _: (import {ROOT}/nix {{ }}).mkFlake {{ src = ./.; }}; }}"

    for name in ("jupyter.toml", "jupyter.lock"):
        shutil.copy(PROJECTS / "agrees" / name, tmp_path)
    (tmp_path / "flake.nix").write_text(flake)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "-q"], cwd=tmp_path, check=True)
    tracked = [name for name in ("flake.nix", "jupyter.toml", "jupyter.lock") if name != untracked]
    subprocess.run([*git, "add", *tracked], cwd=tmp_path, check=True)
    completed = subprocess.run(
        ["nix", "eval", "--impure", ".#packages.x86_64-linux.config.name"],
        cwd=tmp_path,
        env={**os.environ, "NIX_CONFIG": SETTINGS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode != 0
    message = message_of(completed.stderr)
    assert f"there is no {untracked} in the project" in message
    assert f"git add -N {untracked}" in message
