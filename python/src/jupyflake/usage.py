"""How `--help` looks: names in capitals, and the options that every command has at the end."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand

SHARED = ("quiet", "verbose", "json", "no_color", "directory")
_TYPE = re.compile(r"<[^<>]*(?:<[^<>]*>)?[^<>]*>$")


class HelpCommand(TyperCommand):
    """A command whose help is in the form that other programs use."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Give what follows the command's name in the line of its usage."""
        pieces = []
        for parameter in self.get_params(ctx):
            if parameter.param_type_name == "argument":
                name = f"{_capitals(parameter)}{'...' if parameter.nargs != 1 else ''}"
                pieces.append(name if parameter.required else f"[{name}]")
        return ["[OPTIONS]", *pieces]

    def rows(self, ctx: Any) -> dict[str, list[tuple[str, str]]]:
        """Give arguments and options with their explanations, by the title that they stand under."""
        rows: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": [], "Options of every command": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            name, text = record
            if parameter.param_type_name == "argument":
                rows["Arguments"].append((_capitals(parameter), text.removesuffix("[required]").rstrip()))
                continue
            row = (_TYPE.sub(_capitals(parameter), name), text)
            shared = parameter.name in SHARED or parameter.name == "help"
            rows["Options of every command" if shared else "Options"].append(row)
        return rows

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the lists of arguments and options."""
        for title, entries in self.rows(ctx).items():
            if entries:
                with formatter.section(title):
                    formatter.write_dl(entries)


def _capitals(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name).upper().replace("_", "-").removesuffix("...")
