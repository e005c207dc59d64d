"""Finding libraries that nothing in an environment provides."""

import fnmatch
import json
import os
from collections.abc import Iterable

from elf import finds, machine
from specification import Specification, Wheel, fail


def check_libraries(specification: Specification, table: str) -> None:
    """End the build where a shared object asks for a library that isn't there.

    What one wheel brings counts for all: libraries are often loaded by the
    package that brings them before another one asks for their name.
    """
    with open(table, encoding="utf-8") as file:
        known = json.load(file)
    excused = specification.allow_missing | set(known["driver"])
    present = _present(specification)
    # The soname, and the first who asks for it.
    missing: dict[str, tuple[Wheel, str]] = {}
    for wheel in specification.wheels:
        for path, sonames in wheel.needed.items():
            for soname in sonames:
                if soname in present or soname in excused or soname in missing or "/" in soname:
                    continue
                if (
                    not _optional(known["optional"], path)
                    and _ours(specification, wheel, path)
                    and not finds(os.path.join(wheel.path, path), soname)
                ):
                    missing[soname] = (wheel, path)
    if missing:
        _complain(specification, missing, known["debian"])
    for wheel in specification.wheels:
        absent = [
            soname
            for soname in known["loaded"].get(wheel.name, ())
            if soname not in present and soname not in specification.allow_missing
        ]
        if absent:
            specification.warn(
                f"{wheel.name} loads {', '.join(absent)}, which no wheel brings:"
                f" {_hint(specification, absent, known['debian'])}, or"
                f" missing-libraries = {json.dumps(absent)}"
            )


def _present(specification: Specification) -> set[str]:
    """Name all libraries: the base's and the wheels'."""
    names: set[str] = set()
    store = os.path.dirname(specification.python) + "/"
    for directory in {*specification.system.library_dirs, *specification.library_dirs}:
        # What a machine has beside the store, such as a driver, must not decide.
        if directory.startswith(store) and os.path.isdir(directory):
            names.update(os.listdir(directory))
    for wheel in specification.wheels:
        # Libraries without needs of their own aren't in `needed`, but stand beside the others.
        for directory in {os.path.dirname(path) for path in wheel.needed}:
            names.update(os.listdir(os.path.join(wheel.path, directory)))
    return names


def _optional(patterns: list[str], path: str) -> bool:
    """Whether a package does without this file when it can't be loaded."""
    return any(fnmatch.fnmatchcase(path, f"site-packages/{pattern}") for pattern in patterns)


def _ours(specification: Specification, wheel: Wheel, path: str) -> bool:
    """Whether the file is for this machine: some wheels carry several machines' files."""
    return machine(os.path.join(wheel.path, path)) == specification.system.machine


def _complain(
    specification: Specification,
    missing: dict[str, tuple[Wheel, str]],
    debian: dict[str, str | dict[str, str]],
) -> None:
    asked = [
        f"{soname} ({wheel.name}: {path.rpartition('/')[2]})"
        for soname, (wheel, path) in sorted(missing.items())
    ]
    fail(
        f"environment {specification.name} lacks libraries: {', '.join(asked)}",
        f"{_hint(specification, missing, debian)}, then run 'jupyflake lock'",
    )


def _hint(
    specification: Specification, sonames: Iterable[str], debian: dict[str, str | dict[str, str]]
) -> str:
    """Name the packages that have these libraries, as far as the table knows them."""
    suite = specification.base.rpartition("/")[2]
    packages: set[str] = set()
    for soname in sonames:
        package = debian.get(soname)
        if isinstance(package, dict):
            package = package.get(suite, package["default"])
        if package and specification.base.startswith("debian/"):
            packages.add(package)
    if packages:
        quoted = ", ".join(f'"{package}"' for package in sorted(packages))
        return f"put {quoted} into this environment's 'tools' in jupyter.toml"
    return "put the package that has the library into this environment's 'tools' in jupyter.toml"
