"""The shapes of other tools' tables: what a reader takes for granted is checked, with the path to what is wrong."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct, field

from jupyflake.importing.model import unreadable


class _Table(Struct, kw_only=True, rename="kebab"):
    """A table that may have more keys than are read."""


class Package(_Table):
    """A package of poetry or pipenv, where it is more than a version."""

    version: str = "*"
    extras: list[str] = []
    markers: str = ""
    python: str = ""
    platform: str = ""
    optional: bool = False


Packages = dict[str, str | Package | list[Any]]


class Pipfile(_Table):
    """A Pipfile."""

    packages: Packages = {}
    dev_packages: Packages = {}
    requires: dict[str, str] = {}
    source: list[dict[str, Any]] = []


class PipfileLock(_Table):
    """A Pipfile.lock."""

    default: dict[str, Package]
    develop: dict[str, Package] = {}
    meta: dict[str, Any] = field(name="_meta", default={})


class _LockedPackage(_Table):
    name: str
    version: str | None = None
    marker: str | None = None


class Pylock(_Table):
    """A pylock.toml."""

    lock_version: str
    requires_python: str | None = None
    packages: list[_LockedPackage] = []


class _RenvPackage(Struct):
    Source: str | None = None
    Requirements: list[str] | str = []
    Depends: list[str] | str = []
    Imports: list[str] | str = []
    LinkingTo: list[str] | str = []


class Renv(Struct):
    """A renv.lock."""

    Packages: dict[str, _RenvPackage]


class _Cell(Struct):
    cell_type: str
    source: str | list[str] = ""


class _Specification(Struct):
    language: str | None = None
    name: str | None = None


class _Metadata(Struct):
    kernelspec: _Specification = field(default_factory=_Specification)
    language_info: _Specification = field(default_factory=_Specification)


class Notebook(Struct):
    """A notebook of version 4."""

    cells: list[_Cell]
    metadata: _Metadata = field(default_factory=_Metadata)


class _Project(_Table):
    name: str = ""
    requires_python: str = ""
    dependencies: list[str] = []
    optional_dependencies: dict[str, list[str]] = {}
    dynamic: list[str] = []


class _Group(_Table):
    dependencies: Packages = {}


class _Poetry(_Table):
    name: str = ""
    dependencies: Packages = {}
    dev_dependencies: Packages = {}
    group: dict[str, _Group] = {}


class _Uv(_Table):
    sources: dict[str, Any] = {}
    index: list[Any] = []
    dev_dependencies: list[str] = []
    constraint_dependencies: list[str] = []
    override_dependencies: list[str] = []


class _Dynamic(_Table):
    dependencies: dict[str, str | list[str]] = {}


class _Setuptools(_Table):
    dynamic: _Dynamic = field(default_factory=_Dynamic)


class _Tool(_Table):
    poetry: _Poetry = field(default_factory=_Poetry)
    uv: _Uv = field(default_factory=_Uv)
    setuptools: _Setuptools = field(default_factory=_Setuptools)


class Pyproject(_Table):
    """A pyproject.toml, as far as it is read."""

    project: _Project = field(default_factory=_Project)
    dependency_groups: dict[str, list[str | dict[str, str]]] = {}
    tool: _Tool = field(default_factory=_Tool)


def check(data: object, shape: type[Struct], where: str) -> None:
    """Raise JF151 where data has another shape; the message ends with the path to it."""
    try:
        msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        message = str(error)
        raise unreadable(f"this is no {shape.__name__}: {message[:1].lower()}{message[1:]}", where) from error
