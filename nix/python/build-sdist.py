"""Build a wheel from one source distribution.

    python -s -P build-sdist.py SOURCE FILE OUT SUBDIRECTORY VERSION

SOURCE is the archive or a directory, FILE its name for messages, OUT the wheel, SUBDIRECTORY where
in the sources the package is, VERSION what the lock has. The backend is the one that the project
names, and runs in this process; this Python has the build requirements.
"""

import importlib
import os
import re
import shutil
import sys
import tarfile
import tomllib
import traceback
import zipfile
from typing import NoReturn

_LEGACY = "setuptools.build_meta:__legacy__"
_TAIL = 20
_NO_DIRECTORY = "it has not one directory at its top"
_HINT = (
    "a version that has a wheel, or what the build needs in build-requires; then 'jupyflake lock'"
)
_PRETENDED = ("SETUPTOOLS_SCM_PRETEND_VERSION", "PDM_BUILD_SCM_VERSION")
_COMPILER = r"\S*(?:gcc|cc|clang|g\+\+|c\+\+)"
# What a build's output says, and what that means.
_CAUSES = (
    (r"fatal error: (\S+): No such file or directory", "the header {0} is missing"),
    (r"No module named '([^']+)'", "the build needs the Python module {0}"),
    (
        rf"No such file or directory: '{_COMPILER}'|[Cc]ommand '{_COMPILER}' failed: No such file",
        "it has native code, and no compiler is there",
    ),
    (r"(?:error: |: )(\S+): (?:command )?not found", "the program {0} is missing"),
)


def _fail(message: str) -> NoReturn:
    sys.exit(f"error: {message}\n  try: {_HINT}")


def _unpack(source: str, file: str, target: str) -> str:
    """Unpack an archive; give its one directory. A directory is copied: builds write into it."""
    if os.path.isdir(source):
        copy = shutil.copytree(source, os.path.join(target, "tree"), symlinks=True)
        for directory, _, names in os.walk(copy):
            for path in (directory, *(os.path.join(directory, name) for name in names)):
                if not os.path.islink(path):
                    os.chmod(path, os.stat(path).st_mode | 0o200)
        return copy
    if file.endswith(".zip"):
        with zipfile.ZipFile(source) as archive:
            archive.extractall(target)  # noqa: S202  (it takes the `..` out of names)
    else:
        with tarfile.open(source) as archive:
            # Refuses paths and links that lead outside, and devices.
            archive.extractall(target, filter="data")
    entries = os.listdir(target)
    if len(entries) != 1 or not os.path.isdir(os.path.join(target, entries[0])):
        raise tarfile.TarError(_NO_DIRECTORY)
    return os.path.join(target, entries[0])


def _build(target: str) -> str:
    """Have the backend build the project in the current directory; give the wheel's path."""
    system: dict[str, object] = {}
    if os.path.exists("pyproject.toml"):
        with open("pyproject.toml", "rb") as stream:
            system = tomllib.load(stream).get("build-system", {})
    sys.path[:0] = [os.path.abspath(path) for path in system.get("backend-path", ())]
    # setuptools looks at the arguments of its caller.
    sys.argv = ["setup.py"]
    name, _, attributes = str(system.get("build-backend", _LEGACY)).partition(":")
    backend = importlib.import_module(name)
    for attribute in filter(None, attributes.split(".")):
        backend = getattr(backend, attribute)
    return os.path.join(target, backend.build_wheel(target))


def _cause(lines: list[str]) -> str:
    """Say in a few words why a build failed."""
    for line in reversed(lines):
        for pattern, meaning in _CAUSES:
            found = re.search(pattern, line)
            if found:
                return meaning.format(*found.groups())
    return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")


def main(source: str, file: str, out: str, subdirectory: str = ".", version: str = "") -> None:
    """Build, with all output kept back for the case that it fails."""
    top = os.environ["NIX_BUILD_TOP"]
    try:
        os.chdir(_unpack(source, file, os.path.join(top, "source")))
        os.chdir(subdirectory)
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        _fail(f"sdist {file} can't be unpacked: {error}")
    # There is no history to take a version from; the lock has it.
    os.environ.update(dict.fromkeys(_PRETENDED, version))
    target = os.path.join(top, "wheel")
    os.mkdir(target)
    output = os.path.join(top, "output")
    kept = os.dup(1), os.dup(2)
    wheel = None
    with open(output, "w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            wheel = _build(target)
        except BaseException:  # noqa: BLE001  (a backend may end the process)
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
    if wheel is None:
        with open(output, errors="replace") as log:
            lines = log.read().splitlines()
        print(*lines[-_TAIL:], sep="\n")  # noqa: T201  (for the log)
        _fail(f"sdist {file}: its build failed: {_cause(lines)}")
    if not wheel.endswith("-any.whl"):
        with zipfile.ZipFile(wheel) as archive:
            if not any(".so" in name for name in archive.namelist()):
                _fail(f"sdist {file}: its build left the native part out, and said nothing")
    shutil.move(wheel, out)
    os.chmod(out, 0o644)


if __name__ == "__main__":
    main(*sys.argv[1:])
