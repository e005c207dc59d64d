"""Executes notebooks, several at once, each in its own kernel; run by the Python of the project's server.

    python -I runner.py < REQUEST

REQUEST is a JSON object: `notebooks`, `jobs`, `timeout` in seconds; of each notebook the `path`, the `directory`
to execute it in, its `kernel` or null, whether to `compare`, and as `target` the path of the executed one or null.
Each notebook that has ended is a JSON object in a line on standard error. A notebook on the disk is never changed.

Sources: nbclient "Executing notebooks", nbformat "The notebook format".
"""

import asyncio
import difflib
import json
import re
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets.config import Config

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_LAST_LINES = 12


async def _execute(request: dict[str, Any], seconds: int) -> dict[str, Any]:
    """Execute one notebook and tell how it went."""
    path = request["path"]
    started = time.monotonic()
    result: dict[str, Any] = {"path": path, "ok": True}
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # noqa: BLE001  (a file of whatever content)
        return result | {"ok": False, "error": f"it is no notebook: {_line(error)}", "seconds": 0.0}
    saved = [_printed(cell) for cell in notebook.cells]
    client = NotebookClient(
        notebook,
        timeout=seconds,
        startup_timeout=seconds,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        resources={"metadata": {"path": request["directory"]}},
        **({"kernel_name": request["kernel"]} if request["kernel"] else {}),
    )
    result["kernel"] = request["kernel"] or notebook.metadata.get("kernelspec", {}).get("name", "")
    with tempfile.TemporaryFile() as log:
        try:
            await client.async_execute(stdout=log, stderr=log)
            if request["compare"]:
                result |= _compared(saved, notebook.cells)
        except Exception as error:  # noqa: BLE001  (whatever it is, the notebook has failed)
            result |= {"ok": False, **_told(error, notebook, seconds)}
            # What a kernel says matters where it ended by itself.
            spoken = not isinstance(error, CellExecutionError | CellTimeoutError)
            result["log"] = _tail(log) if spoken else ""
    result["seconds"] = round(time.monotonic() - started, 3)
    result["cells"] = sum(cell.cell_type == "code" for cell in notebook.cells)
    if request["target"] is not None:
        _write(notebook, Path(request["target"]))
    return result


def _write(notebook: Any, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)


def _told(error: Exception, notebook: Any, timeout: int) -> dict[str, Any]:
    number = _failed_cell(notebook)
    if isinstance(error, CellExecutionError):
        value = _COLOURS.sub("", str(error.evalue)).strip().splitlines()
        text = f"{error.ename}: {value[0]}" if value else str(error.ename)
        return {"error": text, "cell": number, "traceback": _COLOURS.sub("", error.traceback)}
    if isinstance(error, CellTimeoutError):
        return {"error": f"a cell takes more than {timeout} s", "cell": number}
    if isinstance(error, DeadKernelError):
        return {"error": "the kernel died", "cell": number}
    return {"error": f"the kernel does not start: {_line(error)}"}


def _failed_cell(notebook: Any) -> int | None:
    """Give the number of the last cell that was started, from 1 as a reader counts code cells."""
    started = [
        number
        for number, cell in enumerate((each for each in notebook.cells if each.cell_type == "code"), 1)
        if ("execution" in cell.metadata and "shell.execute_reply" not in cell.metadata["execution"])
        or any(output.output_type == "error" for output in cell.get("outputs", ()))
    ]
    return started[-1] if started else None


def _printed(cell: Any) -> str:
    """Give the text that a cell prints or results in; pictures depend on fonts and versions."""
    parts = []
    for output in cell.get("outputs", ()):
        if output["output_type"] == "stream" and output["name"] == "stdout":
            parts.append(output["text"])
        elif "text/plain" in output.get("data", {}):
            parts.append(output["data"]["text/plain"])
    return "\n".join("".join(part) if isinstance(part, list) else part for part in parts)


def _compared(saved: list[str], cells: Any) -> dict[str, Any]:
    code = 0
    for before, cell in zip(saved, cells, strict=True):
        code += cell.cell_type == "code"
        now = _printed(cell)
        if cell.cell_type == "code" and now != before:
            lines = difflib.unified_diff(before.splitlines(), now.splitlines(), "saved", "now", lineterm="")
            return {
                "ok": False,
                "error": "it prints something else than what was saved",
                "cell": code,
                "traceback": "\n".join(lines),
            }
    return {}


def _tail(log: Any) -> str:
    log.seek(0)
    return "\n".join(log.read().decode(errors="replace").splitlines()[-_LAST_LINES:])


def _line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


async def _main() -> None:
    request = json.load(sys.stdin)
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  (asyncio.run has made it)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    limit = asyncio.Semaphore(request["jobs"])

    async def one(notebook: dict[str, Any]) -> None:
        async with limit:
            result = await _execute(notebook, request["timeout"])
        sys.stderr.write(json.dumps(result) + "\n")
        sys.stderr.flush()

    await asyncio.gather(*(one(notebook) for notebook in request["notebooks"]))


if __name__ == "__main__":
    try:
        asyncio.run(_main())
    except asyncio.CancelledError:
        sys.exit(130)
