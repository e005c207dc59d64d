"""What an environment has in `bin/`: its Python, entry points, scripts, programs."""

import configparser
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from elf import make_executable, relink
from specification import Specification, Wheel, fail

# The entry points specification: `module:attribute`, extras are history.
_REFERENCE = re.compile(
    r"(?P<module>[\w.]+)\s*:\s*(?P<attribute>[\w.]+)\s*(?:\[.*\])?", flags=re.ASCII
)
_FILE_NAME = re.compile(r"[\w+@ -][\w.+@ -]*", flags=re.ASCII)
# "#!python" is the wheel format's; the others reach for the machine's Python.
_PYTHON = re.compile(
    rb"#!\s*(?:/usr/bin/env\s+|/usr/(?:local/)?bin/|/bin/)?python[w0-9.]*(?P<rest>[ \t\r].*)?"
)


@dataclass(frozen=True)
class Program:
    """One file of `bin/`: text of our own, or a wheel's file."""

    wheel: Wheel
    name: str
    text: bytes = b""
    source: str = ""


class _EntryPoints(configparser.ConfigParser):
    """`entry_points.txt`: names keep their case, and only `=` separates."""

    def __init__(self) -> None:
        super().__init__(delimiters=("=",), interpolation=None, strict=False)

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def write_programs(specification: Specification) -> None:
    """Fill `bin/`."""
    directory = os.path.join(specification.out, "bin")
    os.mkdir(directory)
    names = [f"python{specification.version}", "python3", "python"]
    os.symlink(f"{specification.interpreter}/bin/{names[0]}", os.path.join(directory, names[0]))
    for name in names[1:]:
        os.symlink(names[0], os.path.join(directory, name))
    first: dict[str, Program] = {}
    for wheel in specification.wheels:
        for program in _programs(specification, wheel):
            if program.name in names:
                specification.warn(f"left out bin/{program.name} of {wheel.name}")
                continue
            kept = first.setdefault(program.name, program)
            if kept is program:
                _write(specification, program, os.path.join(directory, program.name))
            elif kept.wheel is not wheel:
                specification.warn(
                    f"bin/{program.name} is in {kept.wheel.name} and in {wheel.name};"
                    f" kept that of {kept.wheel.name}"
                )


def _programs(specification: Specification, wheel: Wheel) -> Iterator[Program]:
    """Everything that a wheel puts into `bin/`; its entry points first, as pip has it."""
    for name, reference in _entry_points(wheel):
        match = _REFERENCE.fullmatch(reference)
        if match is None or _FILE_NAME.fullmatch(name) is None:
            fail(
                f"environment {specification.name}: {wheel.name} has an entry point"
                f" that can't be a program: {name!r} = {reference!r}",
                f"another version of {wheel.name}: change jupyter.toml, then run 'jupyflake lock'",
            )
        text = _ENTRY_POINT.format(
            executable=specification.executable,
            module=match["module"],
            name=match["attribute"].partition(".")[0],
            attribute=match["attribute"],
        )
        yield Program(wheel, name, text=text.encode())
    for place in ("scripts", "data/bin"):
        directory = os.path.join(wheel.path, place)
        for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
            yield Program(wheel, name, source=os.path.join(directory, name))


_ENTRY_POINT = """\
#!{executable}
import sys
from {module} import {name}
if __name__ == "__main__":
    sys.exit({attribute}())
"""


def _entry_points(wheel: Wheel) -> list[tuple[str, str]]:
    """Read the `console_scripts` and `gui_scripts` of a wheel."""
    root = os.path.join(wheel.path, "site-packages")
    (info,) = (name for name in os.listdir(root) if name.endswith(".dist-info"))
    path = os.path.join(root, info, "entry_points.txt")
    if not os.path.exists(path):
        return []
    parser = _EntryPoints()
    parser.read(path, encoding="utf-8")
    return [
        item
        for section in ("console_scripts", "gui_scripts")
        if parser.has_section(section)
        for item in parser.items(section)
    ]


def _write(specification: Specification, program: Program, target: str) -> None:
    """Write one program: as text, relinked, with our Python in its first line, or linked."""
    if program.source and os.path.isdir(program.source):
        os.symlink(program.source, target)
        return
    text = program.text
    if program.source:
        if os.path.relpath(program.source, program.wheel.path) in program.wheel.programs:
            relink(specification.system, program.source, target)
            return
        with open(program.source, "rb") as file:
            text = file.read()
        line, newline, rest = text.partition(b"\n")
        if match := _PYTHON.fullmatch(line):
            options = (match["rest"] or b"").rstrip()
            text = b"#!" + specification.executable.encode() + options + newline + rest
    with open(target, "xb") as file:
        file.write(text)
    make_executable(target)
