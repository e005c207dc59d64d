"""See whether the server understood its configuration, and finds the kernels of it.

python -I config.py JUPYTER_PATH MESSAGES
"""

import json
import os
import re
import sys

from jupyter_client.kernelspec import KernelSpecManager

_UNKNOWN = re.compile(r"Config option `(?P<option>\w+)` not recognized by `(?P<name>\w+)`(?P<near>.*)")


def main(path: str, messages: str) -> None:
    """Fail with one line for the first thing that is wrong."""
    with open(messages, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if found := _UNKNOWN.search(text):
        near = re.search(r"`\w+\.?(\w+)`", found["near"])
        hint = f": did you mean {near[1]}?" if near else ""
        _fail(f'there is no setting "{found["name"]}.{found["option"]}"{hint}')
    expected = sorted(os.listdir(os.path.join(path, "kernels")))
    shown = sorted(KernelSpecManager(ensure_native_kernel=False).find_kernel_specs())
    if shown != expected:
        _fail(f"the kernels are {', '.join(expected)}, but {', '.join(shown)} are found")
    for kernel in expected:
        with open(os.path.join(path, "kernels", kernel, "kernel.json"), encoding="utf-8") as file:
            program = json.load(file)["argv"][0]
        if not os.access(program, os.X_OK):
            _fail(f"kernel {kernel} starts {program}, which is no program")


def _fail(message: str) -> None:
    sys.stderr.write(f"error: {message}\n")
    raise SystemExit(1)


main(*sys.argv[1:])
