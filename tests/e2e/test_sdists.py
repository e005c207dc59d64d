"""Packages that have no wheel, from their index to an import."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest
from fakes import Index, serve, tar
from support import build, cli, environment, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]

# The first two have no wheel; the third's backend is another than setuptools.
MANIFEST = """
[project]
name = "sources"
base = "debian/trixie"

[kernels.py313]
language = "python"
packages = ["docopt==0.6.2", "antlr4-python3-runtime==4.9.3", "idna"]
sdists = ["docopt", "antlr4-python3-runtime", "idna"]
"""
NATIVE = """
[project]
name = "native"
base = "debian/trixie"

[kernels.py313]
language = "python"
packages = ["markupsafe==3.0.2", "pyyaml==6.0.2"]
sdists = ["markupsafe", "pyyaml"]
build-requires = ["cython<3.2"]
build-tools = ["libyaml-dev"]
"""
IMPORT = "import docopt, antlr4, idna; print(docopt.__version__, idna.decode('xn--4ca'))"


def test_sources_are_locked_built_and_imported(tmp_path: Path) -> None:
    """The lock has the sources and what they are built with, for all systems; builds need no network."""
    (tmp_path / "jupyter.toml").write_text(MANIFEST, encoding="utf-8")
    refused = cli("-C", tmp_path, "lock", "--locked", check=False)
    assert refused.code != 0
    cli("-C", tmp_path, "lock")
    lock = json.loads((tmp_path / "jupyter.lock").read_text(encoding="utf-8"))
    used = {line["name"]: (line["file"], line["use"]) for line in lock["wheels"]}
    assert used["docopt"][0] == "docopt-0.6.2.tar.gz"
    assert sorted(used["setuptools"][1]) == ["py313+antlr4-python3-runtime", "py313+docopt"]
    assert re.fullmatch(r"flit_core-.*\.whl", used["flit-core"][0])
    out = build("environment-py313", tmp_path)
    answer = run(out / "bin" / "python", "-c", IMPORT, env=environment(PYTHONUTF8="1"))
    assert answer.stdout == "0.6.2 ä\n"
    assert (out / "bin" / "pygrun").exists()


# A backend of the project's own, which leaves a mark where it runs and says what it needs only when it is asked.
BACKEND = """
import os, zipfile
open(os.path.join(os.environ["HOME"], "ran"), "w")
METADATA = "Metadata-Version: 2.1\\nName: asked\\nVersion: 1.0\\nRequires-Dist: idna\\n"

def get_requires_for_build_wheel(config_settings=None):
    return ["six"]

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    import six
    info = "asked-1.0.dist-info"
    os.mkdir(os.path.join(directory, info))
    with open(os.path.join(directory, info, "METADATA"), "w") as stream:
        stream.write(METADATA)
    return info
"""


def test_a_source_is_asked_in_the_sandbox(tmp_path: Path) -> None:
    """What only its backend knows gets into the lock, and the backend never runs on the machine itself."""
    system = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
    files = {
        "pyproject.toml": system,
        "own.py": BACKEND,
        "PKG-INFO": "Metadata-Version: 2.1\nName: asked\nVersion: 1.0\n",
    }
    home, project = tmp_path / "home", tmp_path / "project"
    home.mkdir()
    project.mkdir()
    manifest = MANIFEST.split("packages", 1)[0] + 'packages = ["asked"]\nsdists = ["asked"]\n'
    (project / "jupyter.toml").write_text(manifest, encoding="utf-8")
    with serve(tmp_path / "www") as web:
        archive = tar({f"asked-1.0/{path}": text.encode() for path, text in files.items()})
        Index(web.root).add_file("asked", "asked-1.0.tar.gz", gzip.compress(archive, mtime=0))
        cli("-C", project, "lock", env=environment(HOME=str(home), UV_INDEX=f"{web.url}/simple"))
    lock = json.loads((project / "jupyter.lock").read_text(encoding="utf-8"))
    used = {line["name"]: sorted(line["use"]) for line in lock["wheels"]}
    assert "py313" in used["idna"]
    assert used["six"][-1] == "py313+asked"
    assert not (home / "ran").exists()


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project with native packages that are built from source, locked."""
    project = tmp_path_factory.mktemp("native")
    (project / "jupyter.toml").write_text(NATIVE, encoding="utf-8")
    cli("-C", project, "lock")
    return project


def test_native_code_is_built_with_what_build_tools_name(native: Path) -> None:
    """The compiler is there for the build only; what is built finds its library, and nothing of the compiler stays."""
    lock = json.loads((native / "jupyter.lock").read_text(encoding="utf-8"))
    assert {"g++", "libyaml-dev"} <= set(lock["environments"]["py313"]["build-tools"])
    out = build("environment-py313", native)
    speedups = "import markupsafe._speedups, yaml; print(yaml.__with_libyaml__, yaml.load('[1]', yaml.CSafeLoader))"
    assert run(out / "bin" / "python", "-c", speedups, env=environment()).stdout == "True [1]\n"
    closure = run("nix-store", "--query", "--requisites", out, env=environment()).stdout
    assert "libyaml-0-2" in closure
    assert "toolchain" not in closure
    assert "libyaml-dev" not in closure


def test_native_code_comes_out_the_same_again(native: Path) -> None:
    """Building once more gives the same bytes."""
    out = build("environment-py313", native)
    closure = run("nix-store", "--query", "--requisites", out, env=environment()).stdout
    wheel = next(path for path in closure.split() if path.endswith("-markupsafe-3.0.2"))
    derivation = run("nix-store", "--query", "--deriver", wheel, env=environment()).stdout.strip()
    inputs = run("nix-store", "--query", "--references", derivation, env=environment()).stdout.split()
    source = next(path for path in inputs if path.endswith(".whl.drv"))
    run("nix-store", "--realise", "--check", source, env=environment())


def test_a_build_that_lacks_its_library_says_what_to_write(tmp_path: Path) -> None:
    """nix-community/pypi2nix #94, #296, TyberiusPrime/uv2nix_hammer_overrides #18: psycopg2 asks for pg_config."""
    manifest = MANIFEST.split("packages", 1)[0] + 'packages = ["psycopg2"]\nsdists = ["psycopg2"]\n'
    (tmp_path / "jupyter.toml").write_text(manifest, encoding="utf-8")
    failed = cli("-C", tmp_path, "build", "environment-py313", check=False)
    assert failed.code == 1
    assert "its build backend does not say what it needs: the program pg_config is missing" in failed.stderr
    assert 'build-tools = ["libpq-dev"] beside sdists in jupyter.toml or psycopg2-binary instead' in failed.stderr
