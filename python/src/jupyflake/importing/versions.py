"""How other tools write versions, as PEP 440 has them."""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version


def poetry(text: str) -> str:
    """Give the specifiers of poetry's `^1.2`, `~1.2`, `1.2` and `*`, and of lists with commas.

    Raises ValueError for what has no such form (`||`, unknown operators).
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    return _checked(",".join(part for part in map(_poetry_part, parts) if part))


def _poetry_part(part: str) -> str:
    if part in {"", "*"}:
        return ""
    if part[0] in "^~" and not part.startswith("~="):
        version = Version(part[1:].strip())
        return f">={version},<{_next(version, caret=part[0] == '^')}"
    if part[0].isdigit() or part[0] == "v":
        return f"=={part.removeprefix('v')}"
    return re.sub(r"^=(?!=)", "==", part).replace(" ", "")


def _next(version: Version, *, caret: bool) -> str:
    release = list(version.release)
    if not caret:
        # ~1 → 2, ~1.2 and ~1.2.3 → 1.3
        index = 0 if len(release) == 1 else 1
    else:
        # The first number that is not zero: ^1.2.3 → 2, ^0.2.3 → 0.3, ^0.0.3 → 0.0.4
        index = next((place for place, number in enumerate(release) if number), len(release) - 1)
    return ".".join(map(str, [*release[:index], release[index] + 1]))


def conda(text: str) -> str:
    """Give the specifiers of conda's `=1.2`, `==1.2`, `1.2.*`, `1.2`, `>=1,<2`, each with or without a build.

    Raises ValueError for what has no such form (`1.7|1.8`).
    """
    rest = text.strip()
    if rest.startswith("=") and not rest.startswith("=="):
        version, _, build = rest[1:].strip().partition("=")
        # With its build, the version is exact.
        return _checked(_conda_part(version if build else f"{version.removesuffix('.*').removesuffix('*')}.*"))
    if not rest.startswith("==") and rest[:1].isdigit() and "," not in rest:
        # "1.26.4=py311_0" and "1.26.4 py311_0"
        rest = re.split(r"[=\s]", rest, maxsplit=1)[0]
    return _checked(",".join(filter(None, (_conda_part(part.strip()) for part in rest.split(",")))))


def _conda_part(part: str) -> str:
    if part in {"", "*", ".*"}:
        return ""
    if "|" in part:
        raise ValueError(part)
    match = re.fullmatch(r"(==|!=|>=|<=|>|<|~=|=)?\s*([^\s=<>!~]+)(?:[=\s].*)?", part)
    if not match:
        raise ValueError(part)
    operator, version = match[1] or "==", match[2]
    if operator == "=":
        operator, version = "==", f"{version.removesuffix('.*').removesuffix('*')}.*"
    if version.endswith("*"):
        stem = version.removesuffix("*").rstrip(".")
        # `>=1.2.*` is conda's way to say `>=1.2`.
        version = f"{stem}.*" if operator in {"==", "!="} else stem
    return f"{operator}{version}"


def _checked(text: str) -> str:
    try:
        SpecifierSet(text)
    except InvalidSpecifier as error:
        raise ValueError(text) from error
    return text


def is_version(text: str) -> bool:
    """Tell whether a text is a version."""
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
