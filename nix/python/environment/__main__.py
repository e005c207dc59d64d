"""Assemble one Python environment from unpacked wheels and their bytecode.

    python -I -S environment SPECIFICATION TABLE OUT

SPECIFICATION is the JSON that `environment.nix` writes, TABLE says which Debian
package has which library.
"""

import gc
import os
import sys

from libraries import check_libraries
from programs import write_programs
from specification import Specification, read
from tree import Directory, Merger


def _write_configuration(specification: Specification) -> None:
    """Make the directory a virtual environment, so that `sys.prefix` is it."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    with open(os.path.join(specification.out, "pyvenv.cfg"), "x", encoding="utf-8") as file:
        file.write(
            f"home = {specification.python}/bin\n"
            "include-system-site-packages = false\n"
            f"version = {version}\n"
        )


def _write_variables(specification: Specification) -> None:
    """Have each start of this Python set what its native libraries find their files by."""
    if specification.variables:
        lines = [
            f"import os; os.environ.setdefault({name!r}, {value!r})\n"
            for name, value in sorted(specification.variables.items())
        ]
        place = os.path.join(specification.out, specification.site_packages)
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, "_variables.pth"), "x", encoding="utf-8") as file:
            file.writelines(lines)


def _merge(specification: Specification) -> None:
    """Merge packages, data files and headers."""
    merger = Merger(specification)
    roots = {
        specification.site_packages: ["site-packages", f"data/{specification.site_packages}"],
        "": ["data"],
    }
    for target, places in roots.items():
        merger.merge(
            target,
            [
                Directory(wheel, path)
                for wheel in specification.wheels
                for place in places
                if os.path.isdir(path := os.path.join(wheel.path, place))
            ],
        )
    for wheel in specification.wheels:
        headers = os.path.join(wheel.path, "headers")
        if os.path.isdir(headers):
            merger.merge(
                f"include/site/python{specification.version}/{wheel.name}",
                [Directory(wheel, headers)],
            )


def main(path: str, table: str, out: str) -> None:
    """Build the environment in `out`."""
    gc.disable()
    specification = read(path, out)
    check_libraries(specification, table)
    os.mkdir(out)
    _write_configuration(specification)
    write_programs(specification)
    _merge(specification)
    _write_variables(specification)


if __name__ == "__main__":
    main(*sys.argv[1:])
