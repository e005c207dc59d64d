"""Execute notebooks; compare what they print with what was saved, where that is asked for.

    python -I notebooks.py TIMEOUT NOTEBOOKS COMPARE OUT

NOTEBOOKS and COMPARE are JSON lists of paths relative to the current directory; OUT gets the executed notebooks.
"""

import difflib
import json
import os
import sys
from typing import Any, NoReturn

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

# Pictures and rich forms depend on fonts and library versions; text is what an author reads and checks.
_TEXT = "text/plain"


def _printed(cell: Any) -> str:
    """Give what a cell prints: streams and text results, without what names a place in memory."""
    parts = []
    for output in cell.get("outputs", ()):
        if output["output_type"] == "stream" and output["name"] == "stdout":
            parts.append(output["text"])
        elif _TEXT in output.get("data", {}):
            parts.append(output["data"][_TEXT])
    return "\n".join("".join(part) if isinstance(part, list) else part for part in parts)


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"error: {message}\n")
    raise SystemExit(1)


def _execute(path: str, timeout: int) -> Any:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=timeout, resources={"metadata": {"path": os.path.dirname(path) or "."}})
    try:
        client.execute()
    except CellExecutionError as error:
        _fail(f"{path}: a cell fails: {error.ename}: {error.evalue}")
    except Exception as error:  # noqa: BLE001  # no such kernel, a kernel that died, a cell without end
        _fail(f"{path}: {type(error).__name__}: {error}")
    return notebook


def _compare(path: str, before: Any, after: Any) -> None:
    for number, (old, new) in enumerate(zip(before.cells, after.cells, strict=True), 1):
        if old["cell_type"] != "code" or _printed(old) == _printed(new):
            continue
        difference = difflib.unified_diff(
            _printed(old).splitlines(), _printed(new).splitlines(), "saved", "now", lineterm=""
        )
        sys.stderr.write("\n".join(difference) + "\n")
        _fail(f"{path}: cell {number} prints something else than what was saved")


def main(timeout: str, notebooks: str, compare: str, out: str) -> None:
    """Execute all notebooks in the order they are listed in."""
    with open(notebooks, encoding="utf-8") as file:
        paths = json.load(file)
    with open(compare, encoding="utf-8") as file:
        compared = json.load(file)
    for path in paths:
        if not os.path.isfile(path):
            _fail(f"the project has no notebook {path} (an untracked file is invisible to Nix: git add -N {path})")
        executed = _execute(path, int(timeout))
        if path in compared:
            _compare(path, nbformat.read(path, as_version=4), executed)
        target = os.path.join(out, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        nbformat.write(executed, target)
        sys.stdout.write(f"{path}: all cells run\n")


main(*sys.argv[1:])
