"""Byte-compile the standard library below the given directory, the same bytes on every machine.

Hash-based files that are never checked: times in the store mean nothing. One process, files in order.
"""

import os
import py_compile
import sys

for directory, folders, files in os.walk(sys.argv[1]):
    folders.sort()
    for name in sorted(files):
        if name.endswith(".py"):
            py_compile.compile(
                os.path.join(directory, name),
                doraise=True,
                optimize=0,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
