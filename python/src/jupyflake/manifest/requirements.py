"""How a package is written: PEP 508 for Python, CRAN's names for R, Debian's for tools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

from jupyflake.errors import JupyflakeError
from jupyflake.flake import NIXPKGS
from jupyflake.manifest import sources
from jupyflake.process import redact

if TYPE_CHECKING:
    from collections.abc import Callable

_NOT_FROM_INDEX = re.compile(r"^\s*(?:[a-z+]+://|(?:git|hg|svn|bzr)\+|file:|\.{0,2}/|~/|[A-Za-z]:\\)|\.whl$|\.tar\.gz$")
_SCP = re.compile(r"(?:git\+)?[\w.-]+@[\w.-]+:(?!//)\S+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_R_NAME = re.compile(r"[A-Za-z][A-Za-z0-9.]*[A-Za-z0-9]")
_DEBIAN_R_NAME = re.compile(r"r-(?:cran|bioc|other)-(.+)")
_TOOL_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z][A-Za-z0-9_-]*)*")
_SPECIFIER = re.compile(r"\s*(?:[<>=!~@(;\[ ]).*", re.DOTALL)


def python_requirement(text: str, *, direct: bool = False) -> Requirement:
    """Read a requirement of a Python package; a `direct` one may say where the package is."""
    stripped = text.strip()
    if stripped.startswith("-"):
        _refuse(f'"{text}" is an option of pip, not a package', 'a name and a version, such as "requests>=2.31"')
    if _SCP.fullmatch(stripped):
        host, _, path = stripped.removeprefix("git+").partition(":")
        name = path.rstrip("/").rpartition("/")[2].removesuffix(".git")
        _refuse(f'"{text}" is ssh\'s short form, not a URL', f'"{name} @ git+ssh://{host}/{path}"', code="JF191")
    if _NOT_FROM_INDEX.search(stripped) and " @ " not in text:
        _not_from_index(text, None)
    if _CONTROL.search(text):
        _refuse(f"{text!r} has a control character", "remove it")
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        repaired = _repaired(text)
        if repaired:
            _refuse(f'"{text}" is not a requirement: a version is given with ==', f'"{repaired}"')
        example = 'a name, extras and a version, such as "dask[complete]>=2025.1"'
        _refuse(f'"{text}" is not a requirement: {_reason(error)}', example)
    if requirement.url is not None:
        if not direct:
            _not_from_index(text, requirement.name)
        wrong = sources.wrong(sources.from_url(requirement.url))
        if wrong is not None:
            _refuse(f'"{text}": {wrong.message}', wrong.hint, wrong.code)
    return requirement


def python_name(text: str) -> NormalizedName:
    """Give the normalised name of a requirement that is known to be legal."""
    return canonicalize_name(Requirement(text).name)


def package_name(text: str) -> str:
    """Check a name that stands without version, extras and marker."""
    requirement = python_requirement(text)
    if text.strip() != requirement.name:
        _refuse(f'"{text}": only the name stands here; packages has the version', f'"{requirement.name}"')
    return text


def r_package(text: str) -> str:
    """Check the name of an R package."""
    debian = _DEBIAN_R_NAME.fullmatch(text)
    if debian:
        _refuse(
            f'"{text}" is Debian\'s name of the R package; the name that library() takes is needed',
            f'"{debian[1]}", in the capitals that library() takes',
        )
    if not _R_NAME.fullmatch(text):
        name = _SPECIFIER.sub("", text.strip())
        if name != text and _R_NAME.fullmatch(name):
            _refuse(f'"{text}": R packages have the version of the base, none can be given', f'"{name}"')
        _refuse(f'"{text}" is not the name of an R package', 'a name as library() takes it, such as "ggplot2"')
    return text


def tool(text: str) -> str:
    """Check the name of a Debian package with programs or libraries."""
    if not _TOOL_NAME.fullmatch(text):
        words = text.lower().split()
        names = [word for word in words if _TOOL_NAME.fullmatch(word) and word not in _COMMAND_WORDS]
        example = ", ".join(f'"{name}"' for name in names[:3]) or '"graphviz"'
        _refuse(f'"{text}" is not the name of a Debian package', f"names only, each for itself: {example}")
    return text


def attribute(text: str) -> str:
    """Check the name of a package of nixpkgs."""
    if not _ATTRIBUTE.fullmatch(text):
        _refuse(
            f'"{text}" is not the name of a package in nixpkgs',
            'an attribute, such as "graphviz" or "llvmPackages.clang"',
        )
    return text


def tool_of(base: str) -> Callable[[str], str]:
    """Give the check of the names that a base's packages have."""
    return attribute if base == NIXPKGS else tool


_COMMAND_WORDS = frozenset({"sudo", "apt", "apt-get", "install", "-y", "update", "&&"})


def _refuse(message: str, hint: str, code: str = "JF112") -> NoReturn:
    raise JupyflakeError(code, redact(message), hint=hint)


def _not_from_index(text: str, name: str | None) -> NoReturn:
    """Say how a place is written, where only a package's name can stand."""
    place = text.strip()
    if name is not None:
        source = sources.from_url(str(Requirement(text).url))
        hint = f'"{name}", and in [sources] {name} = {{ {sources.shown(source)} }}'
        _refuse(f'"{text}" says where the package is, which stands in packages or [sources]', hint, code="JF114")
    bare = re.split(r"[@#?]", place.rstrip("/").rpartition("/")[2])[0]
    name = re.split(r"-\d|\.(?:git|whl|tar|zip)", bare)[0].replace("_", "-") or "my-package"
    name = name if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", name) else "my-package"
    if "://" in place and not place.startswith("file:"):
        hint = f'"{name} @ {place}"'
    else:
        path = place.removeprefix("file:").removeprefix("./") or "."
        hint = f'"{name}", and in [sources] {name} = {{ path = "{path}" }}'
    _refuse(f'"{text}" is a place without the name of the package', redact(hint), code="JF114")


def _reason(error: InvalidRequirement) -> str:
    # The first line says what is wrong; the others draw the text with a mark below.
    first = str(error).splitlines()[0] if str(error) else "it cannot be read"
    return first[:1].lower() + first[1:]


def _repaired(text: str) -> str | None:
    # `pandas=2`, `pandas 2` and `pandas@2` are common.
    match = re.fullmatch(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:=|\s|@)\s*v?(\d[\w.*]*)\s*", text)
    return f"{match[1]}=={match[2]}" if match else None
