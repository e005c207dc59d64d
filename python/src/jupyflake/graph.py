"""What each environment of a lock consists of: what the manifest asks for, and what that brings along."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from jupyflake.languages import languages
from jupyflake.lock.model import DirectorySource
from jupyflake.manifest.model import IMAGE, SERVER, SHELL
from jupyflake.manifest.sources import bare
from jupyflake.resolve import plan as plans
from jupyflake.resolve.closure import prune
from jupyflake.resolve.debian import r_candidates, r_names
from jupyflake.resolve.located import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyflake.lock import Environment, Lock
    from jupyflake.project import Project


@dataclass(frozen=True)
class Root:
    """A package that something asks for by name: the manifest, or jupyflake itself."""

    package: str
    # As the manifest has it; nothing where the package is there for every such environment.
    listed: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Graph:
    """The packages of one environment from one source, and who needs whom."""

    environment: str
    source: str  # "python", "debian" or "nixpkgs"
    roots: tuple[Root, ...]
    versions: Mapping[str, str]
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def paths(self, package: str) -> list[tuple[str, ...]]:
        """Give the shortest way from each root that leads to a package, the shortest first."""
        found = [path for root in self.roots if (path := self._path(root.package, package))]
        return sorted(found, key=lambda path: (len(path), path))

    def _path(self, start: str, end: str) -> tuple[str, ...]:
        came: dict[str, str] = {start: ""}
        waiting = [start]
        for name in waiting:
            if name == end:
                path = [name]
                while came[path[-1]]:
                    path.append(came[path[-1]])
                return tuple(reversed(path))
            for each in sorted(self.needs.get(name, ())):
                if each not in came:
                    came[each] = name
                    waiting.append(each)
        return ()


def graphs(project: Project, lock: Lock, system: str, names: Iterable[str], *, edges: bool = True) -> list[Graph]:
    """Make the graphs of some environments; without `edges` only what is there, which asks nobody."""
    plan = plans.make_plan(project.manifest, plans.read_roots())
    with tempfile.TemporaryDirectory(prefix="jupyflake-sources-") as folder:
        sources = _sources(project, lock, Path(folder), edges=edges)
        requests = {request.name: plans.located(request, sources) for request in plan.python}
        return _graphs(project, lock, system, names, requests, edges=edges)


def _sources(project: Project, lock: Lock, folder: Path, *, edges: bool) -> Sources:
    if edges and any(wheel.source is not None for wheel in lock.wheels):
        from jupyflake.resolve.sources import prepare  # noqa: PLC0415  (few projects have packages of their own)

        return prepare(project, lock, frozenset(), folder)
    # Names are all that is needed then, and the lock has them.
    trees = [wheel for wheel in lock.wheels if isinstance(wheel.source, DirectorySource)]
    return Sources(
        editable={wheel.source.path: wheel.name for wheel in trees if isinstance(wheel.source, DirectorySource)}
    )


def _graphs(
    project: Project,
    lock: Lock,
    system: str,
    names: Iterable[str],
    requests: Mapping[str, plans.PythonRequest],
    *,
    edges: bool,
) -> list[Graph]:
    found = []
    for name in names:
        environment = lock.environments[name]
        if name in requests:
            listed = project.manifest.jupyter.packages if name == SERVER else project.manifest.kernels[name].packages
            asked = {bare(text): text for text in listed} if requests[name].python else {}
            found.append(_python(project, lock, requests[name], asked, system, edges=edges))
        if environment.versions is not None:
            found.append(_nixpkgs(name, environment))
        elif environment.suite:
            found.append(_debian(project, lock, name, system))
    return [graph for graph in found if graph.versions]


def _python(
    project: Project,
    lock: Lock,
    request: plans.PythonRequest,
    listed: Mapping[str, str],
    system: str,
    *,
    edges: bool,
) -> Graph:
    from jupyflake.resolve import edges as asking  # noqa: PLC0415  (uv is not always asked)
    from jupyflake.resolve.backends import of_lock  # noqa: PLC0415

    wheels = [wheel for wheel in lock.wheels if system in wheel.use.get(request.name, ())]
    needs = asking.edges(request, system, wheels, partial(of_lock, project, request.name)) if edges else {}
    versions = {wheel.name: wheel.version for wheel in wheels}
    why = _reason(lock.environments[request.name], server=request.name == SERVER)
    roots = []
    for text in request.requirements:
        package = next(iter(plans.requirement_names((text,), request.where)))
        # A marker may leave it out here.
        if package in versions:
            editable = next((path for path in request.editable if request.sources.editable[path] == package), None)
            if text in listed or editable is None:
                roots.append(Root(package, listed[text]) if text in listed else Root(package, None, why))
            else:
                roots.append(Root(package, f'editable "{editable}"'))
    # The server shows the widgets of its kernels: nothing in it needs their counterpart.
    roots += [Root(name, None, "for the kernels' widgets") for name in sorted(versions) if edges and name not in needs]
    return Graph(request.name, "python", tuple(roots), versions, needs)


def _nixpkgs(name: str, environment: Environment) -> Graph:
    versions = environment.versions or {}
    asked = {*(environment.tools or ()), *(environment.build_tools or ()), *(environment.packages or ())}
    roots = tuple(
        Root(package, package) if package in asked else Root(package, None, "of the base") for package in versions
    )
    return Graph(name, "nixpkgs", roots, versions)


def _debian(project: Project, lock: Lock, name: str, system: str) -> Graph:
    environment = lock.environments[name]
    debs = {deb.name: deb for deb in lock.debs if (deb.suite, deb.system) == (environment.suite, system)}
    table = plans.read_roots()
    known = frozenset(debs)
    wanted = _tools(project, name)
    reason = _reason(environment, server=name == SERVER)
    roots = [Root(tool, tool) if tool in wanted else Root(tool, None, reason) for tool in environment.tools or ()]
    roots += [Root(tool, None, "packages are built with it") for tool in environment.build_tools or ()]
    if environment.language == "r":
        listed = project.manifest.kernels[name].packages
        roots += [Root(found[0], package) for package in listed if (found := r_names([package], known))]
    features = {"python": bool(environment.python), "r": environment.language == "r", "base": name == SERVER}
    for feature in (feature for feature, there in features.items() if there):
        why = "every project has it" if feature == "base" else reason
        own = table.of(feature, environment.suite) & known - {root.package for root in roots}
        roots += [Root(package, None, why) for package in sorted(own)]
    needs = {deb.name: frozenset(deb.depends) for deb in debs.values()}
    reached = prune((root.package for root in roots), needs)
    versions = {package: debs[package].version for package in sorted(reached)}
    return Graph(name, "debian", tuple(roots), versions, needs)


def _tools(project: Project, name: str) -> frozenset[str]:
    """Give the tools that the manifest lists for an environment; a language may bring others."""
    manifest = project.manifest
    others = {SHELL: manifest.shell.tools, IMAGE: manifest.image.tools, SERVER: []}
    return frozenset(others[name] if name in others else manifest.kernels[name].tools)


def _reason(environment: Environment, *, server: bool) -> str:
    language = languages().get(environment.language or "")
    kind = language.display_name if language else environment.language
    return "every server has it" if server else f"every {kind} kernel has it"


def selected(lock: Lock, kernels: Iterable[str], *, server: bool, shell: bool) -> list[str]:
    """Give the environments that options name, in the manifest's order; all of them where none is named."""
    order = [*(name for name in lock.kernels if name in lock.environments), SERVER, SHELL, IMAGE]
    chosen = {*kernels, *([SERVER] if server else []), *([SHELL] if shell else [])}
    return [name for name in order if name in lock.environments and (not chosen or name in chosen)]


def is_named(graph: Graph, package: str, name: str) -> bool:
    """Tell whether people mean this package of a graph by a name: PyPI's, Debian's or R's own."""
    if graph.source == "python":
        return package == canonicalize_name(name)
    return package == name or (graph.source == "debian" and package in r_candidates(name))
