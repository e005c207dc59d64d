"""Byte-compile unpacked wheels into trees that stand for them.

    python -S -s -P bytecode.py OUT NAME=WHEEL…

Writes `OUT/NAME/<directory>/__pycache__/<module>.<tag>.pyc` for each module of
`WHEEL/site-packages`, and beside it links to all files of its directories: where
a directory is one wheel's, an environment needs a single link to it. One process,
sorted names and a fixed hash seed make the result the same each time; the imports
are few because each bucket pays for them.
"""

import gc
import marshal
import os
import sys
from importlib.util import MAGIC_NUMBER, source_hash

# Unchecked hash: Python believes the file without looking at the source, so
# the store's time stamps don't matter.
_HEADER = MAGIC_NUMBER + (0b01).to_bytes(4, "little")
_SUFFIX = f".{sys.implementation.cache_tag}.pyc"
# What a package keeps for its own test run; imported by nobody else.
_TESTS = "tests"


def _compiled(source: bytes, name: str) -> bytes | None:
    """Give the bytecode file's content, or nothing for what is no Python 3."""
    try:
        # The loader corrects the file name, so a relative one will do.
        code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        # Templates and Python 2 code among a wheel's data: pip skips them too.
        return None
    return _HEADER + source_hash(source) + marshal.dumps(code)


def _write(directory: str, relative: str, target: str, *, compiles: bool) -> None:
    """Compile the modules of one directory and link its files, then do those below it."""
    with os.scandir(directory) as scan:
        entries = sorted(scan, key=lambda entry: entry.name)
    cache = os.path.join(target, "__pycache__")
    made = False
    os.mkdir(target)
    for entry in entries:
        name, here = relative + entry.name, os.path.join(target, entry.name)
        if entry.is_dir():
            # The wheel's own bytecode is not this Python's; dist-info is linked as it is.
            if entry.name != "__pycache__" and (relative or not name.endswith(".dist-info")):
                _write(entry.path, name + "/", here, compiles=compiles and entry.name != _TESTS)
            continue
        # At the root stand modules of many wheels: there the environment links them.
        if relative:
            os.symlink(entry.path, here)
        if compiles and name.endswith(".py"):
            with open(entry.path, "rb", buffering=0) as file:
                content = _compiled(file.read(), name)
            if content is None:
                continue
            if not made:
                os.mkdir(cache)
                made = True
            with open(os.path.join(cache, entry.name[:-3] + _SUFFIX), "xb", buffering=0) as file:
                file.write(content)


def main(out: str, *trees: str) -> None:
    """Write the tree of each `NAME=WHEEL` of `trees` into `out`."""
    # Code objects are no garbage to look for: collecting costs a tenth.
    gc.disable()
    os.mkdir(out)
    for tree in trees:
        name, _, wheel = tree.partition("=")
        _write(os.path.join(wheel, "site-packages"), "", os.path.join(out, name), compiles=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
