"""Writes docs/reference/errors.md from the table of errors.

build/venv/bin/python make/errors_reference.py
"""

from __future__ import annotations

from pathlib import Path

from jupyflake.codes import CODES

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "errors.md"

HEAD = """\
# Errors

Generated from the command line's own table by `make reference`.

An error is a line that says what is wrong and where, and a line that says what to type next:

```text
error[JF101]: jupyter.toml:12:1: unknown key "pakages" in [kernels.r]
  try: packages
```

The code stays the same in all versions. The exit code is 1 where something failed and 2 where the command was used
wrongly; `--verbose` shows the commands that were run and what they printed.
"""

RANGES = {
    "1": "The manifest and the command line",
    "2": "Resolving and locking",
    "3": "Fetching",
    "4": "Nix and building",
    "5": "Images and container engines",
    "6": "The machine",
    "9": "Internal",
}


def page() -> str:
    """Make the page."""
    parts = [HEAD]
    group = ""
    for code, entry in sorted(CODES.items()):
        if code[2] != group:
            group = code[2]
            parts += [f"## {RANGES[group]}", ""]
        parts += [f"### {code}", "", f"**{entry.title}.** {entry.meaning}", "", entry.cure, ""]
    return "\n".join(parts).rstrip("\n") + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
