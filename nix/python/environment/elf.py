"""ELF files: what runs with what, and relinking programs."""

import os
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class System:
    """What the base's Python runs on: all that it loads runs on the same."""

    machine: bytes
    dynamic_linker: str
    # Where the main program's DT_RPATH looks, for itself and for what it loads.
    library_dirs: list[str]


def system_of(program: str) -> System:
    """Read it off the interpreter itself, so that it can't be out of step."""
    program = os.path.realpath(program)
    if not _is_elf(program):
        # macOS: its programs name their libraries by themselves.
        return System(machine(program), "", [])
    linker = _patchelf("--print-interpreter", program)
    origin = os.path.dirname(program)
    rpath = _patchelf("--print-rpath", program).replace("$ORIGIN", origin).split(":")
    return System(machine(program), linker, list(dict.fromkeys(filter(None, rpath))))


def _is_elf(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def machine(path: str) -> bytes:
    """ELF class, byte order and machine: equal for what can run together."""
    with open(path, "rb") as file:
        header = file.read(20)
    return header[4:6] + header[18:20]


def relink(system: System, source: str, target: str) -> None:
    """Copy an ELF program and make it run on the base's libc and libraries."""
    if machine(source) != system.machine:
        # Another processor's program is data to this one.
        os.symlink(source, target)
        return
    with open(source, "rb") as original, open(target, "xb") as file:
        file.write(original.read())
    make_executable(target)
    own = [path for path in _patchelf("--print-rpath", target).split(":") if path]
    rpath = ":".join(dict.fromkeys([*own, *system.library_dirs]))
    _patchelf(
        "--set-interpreter", system.dynamic_linker, "--force-rpath", "--set-rpath", rpath, target
    )


def finds(path: str, soname: str) -> bool:
    """Whether an object names a directory that has a library: what is built from source does."""
    places = _patchelf("--print-rpath", path).split(":")
    return any(os.path.exists(f"{place}/{soname}") for place in places if place.startswith("/"))


def make_executable(path: str) -> None:
    """Let everyone run a file, as the store does."""
    os.chmod(path, 0o755)  # noqa: S103  # what the store makes of it anyway


def _patchelf(*arguments: str) -> str:
    return subprocess.run(
        ["patchelf", *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
