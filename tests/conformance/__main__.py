"""Every kernel against the public conformance suite, in the shell and in the image; one line a language.

    make conformance [LANGUAGES="bash octave"] [BASE=debian/bookworm] [PLACES=shell]

The samples are in nix/kernels/, and so are the failures that are upstream's, each with its reason.
They count as failed; what fails beyond them ends the run with 1. What the kernels print is in build/conformance.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import tomli

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import engines  # noqa: E402  (beside the end-to-end tests)

from jupyflake.languages import languages  # noqa: E402

CLI = Path(sys.executable).with_name("jupyflake")
NIX_CONFIG = "extra-experimental-features = nix-command flakes\nbuild-users-group =\nsubstitute = false"
# The suite runs where the server does.
SERVER = '["jupyterlab", "jupyter_kernel_test"]'
# What isn't a sample for the suite.
KNOWN = "failures"


def samples(names: list[str]) -> dict[str, dict[str, Any]]:
    """Read the `[conformance]` tables of languages."""
    found = {}
    for name in names:
        table = tomli.loads((ROOT / "nix" / "kernels" / f"{name}.toml").read_text(encoding="utf-8"))
        found[name] = table["conformance"]
    return found


def kernel_name(language: str) -> str:
    """Jupyter keeps the name `python` for itself."""
    return "python3" if language == "python" else language


def manifest(names: list[str], base: str) -> str:
    """Write a project that has a kernel of each language."""
    tables = [f'[project]\nname = "conformance"\nbase = "{base}"\n', f"[jupyter]\npackages = {SERVER}\n"]
    for name in names:
        keys = samples([name])[name].get("manifest", "")
        tables.append(f'[kernels.{kernel_name(name)}]\nlanguage = "{name}"\n{keys}')
    return "\n".join(tables)


def suite(directory: Path, names: list[str]) -> Path:
    """Put together what runs on the server's Python, here or in a container."""
    directory.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("kernel.py"), directory)
    tables = {kernel_name(name): table for name, table in samples(names).items()}
    (directory / "samples.json").write_text(json.dumps(tables), encoding="utf-8")
    # The user of the image writes here.
    directory.chmod(0o777)
    return directory


def in_shell(project: Path, python: Path, directory: Path) -> dict[str, dict[str, str]]:
    """Run the suite in the project's shell."""
    words: list[str | Path] = [python, *(directory / name for name in ("kernel.py", "samples.json", "shell.json"))]
    # Kernels print what they like.
    with (project / "shell.log").open("wb") as log:
        command = [CLI, "develop", "--locked", "--", *words]
        subprocess.run(command, cwd=project, env=_environment(), stdout=log, stderr=log, check=False)
    return _results(directory / "shell.json")


def in_image(project: Path, python: Path, directory: Path) -> dict[str, dict[str, str]]:
    """Run the suite in the project's image."""
    with engines.running("podman") as engine:
        words: list[str | Path] = [CLI, "image", "load", "--engine", "podman", "--json", "--locked"]
        environment = {**_environment(), **engine.variables}
        loaded = subprocess.run(words, cwd=project, env=environment, capture_output=True, text=True, check=False)
        if loaded.returncode != 0:
            raise SystemExit(loaded.stderr)
        image = json.loads(loaded.stdout)["reference"]
        mounted = f"--volume={directory}:/suite"
        inside: list[str | Path] = [python, "/suite/kernel.py", "/suite/samples.json", "/suite/image.json"]
        done = engine.run("run", "--rm", "--network=host", mounted, image, *inside, check=False, timeout=7200)
        (project / "image.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    return _results(directory / "image.json")


def _results(path: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _environment() -> dict[str, str]:
    left = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON", "PYTHON"))}
    return {**left, "NIX_CONFIG": NIX_CONFIG}


def report(names: list[str], results: dict[str, dict[str, dict[str, str]]]) -> tuple[str, list[str]]:
    """Give the lines for people, and what ends the run with 1."""
    lines = []
    wrong = []
    total = [0, 0, 0]
    for name, table in samples(names).items():
        counts = [0, 0, 0]
        for place, kernels in results.items():
            tests = kernels.get(kernel_name(name), {"start": "no result"})
            failed = {test: why for test, why in tests.items() if why not in {"passed", "skipped"}}
            known = table.get(KNOWN, {})
            here = [list(tests.values()).count("passed"), len(failed), list(tests.values()).count("skipped")]
            counts = [one + other for one, other in zip(counts, here, strict=True)]
            wrong += [f"{name} in the {place}: {test}: {failed[test]}" for test in failed if test not in known]
        lines.append(f"{name} {_counts(counts)}")
        lines += [f"    {test}: {reason}" for test, reason in table.get(KNOWN, {}).items()]
        total = [one + other for one, other in zip(total, counts, strict=True)]
    return "\n".join([*lines, *(f"unexpected: {line}" for line in wrong), _counts(total)]), wrong


def _counts(counts: list[int]) -> str:
    return f"{counts[0]} passed, {counts[1]} failed, {counts[2]} skipped"


def main(arguments: list[str]) -> int:
    """Lock, build and test what is asked for."""
    base = os.environ.get("BASE", "debian/trixie")
    places = os.environ.get("PLACES", "shell image").split()
    names = arguments or [name for name, each in languages().items() if base in each.bases()]
    project = ROOT / "build" / "conformance" / base.replace("/", "-")
    project.mkdir(parents=True, exist_ok=True)
    (project / "jupyter.toml").write_text(manifest(names, base), encoding="utf-8")
    subprocess.run([CLI, "lock", "--quiet"], cwd=project, env=_environment(), check=True)
    words: list[str | Path] = [CLI, "build", "environment-jupyter", "--json"]
    built = subprocess.run(words, cwd=project, env=_environment(), check=True, capture_output=True, text=True)
    python = Path(json.loads(built.stdout)["path"]) / "bin" / "python3"
    with tempfile.TemporaryDirectory() as directory:
        # A container of another user reads it.
        Path(directory).chmod(0o755)
        prepared = suite(Path(directory) / "suite", names)
        run = {"shell": in_shell, "image": in_image}
        results = {place: run[place](project, python, prepared) for place in places}
    text, wrong = report(names, results)
    print(text)  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
