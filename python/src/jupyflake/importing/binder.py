"""repo2docker's other files: apt.txt, runtime.txt, and those that cannot be taken over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyflake.importing.model import Entry, Found, misread, text_of

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_COMMAND_WORDS = frozenset({"sudo", "apt", "apt-get", "install", "update", "upgrade", "add-apt-repository"})
# Debian's own Python and R, beside which the kernels' stand.
_INTERPRETERS = re.compile(
    r"python3?(?:\.\d+)?(?:-(?:pip|dev|venv|minimal|full|wheel|setuptools))?|r-base(?:-.*)?|jupyter.*"
)
_COMPILERS = re.compile(r"build-essential|gcc(?:-\d+)?|g\+\+(?:-\d+)?|gfortran(?:-\d+)?")

# File → why it is left out.
LEFT = {
    "postBuild": "commands that run while the image is built; packages go into jupyter.toml, data beside the notebooks",
    "start": "commands that run when the container starts; variables go into `env` of a kernel",
    "Dockerfile": "commands that build an image; packages and tools go into jupyter.toml",
    "default.nix": "Nix expressions; the flake of the project may use them",
    "Project.toml": "packages of Julia",
    "JuliaProject.toml": "packages of Julia",
    "REQUIRE": "packages of an old Julia",
    "requirements3.txt": "packages of a second Python; `jupyflake import requirements3.txt --kernel NAME` takes them",
}


def read_apt(path: Path, where: str) -> Found:
    """Read an apt.txt: a name a line; raises JF150 for commands and what is no name."""
    found = Found()
    for number, line in enumerate(text_of(path, where).splitlines(), 1):
        text = re.sub(r"(^|\s)#.*$", "", line).strip()
        if text:
            apt_line(text, f"{where}:{number}", found)
    return found


def apt_line(text: str, where: str, found: Found) -> None:
    """Take one line of names; raises JF150 where it is a command."""
    words = text.split()
    names = [word for word in words if _NAME.fullmatch(word) and word not in _COMMAND_WORDS]
    if len(names) != len(words):
        listed = " and ".join(names[:4])
        raise misread(f'"{text}" is not a name of a Debian package', where, listed or "names only, one a line")
    for name in names:
        if _INTERPRETERS.fullmatch(name):
            found.leave(name, where, "kernels have their own interpreter and packages")
        elif name in {"apt-utils", "software-properties-common", "apt-transport-https"}:
            found.leave(name, where, "there is no apt in an environment")
        elif _COMPILERS.fullmatch(name):
            found.leave(name, where, "nothing is compiled")
        else:
            found.require_tool(name, where)


def read_runtime(path: Path, where: str) -> Found:
    """Read a runtime.txt: the version of Python, or of R with a date."""
    found = Found()
    text = text_of(path, where).strip()
    python = re.fullmatch(r"python-(\d+)(?:\.(\d+))?(?:\.\d+)?", text)
    r_version = re.fullmatch(r"r(?:-(\d+(?:\.\d+)*))?(?:-\d{4}-\d{2}-\d{2})?", text)
    if python:
        found.languages.add("python")
        found.pythons.append(Entry(f"=={'.'.join(filter(None, python.groups()))}.*", where))
    elif r_version:
        found.languages.add("r")
        found.leave(text, where, "R and its packages have the versions of the base")
    else:
        raise misread(f'"{text}" is neither a version of Python nor of R', where, "python-3.11")
    return found


def read_python_version(path: Path, where: str) -> Found:
    """Read a .python-version, as pyenv and uv write it."""
    found = Found()
    text = text_of(path, where).strip()
    version = re.search(r"(?:^|-)(3\.\d+)(?:\.\d+\S*)?$", text)
    if version:
        found.pythons.append(Entry(f"=={version[1]}.*", where))
    else:
        found.leave(text, where, "not understood as a version of Python")
    return found


def read_left(path: Path, where: str) -> Found:
    """Say why a file is left out."""
    found = Found()
    found.leave(path.name, where, LEFT[path.name])
    return found
