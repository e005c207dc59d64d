"""Writes docs/reference/cli.md from the commands themselves.

build/venv/bin/python make/cli_reference.py
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyflake.cli import COMMANDS, GROUPS, Command, load

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "cli.md"

HEAD = """\
# The command line

Generated from the commands by `make reference`.

People's messages go to standard error and results to standard output, as JSON with `--json`.
The exit code is 0, 1 (it failed), 2 (wrong use) or 130 (interrupted).
[Completion in the shell](#jupyflake-completion) knows commands, options, and the names of kernels and packages.
"""


def commands() -> Iterator[tuple[str, Command]]:
    """Give each command with all its words."""
    for name, entry in COMMANDS.items():
        if isinstance(entry, Command):
            yield name, entry
        else:
            for member, command in entry.items():
                yield f"{name} {member}", command


def page() -> str:
    """Make the page."""
    loaded = {name: load(name, command) for name, command in commands()}
    contexts = {name: _context(name, command) for name, command in loaded.items()}
    parts = [HEAD, "| command | what it does |", "|---|---|"]
    parts += [f"| [`{name}`](#jupyflake-{name.replace(' ', '-')}) | {each.help} |" for name, each in commands()]
    first = next(iter(loaded))
    shared = loaded[first].rows(contexts[first])["Options of every command"]
    parts += ["", "## Options of every command", "", *_table(shared)]
    group = ""
    for name, command in loaded.items():
        before = name.rpartition(" ")[0]
        if before != group and before:
            parts += ["", f"## jupyflake {before}", "", GROUPS[before]]
        group = before
        parts += ["", *_section(name, command, contexts[name])]
    return "\n".join(parts) + "\n"


def _context(name: str, command: Any) -> Any:
    context = command.context_class(command, info_name=f"jupyflake {name}")
    # The width of the terminal at hand must not matter.
    context.terminal_width = context.max_content_width = 200
    return context


def _section(name: str, command: Any, context: Any) -> list[str]:
    rows = command.rows(context)
    lines = [f"{'###' if ' ' in name else '##'} jupyflake {name}", "", " ".join(command.help.split()), ""]
    lines += ["```text", f"jupyflake {name} {' '.join(command.collect_usage_pieces(context))}", "```"]
    for title in ("Arguments", "Options"):
        if rows[title]:
            lines += ["", *_table(rows[title])]
    example = (command.epilog or "").removeprefix("Example: ")
    return [*lines, "", f"Example: `{' '.join(example.split())}`"] if example else lines


def _table(rows: list[tuple[str, str]]) -> list[str]:
    lines = (f"| `{name}` | {' '.join(text.split())} |".replace("\\|", "|") for name, text in rows)
    return ["| | |", "|---|---|", *lines]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
