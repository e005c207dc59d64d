"""setup.py and setup.cfg of a package: its dependencies, where they are written out. Nothing is run."""

from __future__ import annotations

import ast
import configparser
from typing import TYPE_CHECKING

from jupyflake.importing.model import Entry, Found, text_of, unreadable

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, where: str) -> Found:
    """Read `install_requires` and `python_requires` of setup.py, and of a setup.cfg beside it.

    Raises JF150 for an entry, JF151 for a file that is none.
    """
    found = Found()
    found.languages.add("python")
    try:
        tree = ast.parse(text_of(path, where))
    except (SyntaxError, ValueError) as error:
        raise unreadable(f"the file is not Python: {error}", where) from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) == "setup":
            for keyword in node.keywords:
                _keyword(keyword, where, found)
    beside = path.with_name("setup.cfg")
    if beside.is_file():
        _configuration(beside, where.replace("setup.py", "setup.cfg"), found)
    found.leave("the package itself", where, "it is not installed; notebooks beside it can import it")
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _keyword(keyword: ast.keyword, where: str, found: Found) -> None:
    if keyword.arg not in {"install_requires", "python_requires"}:
        return
    place = f"{where}:{keyword.value.lineno}"
    try:
        value = ast.literal_eval(keyword.value)
    except ValueError:
        found.leave(keyword.arg, place, "it is computed; the packages have to be named in jupyter.toml")
        return
    if keyword.arg == "python_requires":
        found.pythons.append(Entry(str(value), place))
        return
    for text in value.splitlines() if isinstance(value, str) else value:
        if str(text).strip():
            found.require(str(text), place)


def _configuration(path: Path, where: str, found: Found) -> None:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text_of(path, where))
    except configparser.Error as error:
        raise unreadable(f"the file is no configuration: {str(error).splitlines()[0]}", where) from error
    if parser.has_option("options", "python_requires"):
        found.pythons.append(Entry(parser.get("options", "python_requires").strip(), where))
    for line in parser.get("options", "install_requires", fallback="").splitlines():
        if line.strip():
            found.require(line, f"{where} [options]")
