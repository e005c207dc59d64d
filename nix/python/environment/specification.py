"""What an environment is made of, as `environment.nix` describes it."""

import json
import os
import sys
from dataclasses import dataclass
from typing import NoReturn

from elf import System, system_of

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def fail(message: str, hint: str) -> NoReturn:
    """End the build: one line on what is wrong, one on what to do."""
    sys.stderr.write(f"error: {message}\n  try: {hint}\n")
    raise SystemExit(1)


def _lines(path: str) -> list[str]:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read().splitlines()


@dataclass(frozen=True, eq=False)
class Wheel:
    """One unpacked wheel and the tree with its bytecode."""

    name: str
    path: str
    bytecode: str
    # ELF programs, by path relative to the wheel.
    programs: frozenset[str]
    # Shared objects and programs with the libraries that each asks for.
    needed: dict[str, list[str]]
    # Whether one of these looks for libraries in another wheel's directory.
    leans: bool


@dataclass(frozen=True)
class Specification:
    """One environment: where it goes and what goes into it."""

    name: str
    out: str
    # The interpreter's own prefix, and the one whose program is started.
    python: str
    interpreter: str
    wheels: list[Wheel]
    system: System
    # Where the wheels' own objects were told to look, beside the interpreter's RPATH.
    library_dirs: list[str]
    allow_missing: frozenset[str]
    base: str
    # Variables by which the libraries find their own files, where nobody has set them.
    variables: dict[str, str]
    version: str = VERSION

    @property
    def executable(self) -> str:
        """The environment's own Python, as its scripts name it."""
        return f"{self.out}/bin/python{self.version}"

    @property
    def site_packages(self) -> str:
        """Where packages are, relative to the environment."""
        return f"lib/python{self.version}/site-packages"

    def warn(self, message: str) -> None:
        """Say what was decided; the build goes on."""
        sys.stderr.write(f"warning: environment {self.name}: {message}\n")


def read(path: str, out: str) -> Specification:
    """Read the JSON file that Nix wrote."""
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    wheels = []
    for wheel in sorted(data["wheels"], key=lambda wheel: str(wheel["name"])):
        support = os.path.join(wheel["path"], "nix-support")
        rows = [line.split("\t") for line in _lines(f"{support}/needed")]
        wheels.append(
            Wheel(
                name=wheel["name"],
                path=wheel["path"],
                bytecode=wheel["bytecode"],
                programs=frozenset(_lines(f"{support}/programs")),
                needed={row[0]: row[1:] for row in rows},
                leans=os.path.exists(f"{support}/leans"),
            )
        )
    return Specification(
        name=data["name"],
        out=out,
        python=data["python"],
        interpreter=data["interpreter"],
        wheels=wheels,
        system=system_of(f"{data['interpreter']}/bin/python{VERSION}"),
        library_dirs=data["libraryDirs"],
        allow_missing=frozenset(data["allowMissing"]),
        base=data["base"],
        variables=data["variables"],
    )
