"""The digest of what a lock is made from."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest
import tomli

from jupyflake import process
from jupyflake.flake import flake_directory
from jupyflake.manifest.digest import digest, lock_inputs

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
[project]
name = "x"
base = "debian/trixie"
systems = ["x86_64-linux"]
[kernels.b]
language = "python"
packages = ['a; platform_version == "é\\b"']
display-name = "B"
env.X = "1"
[kernels."a.b"]
language = "r"
[image]
tag = "1"
"""


def test_only_lock_inputs_count() -> None:
    """Names, labels and variables don't change the digest; packages do."""
    data = tomli.loads(TEXT)
    before = digest(data)
    data["project"]["name"] = "y"
    data["kernels"]["b"]["env"]["X"] = "2"
    data["image"]["labels"] = {"a": "b"}
    data["check"] = {"notebooks": []}
    assert before == digest(data)
    data["kernels"]["b"]["packages"].append("c")
    assert before != digest(data)
    with_package = digest(data)
    data["image"]["hub"] = True
    assert with_package != digest(data)


def test_canonical_form() -> None:
    """Keys are sorted, nothing is escaped that needs not be, empty tables are left out."""
    inputs = lock_inputs(tomli.loads(TEXT))
    assert list(inputs) == ["project", "kernels"]
    text = (
        '{"kernels":{"a.b":{"language":"r"},"b":{"language":"python","packages":'
        '["a; platform_version == \\"é\\\\b\\""]}},'
        '"project":{"base":"debian/trixie","systems":["x86_64-linux"]}}'
    )
    assert hashlib.sha256(text.encode()).hexdigest() == digest(tomli.loads(TEXT))


@pytest.mark.skipif(shutil.which("nix-instantiate") is None, reason="nix-instantiate is not installed")
def test_nix_gives_the_same(tmp_path: Path) -> None:
    """Nix hashes the same text of the same manifest."""
    path = tmp_path / "jupyter.toml"
    path.write_text(TEXT, encoding="utf-8")
    pick = (
        "keys: set: builtins.intersectAttrs (builtins.listToAttrs (map (name: { inherit name; value = 0; }) keys)) set"
    )
    expression = f"""
      let
        pick = {pick};
        m = builtins.fromTOML (builtins.readFile {path});
        kernel = pick [ "language" "python" "base" "packages" "constraints" "tools" ];
      in builtins.hashString "sha256" (builtins.toJSON {{
        project = pick [ "base" "systems" ] m.project;
        kernels = builtins.mapAttrs (_: kernel) m.kernels;
      }})
    """
    environment = {**os.environ, "NIX_STATE_DIR": str(tmp_path), "NIX_LOG_DIR": str(tmp_path)}
    answer = process.run(["nix-instantiate", "--eval", "--expr", expression], env=environment).stdout
    assert f'"{digest(tomli.loads(TEXT))}"\n' == answer


def test_the_flake_is_found() -> None:
    """The Nix part that belongs to the tool is beside it."""
    assert (flake_directory() / "nix" / "debian" / "roots.json").is_file()


def test_tools_of_the_server_are_locked() -> None:
    """A program of the server changes the lock, and a manifest without the key keeps its digest."""
    jupyter = {"packages": ["jupyterlab"]}
    data = {"project": {"name": "a", "base": "debian/trixie"}, "jupyter": jupyter}
    with_tools = {**data, "jupyter": {**jupyter, "tools": ["git"]}}
    assert lock_inputs(with_tools)["jupyter"] == {"packages": ["jupyterlab"], "tools": ["git"]}
    assert digest(data) != digest(with_tools)
