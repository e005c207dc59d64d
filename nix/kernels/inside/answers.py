"""What to answer to an installation: from the words of pip and conda to those of jupyflake. No I/O."""

import re
import shlex
from dataclasses import dataclass

# A line that starts an installer, in any of the ways that notebooks have.
_LINE = re.compile(
    r"(?P<indent>\s*)!{1,2}\s*(?:sudo\s+)?"
    r"(?:(?:\{\s*sys\.executable\s*\}|[\w./-]*python[\d.]*)\s+-m\s+)?"
    r"(?P<tool>pip|conda|mamba|micromamba|uv)[\d.]*\s+(?P<words>[^\n]*)"
)
# Options that take the next word, of any of the tools.
_WITH_VALUE = frozenset({"-c", "-e", "-f", "-i", "-n", "-p", "-t", "--channel", "--constraint", "--editable"})
_WITH_VALUE |= {"--index-url", "--extra-index-url", "--find-links", "--name", "--prefix", "--python", "--target"}
_FILES = {"-r", "--requirement", "--file"}
_ADDS = {"install", "add", "update", "upgrade"}
_REMOVES = {"uninstall", "remove"}


@dataclass(frozen=True)
class Wish:
    """What somebody wants done to the packages: a verb of ours, packages, and files that list packages."""

    verb: str
    packages: tuple[str, ...]
    files: tuple[str, ...] = ()


def as_magic(lines: list[str]) -> list[str]:
    """Turn `!pip install …` and its kin into `%pip install …`; cells of another language stay as they are."""
    first = next((line for line in lines if line.strip()), "")
    return lines if first.startswith("%%") else [_LINE.sub(_magic, line) for line in lines]


def _magic(match: re.Match[str]) -> str:
    return f"{match['indent']}%{match['tool']} {shlex.join(_words(match['words']))}"


def _words(line: str) -> list[str]:
    """Split as a shell does, up to where it would start another command or send the output somewhere."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    try:
        for word in lexer:
            if set(word) <= set("();<>|&"):
                break
            words.append(word)
    except ValueError:
        # A quotation that does not end.
        return line.split()
    return words


def wish(line: str) -> Wish | None:
    """Read what `%pip`, `%conda` or `%uv` was told; None where it is not about adding or removing."""
    words = _words(line)
    if words[:1] == ["pip"]:
        # uv pip install
        words = words[1:]
    if not words or words[0] not in _ADDS | _REMOVES:
        return None
    verb = "add" if words[0] in _ADDS else "remove"
    packages: list[str] = []
    files: list[str] = []
    option = ""
    for word in words[1:]:
        if option:
            if option in _FILES:
                files.append(word)
            option = ""
        elif word in _WITH_VALUE or word in _FILES:
            option = word
        elif not word.startswith("-"):
            packages.append(_requirement(word))
    return Wish(verb, tuple(packages), tuple(files))


def _requirement(word: str) -> str:
    """Write conda's `numpy=1.26` and `conda-forge::numpy` as a requirement."""
    name = word.rpartition("::")[2]
    return re.sub(r"^([\w.-]+)=(?!=)([\w.*]+)$", _pinned, name)


def _pinned(match: re.Match[str]) -> str:
    version = match[2]
    return f"{match[1]}=={version}" if version.endswith("*") else f"{match[1]}=={version}.*"


def command(asked: Wish, kernel: str) -> str:
    """Give the command for a terminal."""
    if asked.files and not asked.packages:
        return f"jupyflake import {shlex.join(asked.files)}"
    return f"jupyflake {asked.verb} --kernel {kernel} {shlex.join(asked.packages) or 'PACKAGE'}"
