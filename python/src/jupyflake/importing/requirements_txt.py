"""pip's requirement files: lines, options, files that name others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyflake.importing.model import Found, misread, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COMMENT = re.compile(r"(^|\s+)#.*$")
_VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")
# What a conda environment's `pip freeze` writes: the directory that the package was built in.
_LOCAL_BUILD = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?)\s*@\s*file://\S+")
_COMMAND = re.compile(r"(?:sudo\s+)?(?:\S*python\S*\s+-m\s+)?(?:pip3?|uv|conda|mamba|micromamba|apt|apt-get)\s+\S.*")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?(?:[<>=!~]=?[^\s;&|]+)?")
_COMMAND_WORDS = frozenset({"install", "pip", "pip3", "add", "uv", "conda", "mamba", "micromamba", "apt", "apt-get"})

# Why options about indexes are left out.
INDEX = "where packages come from is a setting of uv on each machine, not of a project"
_WHY = {
    **dict.fromkeys(("-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links"), INDEX),
    **dict.fromkeys(("--trusted-host", "--proxy", "--cert", "--client-cert"), INDEX),
    "--no-binary": "only wheels are used, nothing is compiled",
    "--pre": 'a pre-release is asked for by its version, such as "name>=2.0rc1"',
    **dict.fromkeys(("-e", "--editable"), "jupyflake add --editable DIR puts the package of a directory into a kernel"),
}
# What these ask for is so anyway.
_IMPLIED = frozenset({"--require-hashes", "--only-binary", "--prefer-binary", "--use-feature"})
_HASHES = "the hashes are not taken over: jupyter.lock has those of every file that it names"


def read(path: Path, where: str, seen: tuple[Path, ...] = ()) -> Found:
    """Read a file with all that it names by -r and -c; raises JF150 for a line, JF151 for a file."""
    found = Found()
    found.languages.add("python")
    _read(path, where, found, seen, constraint=False)
    return found


def _read(path: Path, where: str, found: Found, seen: tuple[Path, ...], *, constraint: bool) -> None:
    real = path.resolve()
    if real in seen:
        # Files that name each other have been read already.
        return
    for number, line in logical_lines(text_of(path, where)):
        place = f"{where}:{number}"
        option, value = split_option(line)
        if option in {"-r", "--requirement", "-c", "--constraint"}:
            if not value:
                raise misread(f"{option} names no file", place, f"{option} requirements.txt")
            if "://" in value:
                found.leave(line, place, "a file on the network; get it, and import it too")
                continue
            below = where.rpartition("/")[0]
            shown = f"{below}/{value}" if below else value
            beside = path.parent / value
            if not beside.is_file():
                raise misread(f"{option} names {value}, which is not there", place, "correct the name")
            _read(beside, shown, found, (*seen, real), constraint=constraint or option in {"-c", "--constraint"})
        else:
            read_line(line, place, found, constraint=constraint)


def read_line(line: str, where: str, found: Found, *, constraint: bool = False) -> None:
    """Take one line, as it stands in a file or after `pip install`; raises JF150 where it is none."""
    option, _ = split_option(line)
    if option in _IMPLIED:
        return
    if option in _WHY:
        found.leave(line, where, _WHY[option])
        return
    if option is not None:
        raise misread(f"{option} is no option that a requirement file has", where, "remove the line")
    if _VARIABLE.search(line):
        found.leave(line, where, "it has a variable; packages come from the package index")
        return
    if _COMMAND.fullmatch(line):
        words = [word for word in _WORD.findall(line) if word not in _COMMAND_WORDS and not word.startswith("-")]
        names = [word for word in words if word not in {"sudo", "python", "python3", "m", "y"}]
        raise misread(f'"{line}" is a command, not a package', where, " and ".join(names) or "remove the line")
    requirement, _, options = line.partition(" --")
    if "hash" in options:
        found.note(_HASHES)
    local = _LOCAL_BUILD.fullmatch(requirement.strip())
    if local:
        found.leave(requirement.strip(), where, f"taken over as {local[1]}: the directory is another machine's")
        requirement = local[1]
    found.require(requirement.strip(), where, constraint=constraint)


def split_option(line: str) -> tuple[str | None, str]:
    """Part a line that begins with an option into that and its value."""
    if not line.startswith("-"):
        return None, ""
    if not line.startswith("--"):
        # The value of a short option may follow without a space.
        return line[:2], line[2:].strip().lstrip("=").strip().strip("\"'")
    match = re.match(r"(--[A-Za-z-]+)[=\s]*(.*)", line, re.DOTALL)
    return (match[1], match[2].strip().strip("\"'")) if match else (line, "")


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Give the lines that say something, with the number of their first; a backslash joins lines."""
    number, joined = 0, ""
    for index, line in enumerate(text.splitlines(), 1):
        if not joined:
            number = index
        # A comment ends what a backslash would go on with.
        if line.endswith("\\") and not re.match(r"\s*#", line):
            joined += line[:-1]
            continue
        whole = _COMMENT.sub("", joined + line).strip()
        joined = ""
        if whole:
            yield number, whole
    rest = _COMMENT.sub("", joined).strip()
    if rest:
        yield number, rest
