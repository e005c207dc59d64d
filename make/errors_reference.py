"""Writes docs/reference/errors.md from the table of errors.

build/venv/bin/python make/errors_reference.py
"""

from __future__ import annotations

from pathlib import Path

from jupyflake.errors import CODES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "errors.md"

GROUPS = {
    "1": "The manifest and the command line",
    "2": "Resolving and locking",
    "3": "Fetching",
    "4": "Building with Nix",
    "5": "Images and container engines",
    "6": "The machine",
    "9": "jupyflake itself",
}

HEAD = """\
# Errors

Generated from the table of errors by `make reference`.

An error is printed to standard error: its code, where and what it is, and in a second line what to try.
A code never changes its meaning. The exit code is 1 where nothing else is said, and 130 after an interruption.
"""


def page() -> str:
    """Make the page: a section for each hundred of codes, in it each code with meaning and cure."""
    parts = [HEAD]
    for digit, title in GROUPS.items():
        parts.append(f"## {title}\n")
        for code, entry in sorted(CODES.items()):
            if code[2] == digit:
                exit_code = f" The exit code is {entry.exit_code}." if entry.exit_code != 1 else ""
                parts.append(f"### {code}: {entry.title}\n\n{entry.meaning}{exit_code}\n\n{entry.cure}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
