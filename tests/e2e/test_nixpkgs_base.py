"""The base nixpkgs, built and run: on a tree of nixpkgs' form that is made of Debian's packages."""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from support import NOTEBOOKS, ROOT, lock, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SYSTEM = f"{os.uname().machine}-linux"
MANIFEST = f"""\
[project]
name = "on-nixpkgs"
base = "nixpkgs"
systems = ["{SYSTEM}"]

[kernels.py313]
language = "python"
python = "3.13"
tools = ["libpng"]

[kernels.r]
language = "r"
packages = ["ggplot2", "dplyr"]

[check]
notebooks = ["py313.ipynb", "r.ipynb"]
"""


@pytest.fixture(scope="module")
def build(shell: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make a project whose wheels are the root project's, and give a function that builds its outputs by plain Nix."""
    assert shell  # what the lock names is in the store
    directory = tmp_path_factory.mktemp("on-nixpkgs")
    root = lock()
    python = {"base": "nixpkgs", "language": "python", "python": "3.13"}
    content = root | {
        "systems": [SYSTEM],
        "kernels": ["py313", "r"],
        "environments": {
            "jupyter": python,
            "py313": python | {"tools": ["libpng"]},
            "r": {"base": "nixpkgs", "language": "r", "packages": ["ggplot2", "dplyr"]},
        },
        "wheels": [
            wheel | {"use": {name: use for name, use in wheel["use"].items() if name in {"jupyter", "py313"}}}
            for wheel in root["wheels"]
        ],
        "bootstrap": [],
        "debs": [],
    }
    (directory / "jupyter.toml").write_text(MANIFEST, encoding="utf-8")
    (directory / "jupyter.lock").write_text(json.dumps(content), encoding="utf-8")
    shutil.copytree(NOTEBOOKS, directory, dirs_exist_ok=True)
    (directory / "outputs.nix").write_text(
        f"""
        import {ROOT}/nix/flake.nix {{
          src = {directory};
          # The digest is the root project's.
          checkLock = false;
          nixpkgs = system: import {ROOT}/tests/nix/nixpkgs-of-debian {{
            inherit system;
            lock = builtins.fromJSON (builtins.readFile {ROOT}/jupyter.lock);
          }};
        }}
        """,
        encoding="utf-8",
    )

    def built(output: str) -> Path:
        kind, name = output.split(".")
        words = ("nix-build", "--no-out-link", "outputs.nix", "-A", f"{kind}.{SYSTEM}.{name}")
        return directory.joinpath(run(*words, cwd=directory, timeout=900).stdout.strip())

    return built


def test_kernels_start_and_notebooks_run(build: Callable[[str], Path]) -> None:
    """Relinked wheels load, R finds its packages, and both answer in the sandbox."""
    shown = build("checks.kernels").read_text(encoding="utf-8")
    assert re.search(r"^py313: python 3\.13", shown, re.MULTILINE)
    assert re.search(r"^r: R \d", shown, re.MULTILINE)
    executed = build("checks.notebooks")
    assert sorted(path.name for path in executed.iterdir()) == ["py313.ipynb", "r.ipynb"]


def test_libraries_are_the_bases(build: Callable[[str], Path]) -> None:
    """Native modules load nothing of the machine, and find what the kernel's tools bring, which the server's don't."""
    program = """
import ctypes, matplotlib.ft2font, numpy, zmq
loaded = {line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}
assert "openblas" in str(loaded) and "libzmq" in str(loaded), loaded
assert {path for path in loaded if not path.startswith("/nix/store/")} == set(), loaded
ctypes.CDLL("libpng16.so.16")
"""
    run(build("packages.environment-py313") / "bin" / "python3", "-c", program)
    program = 'import ctypes; ctypes.CDLL("libpng16.so.16")'
    answer = run(build("packages.environment-jupyter") / "bin" / "python3", "-c", program, check=False)
    assert "libpng16.so.16: cannot open shared object file" in answer.stderr


def test_the_images_files(build: Callable[[str], Path]) -> None:
    """What dockerTools is given makes the directories and links of an image, with their owners."""
    image = build("packages.image")
    root = image / "root"
    assert str((root / "bin").readlink()) == "usr/bin"
    assert (root / "usr" / "bin" / "bash").exists()
    assert "jovyan:x:1000:100:" in (root / "etc" / "passwd").read_text(encoding="utf-8")
    assert "1000:100 ./home/jovyan" in (image / "owners").read_text(encoding="utf-8")
    assert json.loads((image / "config").read_text(encoding="utf-8"))["User"] == "1000:100"
