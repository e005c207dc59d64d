"""Find shared libraries where the loader looks for them: `ctypes._store_libraries`.

ctypes.util asks the loader's cache and a compiler, and neither knows the Nix store. The loader itself does.
"""

from __future__ import annotations

import os
import re
from ctypes import (
    CDLL,
    POINTER,
    Structure,
    byref,
    c_char_p,
    c_int,
    c_size_t,
    c_uint,
    c_void_p,
    cast,
    create_string_buffer,
)

# What dlinfo() is asked for (dlfcn.h).
RTLD_DI_SERINFO = 4
RTLD_DI_SERINFOSIZE = 5


class _Entry(Structure):
    _fields_ = (("name", c_char_p), ("flags", c_uint))


class _Information(Structure):
    _fields_ = (("size", c_size_t), ("count", c_uint), ("entries", _Entry * 1))


def search_path() -> list[str]:
    """List the directories that the loader searches for the main program."""
    program = CDLL(None)
    dlinfo = program.dlinfo
    dlinfo.argtypes = (c_void_p, c_int, c_void_p)
    size = _Information()
    if dlinfo(program._handle, RTLD_DI_SERINFOSIZE, byref(size)):  # noqa: SLF001 # ctypes has no public name for it
        return []
    buffer = create_string_buffer(size.size)
    information = cast(buffer, POINTER(_Information)).contents
    information.size, information.count = size.size, size.count
    if dlinfo(program._handle, RTLD_DI_SERINFO, buffer):  # noqa: SLF001
        return []
    entries = cast(byref(information.entries), POINTER(_Entry * information.count)).contents
    return [os.fsdecode(entry.name) for entry in entries]


def find_library(name: str) -> str | None:
    """Return the file name of a library that CDLL will find, "libz.so.1" for "z", or None."""
    pattern = re.compile(rf"lib{re.escape(name)}\.so(\.[0-9]+)*")
    for directory in search_path():
        try:
            files = sorted(file for file in os.listdir(directory) if pattern.fullmatch(file))
        except OSError:
            continue
        # libz.so.1 rather than libz.so (for development) or libz.so.1.3.1, as the loader's cache has it.
        versioned = [file for file in files if re.fullmatch(r".*\.so\.[0-9]+", file)]
        if files:
            return (versioned or files)[0]
    return None
