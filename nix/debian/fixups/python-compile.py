"""Byte-compile the standard library below the given directory, the same bytes on every machine.

Hash-based files that are never checked: times in the store mean nothing. One process, files in order.
"""

import os
import py_compile
import sys

failures = 0
for directory, folders, files in os.walk(sys.argv[1]):
    folders[:] = sorted(folder for folder in folders if folder != "__pycache__")
    for name in sorted(files):
        if not name.endswith(".py"):
            continue
        path = os.path.join(directory, name)
        try:
            py_compile.compile(
                path,
                doraise=True,
                optimize=0,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        except py_compile.PyCompileError as error:
            # Test data with faults on purpose; Python would compile it when imported, and fail the same way.
            print(f"not compiled: {path}: {error.exc_type_name}", file=sys.stderr)
            failures += 1
if failures > 50:
    sys.exit("too many files could not be compiled")
