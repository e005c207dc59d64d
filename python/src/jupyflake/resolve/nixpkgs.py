"""What comes from nixpkgs: Nix itself says whether it is there, and in which version."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from jupyflake import process
from jupyflake.errors import JupyflakeError
from jupyflake.flake import NIXPKGS, flake_directory
from jupyflake.languages import CRAN
from jupyflake.nix import NIXPKGS_VARIABLE, nixpkgs_arguments
from jupyflake.nixlog import NixLog
from jupyflake.resolve.debian import R_ITSELF
from jupyflake.store import nix_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyflake.console import Console
    from jupyflake.lock import Lock
    from jupyflake.resolve.plan import Environment

Versions = dict[str, dict[str, str]]


def pinned_revision() -> str | None:
    """Give the revision of nixpkgs that the flake of this installation pins; none where another one is used."""
    if NIXPKGS_VARIABLE in os.environ:
        return None
    text = (flake_directory() / "flake.lock").read_text(encoding="utf-8")
    return str(json.loads(text)["nodes"]["nixpkgs"]["locked"]["rev"])


def resolve_nixpkgs(
    environments: Sequence[Environment],
    system: str,
    previous: Lock | None,
    console: Console,
) -> Versions:
    """Give the versions of each environment that is on nixpkgs; an old answer about the same things is kept."""
    here = [environment for environment in environments if environment.base == NIXPKGS]
    if not here:
        return {}
    kept = _kept(here, previous)
    if kept is not None:
        return kept
    request = {
        "system": system,
        "pythons": sorted({each.python for each in here if each.python}),
        "R": any(each.packages_from == CRAN for each in here),
        "rPackages": sorted({package for each in here for package in r_packages(each.r_packages)}),
        "tools": sorted({tool for each in here for tool in (*each.tools, *each.build_tools)}),
    }
    answer = _ask(request, console)
    return {each.name: _versions(each, answer) for each in here}


def r_packages(packages: Iterable[str]) -> tuple[str, ...]:
    """Leave out what is part of R itself."""
    return tuple(package for package in packages if package.lower() not in R_ITSELF)


def _kept(environments: Sequence[Environment], previous: Lock | None) -> Versions | None:
    if previous is None or previous.nixpkgs != pinned_revision():
        return None
    found = {}
    for each in environments:
        before = previous.environments.get(each.name)
        if before is None or before.versions is None or set(before.versions) != set(_names(each)):
            return None
        if before.python != each.python or (before.tools or ()) != each.tools:
            return None
        if (before.build_tools or ()) != each.build_tools:
            return None
        found[each.name] = before.versions
    return found


def _names(each: Environment) -> list[str]:
    """Give the names that an environment's versions have."""
    own = ["R"] if each.packages_from == CRAN else ["python"] if each.python else []
    return [*own, *r_packages(each.r_packages), *each.tools, *each.build_tools]


def _ask(request: Mapping[str, object], console: Console) -> dict[str, dict[str, str | None]]:
    console.detail("asking nixpkgs for versions")
    log = NixLog(console)
    completed = process.run(
        [
            *("nix-instantiate", "--eval", "--strict", "--json"),
            str(flake_directory() / "nix" / "nixpkgs" / "versions.nix"),
            *("--argstr", "request", json.dumps(request)),
            *nixpkgs_arguments(),
        ],
        env=nix_environment(),
        on_line=log.feed,
        check=False,
    )
    if completed.returncode != 0:
        error = log.error(NIXPKGS)
        if error.code == "JF428":
            raise error
        raise JupyflakeError(
            "JF218",
            f"versions come from nixpkgs, which cannot be had: {error.message}",
            hint=f'a network, {NIXPKGS_VARIABLE} with the directory of a nixpkgs, or base = "debian/trixie"',
        )
    answer: dict[str, dict[str, str | None]] = json.loads(completed.stdout)
    return answer


def _versions(each: Environment, answer: Mapping[str, Mapping[str, str | None]]) -> dict[str, str]:
    found: dict[str, str] = {}
    tables = {
        "pythons": [each.python] if each.python else [],
        "rPackages": r_packages(each.r_packages),
        "tools": (*each.tools, *each.build_tools),
    }
    for table, names in tables.items():
        versions = answer[table]
        for name in names:
            version = versions[name]
            if version is None:
                raise _unknown(table, name, each)
            found["python" if table == "pythons" else name] = version
    if each.packages_from == CRAN:
        found["R"] = answer["R"]["R"] or ""
    return found


def _unknown(table: str, name: str, each: Environment) -> JupyflakeError:
    if table == "pythons":
        return JupyflakeError("JF110", f"{each.where}: nixpkgs has no Python {name}", hint='python = "3.13"')
    if table == "rPackages":
        return JupyflakeError(
            "JF213",
            f"{each.where}: nixpkgs has no R package {name}",
            hint="check the spelling: nixpkgs has the packages of CRAN and Bioconductor under their own names",
        )
    return JupyflakeError(
        "JF212", f"{each.where}: nixpkgs has no package {name}", hint=f"look for its name: nix search nixpkgs {name}"
    )
