"""A kernel of the lock as conda's environment.yml: Python's packages by pip, R's under conda's names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyflake.exporting import python

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyflake.lock import Lock
    from jupyflake.manifest.sources import Origin


def environment(lock: Lock, name: str, title: str, origins: Mapping[str, Origin] = python.NOWHERE) -> str:
    """Write an environment.yml; raises JF122 where the lock has no kernel of this name."""
    found = lock.environments.get(name)
    if found is None or found.language != "r":
        return _python(lock, name, title, origins)
    versions = {deb.name: deb.version for deb in lock.debs if deb.suite == found.suite}
    itself = versions.get("r-base-core") or (found.versions or {}).get("R")
    lines = [f"  - r-base{f'={_minor(upstream(itself))}' if itself else ''}", "  - r-irkernel"]
    for package in found.packages or ():
        version = versions.get(package) or (found.versions or {}).get(package)
        lines.append(f"  - {_name(package)}{f'={upstream(version)}' if version else ''}")
    return _text(title, lines, _tools(lock, name))


def _python(lock: Lock, name: str, title: str, origins: Mapping[str, Origin]) -> str:
    version = python.environment(lock, name)
    lines = [f"  - python={version}", "  - pip", "  - pip:"]
    pinned = python.requirements(lock, name, origins, hashes=False).splitlines()[1:]
    lines += [f"      - {_quoted(line)}" for line in pinned]
    return _text(title, lines, _tools(lock, name))


def _quoted(line: str) -> str:
    return f"'{line}'" if ";" in line else line


def _tools(lock: Lock, name: str) -> list[str]:
    tools = lock.environments[name].tools or ()
    return [f"# Debian packages, which conda has under other names or not at all: {', '.join(tools)}"] if tools else []


def _text(title: str, lines: list[str], comments: list[str]) -> str:
    head = [
        "# Made from jupyter.lock by jupyflake export.",
        *comments,
        f"name: {title}",
        "channels:",
        "  - conda-forge",
    ]
    return "\n".join([*head, "  - nodefaults", "dependencies:", *lines]) + "\n"


def _name(package: str) -> str:
    if package.startswith("r-bioc-"):
        return f"bioconductor-{package.removeprefix('r-bioc-')}"
    return f"r-{package.removeprefix('r-cran-').lower()}"


def upstream(version: str) -> str:
    """Take from a Debian version what Debian has added: `1:3.5.1+dfsg-1+b2` → `3.5.1`."""
    plain = version.rpartition(":")[2]
    plain = plain.rpartition("-")[0] if "-" in plain else plain
    return re.split(r"[+~](?:dfsg|ds|repack|really)", plain)[0]


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])
