"""Nothing in `nix/` takes from a base what the contract doesn't list, and the contract lists nothing in vain."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The bases themselves may use whatever they are made of, and modules have the packages and the lib of who imports them.
FILES = [
    path
    for path in sorted((ROOT / "nix").rglob("*.nix"))
    if path.relative_to(ROOT / "nix").parts[0] not in {"debian", "nixpkgs", "host-bash", "modules", "contract.nix"}
]
COMMENT = re.compile(r"/\*.*?\*/|^\s*#[^\n]*|''(?:[^']|'(?!'))*?''", re.DOTALL | re.MULTILINE)


def contract() -> dict[str, list[str]]:
    """Give the names that the contract lists."""
    expression = (
        f"let c = import {ROOT}/nix/contract.nix; f = import {ROOT}/nix/functions.nix; in"
        " { attributes = builtins.attrNames c.attributes; inherit (c) lib;"
        ' functions = builtins.attrNames f.functions ++ [ "languages" ]; }'
    )
    completed = subprocess.run(
        ["nix-instantiate", "--eval", "--strict", "--json", "--expr", expression],
        env={**os.environ, "NIX_CONFIG": "build-users-group ="},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    names: dict[str, list[str]] = json.loads(completed.stdout)
    return names


def code(path: Path) -> str:
    """Give a file's text without comments and scripts."""
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def taken(pattern: str, inherited: str) -> dict[str, set[str]]:
    """Give the names that are taken from a set, each with the files that do."""
    found: dict[str, set[str]] = {}
    for path in FILES:
        text = code(path)
        names = re.findall(pattern, text)
        for block in re.findall(rf"inherit \({inherited}\)([^;]*);", text):
            names += block.split()
        for name in names:
            found.setdefault(name, set()).add(path.name)
    return found


def test_only_listed_functions_of_lib() -> None:
    """Whatever is taken from the base's lib is in the contract."""
    listed = contract()["lib"]
    found = taken(r"(?<![\w.])lib\.([A-Za-z']+)", "lib")
    assert {name: files for name, files in found.items() if name not in listed} == {}


def test_nothing_is_listed_in_vain() -> None:
    """Whatever the contract lists of lib is used."""
    found = taken(r"(?<![\w.])lib\.([A-Za-z']+)", "lib")
    assert sorted(found) == sorted(contract()["lib"])


def test_only_listed_attributes_of_a_base() -> None:
    """Files that hold a whole base take listed attributes only."""
    names = contract()
    listed = {*names["attributes"], *names["functions"]}
    found = taken(
        r"(?<![\w.])(?:project\.)?(?:pkgs|set|base|sets\.(?:nixpkgs|\$\{[^}]+\}))\.([A-Za-z]\w*)", "pkgs|set|base"
    )
    assert {name: files for name, files in found.items() if name not in listed} == {}


def test_each_attribute_is_used() -> None:
    """Whatever the contract lists of a base is asked for by some file."""
    text = "\n".join(code(path) for path in FILES)
    assert [name for name in contract()["attributes"] if not re.search(rf"\b{name}\b", text)] == []
