"""Why a build failed, in a few words, and what to write into the manifest."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple


class _Sign(NamedTuple):
    """What a build's output says; a group of the pattern is the name of what is missing."""

    # The table that knows whose it is.
    table: str
    meaning: str
    pattern: str
    # Whether only known names count, since other things are told in these words too.
    known: bool = False
    # What is missing, where the output has no name for it.
    name: str = ""


_COMPILER = re.compile(
    r"(?:\S*-)?(?:gcc|cc|clang|g\+\+|c\+\+|ar|ld|make|pkg-?config|pkgconf)(?:-[0-9.]+)?"
)
_HEADER = "the header {} is missing"
_LIBRARY = "the library {} is missing"
_PROGRAM = "the program {} is missing"
_SIGNS = (
    _Sign("headers", _HEADER, r"fatal error: '?([^\s':]+)'?(?:: No such file| file not found)"),
    _Sign("libraries", _LIBRARY, r"cannot find -l([\w.+-]+)"),
    _Sign("libraries", _LIBRARY, r"Dependency [\"']([^\"']+)[\"'] (?:is required but )?not found"),
    _Sign("libraries", _LIBRARY, r"No package '([^']+)' found"),
    _Sign(
        "libraries", _LIBRARY, r"Package '?([\w.+-]+)'?(?:, required by .*|,)? (?:was )?not found"
    ),
    _Sign("libraries", _LIBRARY, r"pkg-config .*--exists ([\w.+-]+)|Could NOT find (\w+)"),
    _Sign("programs", _PROGRAM, r"sh: (?:\d+: |line \d+: )?([\w.+-]+): (?:command )?not found"),
    _Sign(
        "programs", _PROGRAM, r"([\w.+-]+) executable not found|[Pp]rogram '([\w.+-]+)' not found"
    ),
    _Sign("programs", _PROGRAM, r"No such file or directory: '(?:\S*/)?([\w.+-]+)'", known=True),
    _Sign("programs", _PROGRAM, r"[Cc]ommand '(?:\S*/)?([\w.+-]+)' failed: No such", known=True),
    _Sign("programs", _PROGRAM, r"Unknown compiler\(s\): \[\['([\w.+-]+)'", known=True),
    _Sign(
        "programs", _PROGRAM, r"\b(cargo|cmake|git|swig)\b.*(?:in your|not on|not in)", known=True
    ),
    _Sign("programs", _PROGRAM, r"can't find Rust compiler", name="rustc"),
    _Sign("programs", _PROGRAM, r"No CMAKE_C(?:XX)?_COMPILER could be found", name="cc"),
    _Sign("modules", "the build needs the Python module {}", r"No module named '([^']+)'"),
)
_NO_NETWORK = (
    "Temporary failure in name resolution",
    "Could not resolve host",
    "Name or service not known",
    "Network is unreachable",
    "failed to lookup address",
)
_ANOTHER = "a version that has a wheel, or what the build needs in build-requires"
_LOCK = "; then 'jupyflake lock'"


class Causes:
    """Knows for one package on one base what may be missing."""

    def __init__(self, table: str, base: str, project: str) -> None:
        """Read the table of packages."""
        with open(table, encoding="utf-8") as file:
            self._hints: dict[str, dict[str, Any]] = json.load(file)
        self._base = base
        self._project = project

    def explain(self, lines: list[str]) -> tuple[str, str]:
        """Give cause and next step; the first sign of the table counts, and its last line."""
        for sign in _SIGNS:
            for line in reversed(lines):
                found = re.search(sign.pattern, line)
                if not found:
                    continue
                name = next(filter(None, found.groups()), sign.name)
                if sign.table == "programs" and _COMPILER.fullmatch(name):
                    cause = "it has native code, and no compiler is there"
                    return cause, self._ways(sign, "cc")
                if not sign.known or name in self._hints[sign.table]:
                    return sign.meaning.format(name), self._ways(sign, name)
        if any(sign in line for line in lines for sign in _NO_NETWORK):
            return "it wants to download something, and builds have no network", _ANOTHER + _LOCK
        last = next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")
        return last, _ANOTHER + _LOCK

    def _ways(self, sign: _Sign, name: str) -> str:
        return " or ".join(self._each_way(sign, name)) + _LOCK

    def _each_way(self, sign: _Sign, name: str) -> Iterator[str]:
        """Name the base's package that has something, and one that needs no build."""
        where = "beside sdists in jupyter.toml"
        if sign.table == "modules":
            yield f'build-requires = ["{name.partition(".")[0]}"] {where}'
            return
        table = self._hints[sign.table]
        # Headers of one package are often in a directory of their own.
        entry = table.get(name) or table.get(f"{name.partition('/')[0]}/")
        if entry:
            yield f'build-tools = ["{entry[self._base.partition("/")[0]]}"] {where}'
        else:
            yield f"the package of {self._base} that has {name}, in build-tools {where}"
        if self._project in self._hints["instead"]:
            yield f"{self._hints['instead'][self._project]} instead, which has wheels"
