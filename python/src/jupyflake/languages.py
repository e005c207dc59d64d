"""The languages that kernels can be had for: one file each in `nix/kernels/`, which Nix reads too."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import msgspec
import tomli

from jupyflake.flake import DEBIAN, NIXPKGS, bases, flake_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

# Where the `packages` of a kernel are from.
PYPI = "pypi"
CRAN = "cran"


class Language(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """What the command line needs of a language's file; the rest is for Nix and for the conformance tests."""

    display_name: str
    # What its kernel is, in a few words.
    about: str
    # Words that people may look for it by.
    aliases: tuple[str, ...] = ()
    packages_from: str | None = None
    # PyPI packages that the kernel itself is made of.
    packages: tuple[str, ...] = ()
    # What those name as dependencies though their kernel runs without.
    without: tuple[str, ...] = ()
    # Base, or family of bases (`debian`), → packages of it. The language is on no other base.
    tools: dict[str, tuple[str, ...]]

    def tools_on(self, base: str) -> tuple[str, ...] | None:
        """Give the packages of a base that the kernel needs; none at all where the base lacks the language."""
        return self.tools.get(base, self.tools.get(family(base)))

    def bases(self) -> list[str]:
        """Give the bases that have the language."""
        return [base for base in bases() if self.tools_on(base) is not None]


def family(base: str) -> str:
    """Give `debian` for all Debian suites, and the base itself otherwise."""
    return base if base == NIXPKGS else DEBIAN.rstrip("/")


@functools.cache
def languages() -> dict[str, Language]:
    """Give all languages by name: Python and R first, then by the alphabet."""
    files = (flake_directory() / "nix" / "kernels").glob("*.toml")
    names = sorted((path.stem for path in files), key=lambda name: (name not in {"python", "r"}, name))
    return {name: read(name) for name in names}


def read(name: str) -> Language:
    """Read one language's file."""
    text = (flake_directory() / "nix" / "kernels" / f"{name}.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomli.loads(text), Language)


def by_alias(word: str) -> str | None:
    """Give the language that people call so."""
    folded = word.strip().lower().replace("_", "-")
    return next((name for name, each in languages().items() if folded in {name, *each.aliases}), None)


def takes_python(argv: Sequence[str] | None) -> bool:
    """Whether a kernel's own command line is one of Python's."""
    return bool(argv) and str((argv or [""])[0]).startswith("python")
