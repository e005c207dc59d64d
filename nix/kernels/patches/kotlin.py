"""Starts the Kotlin kernel as this process, and without the debugger's port that it would open for everybody."""

import json
import os
import sys
from types import SimpleNamespace

from run_kotlin_kernel import run_kernel

run_kernel.json = SimpleNamespace(load=lambda file: {**json.load(file), "debuggerPort": ""})
run_kernel.subprocess = SimpleNamespace(call=lambda words: os.execvp(words[0], words))  # noqa: S606  (no shell is wanted)

if __name__ == "__main__":
    run_kernel.run_kernel(*sys.argv[1:])
