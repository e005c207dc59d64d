"""Writes docs/reference/nix.md from the doc comments and the contract of `nix/`.

    python make/reference.py [--check]

With --check nothing is written: the exit code tells whether the page is up to date.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "nix.md"
COMMENT = re.compile(r"^[ ]*/\*\*\n(.*?)\n[ ]*\*/", re.DOTALL | re.MULTILINE)

HEAD = """\
# The Nix library

Generated from the sources by `make reference`.

`jupyflake.lib` of the flake has the functions below under "For flakes".
`jupyflake.lib.withPkgs { inherit pkgs; }` gives all others over packages of your choice,
and so do `pkgs.jupyflake` after `jupyflake.overlays.default`, and the argument of `extraKernels`.
"""

# Exports of `lib` → the file whose first comment is about it, or the name that a comment in nix/default.nix precedes.
FLAKES = {
    "mkFlake": "flake.nix",
    "fromManifest": "manifest.nix",
    "withPkgs": None,
    "overlay": None,
    "modules.nixos": "modules/nixos.nix",
    "modules.home-manager": "modules/home-manager.nix",
    "modules.flake-parts": "modules/flake-parts.nix",
    "debian": "debian/default.nix",
    "contract": "contract.nix",
}


# Every function over a base, with the file that it is in and the arguments that its users give.
_TABLE = """
let
  base = import ./tests/nix/mock.nix;
  f = import ./nix/functions.nix;
  scope = import ./nix/scope.nix { inherit base; };
  known = base // scope;
  row = file:
    let
      function = import file;
      filled = function (builtins.intersectAttrs (builtins.functionArgs function) known);
    in
    { file = toString file; arguments = builtins.attrNames (builtins.functionArgs filled); };
  languages = builtins.listToAttrs (
    map (name: { name = "languages.${name}"; value = row f.languages.${name}; }) (builtins.attrNames f.languages)
  );
in
builtins.mapAttrs (_: row) f.functions // languages
"""


@dataclass(frozen=True)
class Export:
    """A function that people may call, and what its comment says."""

    name: str
    file: str
    text: str
    arguments: tuple[str, ...] = ()


def exports() -> list[Export]:
    """Give all exported functions with their comments; an empty text where there is none."""
    found = [Export(name, file or "default.nix", _comment(name, file)) for name, file in FLAKES.items()]
    table = _evaluate(_TABLE)
    for name, row in table.items():
        path = str(Path(row["file"]).relative_to(ROOT / "nix"))
        found.append(Export(name, path, _comment(name, path), tuple(row["arguments"])))
    return found


def page() -> str:
    """Give the page as it should be."""
    every = exports()
    parts = [HEAD, "## For flakes\n"]
    parts += [_section(export) for export in every if export.name in FLAKES]
    parts.append("## Over packages\n")
    parts += [_section(export) for export in every if export.name not in FLAKES]
    parts.append(_contract())
    return "\n".join(parts)


def _comment(name: str, file: str | None) -> str:
    text = (ROOT / "nix" / (file or "default.nix")).read_text(encoding="utf-8")
    for match in COMMENT.finditer(text):
        after = text[match.end() :].lstrip()
        if file or after.startswith(f"{name} ="):
            return textwrap.dedent(match[1])
    return ""


def _section(export: Export) -> str:
    # A comment's headings are below the function's own.
    text = re.sub(r"^(#+) ", lambda match: f"###{match[1]} ", export.text, flags=re.MULTILINE)
    return f"### {export.name}\n\nIn [nix/{export.file}](../../nix/{export.file}).\n\n{text.strip()}\n"


def _contract() -> str:
    contract = _evaluate("import ./nix/contract.nix")
    rows = {**contract["attributes"], "python3XY": contract["interpreter"]}
    lines = ["## What a base must give\n", "| attribute | type | |", "|---|---|---|"]
    for name, row in rows.items():
        description = " ".join(row["description"].split()) + (" For images, on Linux only." if row.get("linux") else "")
        kind = row["type"].replace("|", "\\|")
        lines.append(f"| `{name}` | `{kind}` | {description} |")
    lines.append(f"\nOf `lib`: {', '.join(f'`{name}`' for name in contract['lib'])}.\n")
    return "\n".join(lines)


def _evaluate(expression: str) -> dict[str, Any]:
    completed = subprocess.run(
        ["nix-instantiate", "--eval", "--strict", "--json", "--expr", expression],
        cwd=ROOT,
        env={**os.environ, "NIX_CONFIG": "build-users-group ="},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(completed.stdout)
    return answer


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" in arguments:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print(f"error: {PAGE.relative_to(ROOT)} is older than the sources\n  try: make reference", file=sys.stderr)
        return 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
