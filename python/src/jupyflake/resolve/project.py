"""A whole project: the two resolvers side by side, and one lock of what they say."""

from __future__ import annotations

import concurrent.futures
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from jupyflake.fetch.credentials import index_access
from jupyflake.fetch.measure import measure
from jupyflake.languages import CRAN
from jupyflake.lock import Environment, Lock, Wheel
from jupyflake.lock.since import numbered
from jupyflake.resolve import plan as plans
from jupyflake.resolve.backends import Backends
from jupyflake.resolve.bootstrap import bootstrap_lines
from jupyflake.resolve.debian import r_names, resolve_debian
from jupyflake.resolve.nixpkgs import pinned_revision, r_packages, resolve_nixpkgs
from jupyflake.resolve.python import Upgrade, complete, keep_locked_files, resolve_python
from jupyflake.resolve.sources import prepare
from jupyflake.resolve.unchanged import first_changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyflake.console import Console
    from jupyflake.lock import Deb
    from jupyflake.project import Project
    from jupyflake.resolve.located import Sources
    from jupyflake.resolve.nixpkgs import Versions
    from jupyflake.resolve.uv import ResolvedWheel

# What --upgrade-package takes for all Debian packages.
DEBIAN_PART = "debian"


def resolve_project(
    project: Project,
    previous: Lock | None,
    upgrade: frozenset[str] | None,
    console: Console,
) -> tuple[Lock, dict[str, str]]:
    """Resolve a project; the addresses of wheels by SHA-256 are for fetching in the same run."""
    with tempfile.TemporaryDirectory(prefix="jupyflake-sources-") as folder:
        sources = prepare(project, previous, upgrade, Path(folder))
        return _resolve(project, previous, upgrade, sources, console)


def _resolve(
    project: Project,
    previous: Lock | None,
    upgrade: frozenset[str] | None,
    located: Sources,
    console: Console,
) -> tuple[Lock, dict[str, str]]:
    roots = plans.read_roots()
    plan = plans.make_plan(project.manifest, roots)
    plan = replace(plan, python=tuple(plans.located(request, located) for request in plan.python))
    python_upgrade, keep_debs = _what_to_upgrade(upgrade, previous)
    reuse = python_upgrade.names == frozenset() and _python_unchanged(project, plan, previous)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        debian = pool.submit(resolve_debian, plan.debian, plan.systems, previous if keep_debs else None, roots, console)
        if reuse and previous is not None:
            wheels, chosen, sources = previous.wheels, {}, {}
        else:
            tools = plan.base_suite is not None
            backends = None
            if any(request.sdists for request in plan.python):
                backends = Backends(
                    plan, debian.result, previous, console, complete=lambda found: complete(found, measure)
                )
            resolved = resolve_python(
                plan.python, plan.systems, previous, python_upgrade, console, tools=tools, backends=backends
            )
            chosen = keep_locked_files(resolved, previous)
            access = index_access(located.addresses)
            known = complete((wheel for group in chosen.values() for wheel in group), partial(measure, access=access))
            chosen = {key: tuple(known[wheel.url] for wheel in group) for key, group in chosen.items()}
            wheels = numbered(_wheels(chosen), previous.wheels if previous else ())
            sources = {wheel.sha256 or "": wheel.url for wheel in known.values()}
        debs = debian.result()
        versions = resolve_nixpkgs(plan.environments, plan.systems[0], previous if keep_debs else None, console)
    bootstrap = bootstrap_lines(plan, debs, chosen, previous)
    lock = Lock(
        manifest=project.digest,
        kernels=tuple(project.manifest.kernels),
        systems=plan.systems,
        nixpkgs=pinned_revision() if versions else None,
        environments=_environments(plan, wheels, debs, versions),
        bootstrap=bootstrap,
        wheels=wheels,
        debs=debs,
    )
    return lock, sources


def _what_to_upgrade(names: frozenset[str] | None, previous: Lock | None) -> tuple[Upgrade, bool]:
    """Part the names into Python's and Debian's; `debian` is all of the latter."""
    if names is None:
        return Upgrade(None), False
    debs = {deb.name for deb in previous.debs} if previous else set()
    wheels = {str(canonicalize_name(name)) for name in names if name != DEBIAN_PART}
    return Upgrade(frozenset(wheels)), not any(name == DEBIAN_PART or name in debs for name in names)


def _python_unchanged(project: Project, plan: plans.Plan, previous: Lock | None) -> bool:
    """Whether the wheels of the previous lock are those that would be asked for."""
    if previous is None or previous.manifest != project.digest or previous.systems != plan.systems:
        return False
    if first_changed(project.directory, previous) is not None:
        return False
    for request in plan.python:
        environment = previous.environments.get(request.name)
        if environment is None or environment.python != request.python:
            return False
        for system in plan.systems:
            if not any(system in wheel.use.get(request.name, ()) for wheel in previous.wheels):
                return False
    return plan.base_suite is None or all(
        any(item.archive is None and item.system == system for item in previous.bootstrap) for system in plan.systems
    )


def _environments(
    plan: plans.Plan,
    wheels: Sequence[Wheel],
    debs: Sequence[Deb],
    versions: Versions,
) -> dict[str, Environment]:
    """Give those of the plan, each followed by those that packages of it are built in."""
    builds = sorted({name for wheel in wheels for name in wheel.use if plans.BUILD in name})
    found = {}
    for each in plan.environments:
        found[each.name] = _environment(each, debs, versions)
        for name in builds:
            if name.startswith(each.name + plans.BUILD):
                found[name] = Environment(base=each.base, language=each.language, python=each.python)
    return found


def _environment(each: plans.Environment, debs: Sequence[Deb], versions: Versions) -> Environment:
    if each.suite is None:
        return Environment(
            base=each.base,
            language=each.language,
            python=each.python,
            packages=r_packages(each.r_packages) if each.packages_from == CRAN else None,
            tools=each.tools or None,
            build_tools=each.build_tools or None,
            versions=dict(sorted(versions[each.name].items())),
        )
    known = frozenset(deb.name for deb in debs if deb.suite == each.suite)
    return Environment(
        base=each.base,
        language=each.language,
        python=each.python,
        packages=r_names(each.r_packages, known) if each.packages_from == CRAN else None,
        tools=each.tools or None,
        build_tools=each.build_tools or None,
    )


def _wheels(chosen: Mapping[tuple[str, str], Iterable[ResolvedWheel]]) -> tuple[Wheel, ...]:
    """One line a file, with all that use it."""
    use: dict[tuple[str, str], dict[str, set[str]]] = {}
    by_key: dict[tuple[str, str], ResolvedWheel] = {}
    for (environment, system), wheels in chosen.items():
        if environment == plans.BOOTSTRAP:
            continue
        for wheel in wheels:
            key = (wheel.file, wheel.sha256 or "")
            by_key.setdefault(key, wheel)
            use.setdefault(key, {}).setdefault(environment, set()).add(system)
    return tuple(
        Wheel(
            name=wheel.name,
            version=wheel.version,
            file=wheel.file,
            path=wheel.path,
            size=wheel.size or 0,
            sha256=wheel.sha256 or "",
            source=wheel.source,
            use={name: tuple(sorted(use[key][name])) for name in sorted(use[key])},
        )
        for key, wheel in sorted(by_key.items(), key=lambda item: (item[1].name, item[1].version, item[1].file))
    )
