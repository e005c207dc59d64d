"""A notebook: what its code imports, and what its cells install."""

from __future__ import annotations

import ast
import json
import re
import shlex
import sys
from typing import TYPE_CHECKING, Any

from jupyflake.importing import binder, conda, names, r_files, requirements_txt, shapes
from jupyflake.importing.model import Entry, Found, text_of, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_IMPORT = re.compile(r"^\s*(?:import|from)\s+([A-Za-z_]\w*)", re.MULTILINE)
_SHELL = re.compile(
    r"^\s*(?:!|%|%%)?\s*(?:sudo\s+)?(?:\S*python\S*\s+-m\s+|\{sys\.executable\}\s+-m\s+)?(?P<words>(?:pip3?|uv\s+pip|conda|mamba|micromamba|apt|apt-get)\s+install\s.*)$"
)
_MAGIC = re.compile(r"\s*(?:[!%?]|.*\?\s*$)")
# Those that run the cell as Python.
_PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun", "memit", "python", "python3", "heat", "mprun"})
_SHELL_MAGICS = frozenset({"bash", "sh", "script", "system", "sx", "!"})
_WITH_VALUE = frozenset({"-c", "--channel", "-n", "--name", "-p", "--prefix", "-t", "--target", "--python", "--root"})
_SHARED = "many packages share this name; name the one that is meant"
_NO_PACKAGE = {"google": _SHARED, "azure": _SHARED, "zope": _SHARED, "colab": "only there is in Colab", "apt": _SHARED}


def read(path: Path, where: str) -> Found:
    """Read a notebook; raises JF151 where the file is none."""
    try:
        data = json.loads(text_of(path, where))
        shapes.check(data, shapes.Notebook, where)
        cells = [cell for cell in data["cells"] if cell["cell_type"] == "code"]
        texts = ["".join(cell.get("source", "")) for cell in cells]
    except json.JSONDecodeError as error:
        raise unreadable("the file is no notebook of version 4", where, "open and save it in Jupyter") from error
    found = Found()
    language = _language(data.get("metadata", {}))
    found.languages |= {language} & {"python", "r"}
    if language not in {"python", "r"}:
        found.leave(f"the code in {language}", where, "its packages are not known")
        return found
    for number, text in enumerate(texts, 1):
        place = f"{where} cell {number}"
        if language == "r":
            r_files.script(text, place, found, loads=True)
        else:
            _python_cell(text, place, path, found)
    return found


def _language(metadata: dict[str, Any]) -> str:
    kernel = metadata.get("kernelspec", {})
    name = str(kernel.get("language") or metadata.get("language_info", {}).get("name") or "python").lower()
    return {"ir": "r", "ipython": "python", "python3": "python"}.get(name, name)


def _python_cell(text: str, where: str, path: Path, found: Found) -> None:
    first, _, rest = text.lstrip().partition("\n")
    magic = re.match(r"%%(\w+|!)", first)
    for line in _whole_lines(text):
        command = _SHELL.match(line)
        # In a cell of Python, "pip install x" without a mark is automagic.
        if command:
            _installed(command["words"], where, path, found)
    if magic and magic[1] == "R":
        r_files.script(rest, where, found, loads=True)
        return
    if magic and magic[1] not in _PYTHON_MAGICS:
        return
    code = "\n".join(
        "" if _MAGIC.match(line) or _SHELL.match(line) else line for line in (rest if magic else text).splitlines()
    )
    for module in _modules(code):
        _imported(module, where, path, found)


def _whole_lines(text: str) -> Iterator[str]:
    return iter(text.replace("\\\n", " ").splitlines())


def _modules(code: str) -> list[str]:
    """Give the first part of the names that code imports, once each."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return list(dict.fromkeys(_IMPORT.findall(code)))
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.append(node.module.partition(".")[0])
    return list(dict.fromkeys(found))


def _imported(module: str, where: str, path: Path, found: Found) -> None:
    beside = path.parent
    if module in sys.stdlib_module_names or (beside / f"{module}.py").exists() or (beside / module).is_dir():
        return
    if module in _NO_PACKAGE:
        found.leave(f"import {module}", where, _NO_PACKAGE[module])
        return
    name = names.IMPORT_TO_PYPI.get(module, module)
    if name == "setuptools" and module == "pkg_resources":
        found.note(f"{where}: pkg_resources is a part of old versions of setuptools")
    guessed = module not in names.IMPORT_TO_PYPI and module not in names.IMPORTS_AS_PYPI
    found.python.append(Entry(name, where, guessed=guessed))


def _installed(command: str, where: str, path: Path, found: Found) -> None:
    try:
        words = shlex.split(re.split(r"#|&&|;|[|]", command, maxsplit=1)[0])
    except ValueError:
        found.leave(command, where, "the command is not understood")
        return
    tool = words[0]
    options = iter(words[words.index("install") + 1 :])
    for word in options:
        if word in {"-r", "--requirement"}:
            name = next(options, "")
            if (path.parent / name).is_file():
                found.add(requirements_txt.read(path.parent / name, name))
            else:
                found.leave(f"-r {name}", where, "the file is not beside the notebook")
        elif word in _WITH_VALUE and not (word == "-c" and tool.startswith("pip")):
            next(options, None)
        elif word in {"-i", "--index-url", "--extra-index-url", "-f", "--find-links"}:
            requirements_txt.read_line(f"{word} {next(options, '')}", where, found)
        elif word.startswith("-"):
            continue
        elif "{" in word or "$" in word:
            found.leave(word, where, "a variable of the notebook")
        elif tool in {"apt", "apt-get"}:
            binder.apt_line(word, where, found)
        elif tool in {"conda", "mamba", "micromamba"}:
            conda.package(word, where, found)
        else:
            requirements_txt.read_line(word, where, found)
