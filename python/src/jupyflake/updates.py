"""Which packages `update` is to make newer, and how far they could be: pure but for asking the resolvers."""

from __future__ import annotations

import concurrent.futures
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from jupyflake.errors import JupyflakeError
from jupyflake.manifest.shape import nearest
from jupyflake.resolve import plan as plans
from jupyflake.resolve.debian import r_candidates, resolve_debian
from jupyflake.resolve.nixpkgs import resolve_nixpkgs
from jupyflake.resolve.project import DEBIAN_PART
from jupyflake.resolve.python import Upgrade, resolve_python
from jupyflake.resolve.sources import prepare
from jupyflake.resolve.uv import newest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyflake.console import Console
    from jupyflake.graph import Graph
    from jupyflake.lock import Lock
    from jupyflake.project import Project


@dataclass(frozen=True)
class Outdated:
    """A locked package of which there is another version, and the environments that have it."""

    name: str
    source: str
    current: str
    allowed: str | None  # What `update` would take; nothing where it would go.
    newest: str
    listed: bool
    environments: tuple[str, ...]


def chosen(lock: Lock, packages: Iterable[str]) -> frozenset[str]:
    """Check the names that are to be updated, and give them as locking takes them."""
    wheels = {wheel.name for wheel in lock.wheels}
    debs = {deb.name for deb in lock.debs}
    fixed = {name for each in lock.environments.values() for name in each.versions or ()}
    found = set()
    for package in packages:
        deb = next((name for name in (package, *r_candidates(package)) if name in debs), None)
        if package == DEBIAN_PART or canonicalize_name(package) in wheels:
            found.add(package)
        elif deb is not None:
            found.add(deb)
        elif package in fixed:
            raise JupyflakeError(
                "JF131",
                f"{package} comes from nixpkgs, of which this jupyflake pins one revision",
                hint="a newer jupyflake, then jupyflake lock",
            )
        else:
            near = nearest(package, sorted({*wheels, *debs}))
            raise JupyflakeError(
                "JF130",
                f'jupyter.lock has no package "{package}"',
                hint=f"jupyflake update {near}" if near else "jupyflake list --all shows what there is",
            )
    return frozenset(found)


def nothing_new(lock: Lock, names: frozenset[str] | None) -> str:
    """Say that nothing changed, with the versions of what was named."""
    if names is None:
        return "everything has the newest version that jupyter.toml allows"
    wanted = {str(canonicalize_name(name)) for name in names}
    stay = sorted({f"{wheel.name} {wheel.version}" for wheel in lock.wheels if wheel.name in wanted})
    stay += [f"{deb.name} {deb.version}" for deb in lock.debs if deb.name in names]
    shown = ", ".join(dict.fromkeys(stay)) or "every Debian package"
    return f"{shown}: no newer version is there that fits"


def outdated(project: Project, lock: Lock, graphs: Sequence[Graph], system: str, console: Console) -> list[Outdated]:
    """Ask the index, the mirror and nixpkgs for what is newer than the lock."""
    roots = plans.read_roots()
    plan = plans.make_plan(project.manifest, roots)
    with tempfile.TemporaryDirectory(prefix="jupyflake-sources-") as folder:
        sources = prepare(project, lock, None, Path(folder))
        plan = replace(plan, python=tuple(plans.located(request, sources) for request in plan.python))
        return _outdated(plan, lock, graphs, system, console)


def _outdated(plan: plans.Plan, lock: Lock, graphs: Sequence[Graph], system: str, console: Console) -> list[Outdated]:
    roots = plans.read_roots()
    requests = {request.name: request for request in plan.python}
    systems = (system,)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        debian = pool.submit(resolve_debian, plan.debian, systems, None, roots, console)
        python = pool.submit(resolve_python, plan.python, systems, None, Upgrade(None), console, tools=False)
        resolved = {name: by_system[system].versions for name, by_system in python.result().items()}
        # The pages of the index are fresh now.
        newer = {
            graph.environment: pool.submit(
                newest,
                requests[graph.environment],
                system,
                frozenset(graph.versions.keys() - requests[graph.environment].sources.local.keys()),
            )
            for graph in graphs
            if graph.source == "python"
        }
        index = {name: future.result() for name, future in newer.items()}
        suites = {(deb.suite, deb.name): deb.version for deb in debian.result()}
    pinned = resolve_nixpkgs(plan.environments, system, None, console)
    found: dict[tuple[str, str, str, str | None, str, bool], list[str]] = {}
    for graph in graphs:
        name = graph.environment
        suite = lock.environments[name].suite
        debs: Mapping[str, str | None] = {package: suites.get((suite, package)) for package in graph.versions}
        fixed: Mapping[str, str | None] = pinned.get(name, {})
        allowed = {"python": resolved.get(name, {}), "debian": debs, "nixpkgs": fixed}[graph.source]
        listed = {root.package for root in graph.roots if root.listed}
        for package, current in graph.versions.items():
            fits = allowed.get(package)
            best = index[name].get(package, current) if graph.source == "python" else fits or current
            if fits != current or _is_newer(best, current):
                key = (package, graph.source, current, fits, best, package in listed)
                found.setdefault(key, []).append(name)
    return [Outdated(*key, tuple(names)) for key, names in found.items()]


def _is_newer(version: str, than: str) -> bool:
    try:
        return Version(version) > Version(than)
    except InvalidVersion:
        return version != than
