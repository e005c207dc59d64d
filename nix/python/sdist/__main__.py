"""Build a wheel from one source: an archive or a directory.

    python -s -P sdist SPECIFICATION HINTS OUT

SPECIFICATION is the JSON that `sdist.nix` writes, HINTS says which package of a base has what.
The backend is the one that the project names, and runs in this process; this Python has the build
requirements.
"""

import importlib
import json
import os
import re
import shutil
import sys
import tarfile
import tomllib
import traceback
import zipfile
from collections.abc import Callable
from types import ModuleType
from typing import NoReturn

from causes import Causes
from native import repack

_LEGACY = "setuptools.build_meta:__legacy__"
# Backends whose own choice of a build directory has a random name, which ends up in what they make.
_RANDOM = ("mesonpy", "scikit_build_core.build")
# What backends that take the version from git read instead.
_PRETENDED = ("SETUPTOOLS_SCM_PRETEND_VERSION", "PDM_BUILD_SCM_VERSION")
_TAIL = 20
_NO_DIRECTORY = "it has not one directory at its top"


def _fail(message: str, hint: str) -> NoReturn:
    sys.exit(f"error: {message}\n  try: {hint}")


def _extract(archive: tarfile.TarFile, target: str) -> None:
    """Unpack; paths and links that lead outside, and devices, are refused."""
    if hasattr(tarfile, "data_filter"):
        archive.extractall(target, filter="data")
        return
    # The Python of Debian's bookworm has no filters yet.
    for member in archive.getmembers():
        ends = [member.name, member.linkname] if member.islnk() else [member.name]
        if member.issym():
            ends.append(os.path.join(os.path.dirname(member.name), member.linkname))
        if member.isdev() or any(re.match(r"/|\.\.(/|$)", os.path.normpath(end)) for end in ends):
            message = f"{member.name} leads outside, or is a device"
            raise tarfile.TarError(message)
    archive.extractall(target)  # noqa: S202  (what the filter would refuse is refused above)


def _unpack(source: str, file: str, target: str) -> str:
    """Unpack an archive, or copy a directory; give the project's directory."""
    if os.path.isdir(source):
        shutil.copytree(source, target, symlinks=True)
        for directory, _, files in os.walk(target):
            for path in (directory, *(os.path.join(directory, name) for name in files)):
                if not os.path.islink(path):
                    os.chmod(path, os.stat(path).st_mode | 0o200)
        return target
    if file.endswith(".zip"):
        with zipfile.ZipFile(source) as archive:
            archive.extractall(target)  # noqa: S202  (it takes the `..` out of names)
    else:
        with tarfile.open(source) as archive:
            _extract(archive, target)
    entries = os.listdir(target)
    if len(entries) != 1 or not os.path.isdir(os.path.join(target, entries[0])):
        raise tarfile.TarError(_NO_DIRECTORY)
    return os.path.join(target, entries[0])


def _backend() -> tuple[str, ModuleType]:
    """Give the build backend of the project in the current directory, with its name."""
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
    return name, backend


def _build(top: str) -> str:
    """Have the backend build the project in the current directory; give the wheel's path."""
    target = os.path.join(top, "wheel")
    os.mkdir(target)
    name, backend = _backend()
    settings = {"build-dir": os.path.join(top, "build")} if name in _RANDOM else None
    return os.path.join(target, backend.build_wheel(target, settings))


def _ask(top: str) -> str:
    """Have the backend say what its build requires, and its metadata if it can; give the answer."""
    _, backend = _backend()
    requires = list(getattr(backend, "get_requires_for_build_wheel", list)())
    answer: dict[str, object] = {"requires": requires}
    try:
        answer["metadata"] = _metadata(backend, os.path.join(top, "metadata"))
    except (Exception, SystemExit):
        # What it requires may be what it lacks.
        if not requires:
            raise
        traceback.print_exc(limit=-3)
    path = os.path.join(top, "answer")
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(answer, stream)
    return path


def _metadata(backend: ModuleType, target: str) -> str:
    os.mkdir(target)
    if hasattr(backend, "prepare_metadata_for_build_wheel"):
        info = backend.prepare_metadata_for_build_wheel(target)
        with open(os.path.join(target, info, "METADATA"), encoding="utf-8") as stream:
            return stream.read()
    with zipfile.ZipFile(os.path.join(target, backend.build_wheel(target))) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()


def _logged(action: Callable[[], str], output: str) -> tuple[str | None, list[str]]:
    """Run with all output kept back, that of other programs too; give the result and the lines."""
    kept = os.dup(1), os.dup(2)
    result = None
    with open(output, "w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            result = action()
        except SystemExit as error:
            # What went wrong has been said.
            sys.stderr.write(f"{error.code if isinstance(error.code, str) else ''}\n")
        except BaseException:  # noqa: BLE001  (a backend may end the process)
            traceback.print_exc(limit=-3)
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
    with open(output, errors="replace") as log:
        return result, log.read().splitlines()


def main(path: str, table: str, out: str) -> None:
    """Build; a failed build shows its last lines and says why."""
    top = os.environ["NIX_BUILD_TOP"]
    with open(path, encoding="utf-8") as stream:
        specification = json.load(stream)
    file = specification["file"]
    causes = Causes(table, specification["base"], specification["name"])
    try:
        os.chdir(_unpack(specification["source"], file, os.path.join(top, "source")))
        os.chdir(specification["subdirectory"])
    except (OSError, shutil.Error, tarfile.TarError, zipfile.BadZipFile) as error:
        _fail(f"sdist {file} can't be unpacked: {error}", "another version, then 'jupyflake lock'")
    # There is no history to take a version from; the lock has it.
    os.environ.update(dict.fromkeys(_PRETENDED, specification["version"]))
    # Modules of these names are the project's from here on.
    del sys.path[0]
    ask = specification["ask"]
    action = _ask if ask else _build
    wheel, lines = _logged(lambda: action(top), os.path.join(top, "output"))
    if wheel is None:
        print(*lines[-_TAIL:], sep="\n")  # noqa: T201  (for the log)
        cause, hint = causes.explain(lines)
        what = "its build backend does not say what it needs" if ask else "its build failed"
        _fail(f"sdist {file}: {what}: {cause}", hint)
    if ask:
        shutil.move(wheel, out)
        os.chmod(out, 0o644)
        return
    if not wheel.endswith("-any.whl"):
        with zipfile.ZipFile(wheel) as archive:
            if not any(".so" in name or "/scripts/" in name for name in archive.namelist()):
                print(*lines[-_TAIL:], sep="\n")  # noqa: T201  (for the log)
                cause, hint = causes.explain(lines)
                _fail(
                    f"sdist {file}: its build left the native part out and went on: {cause}", hint
                )
    repack(wheel, out, specification["libraryDirs"])


if __name__ == "__main__":
    main(*sys.argv[1:])
