"""All Debian suites of a project, in parallel; what is locked and still asked for needs no apt."""

from __future__ import annotations

import concurrent.futures
import contextlib
import difflib
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.resolve.closure import prune

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyflake.console import Console
    from jupyflake.lock import Deb, Lock
    from jupyflake.resolve.apt import Apt
    from jupyflake.resolve.plan import DebianRequest, Roots

# Packages that come with R itself.
R_ITSELF = frozenset(
    {
        *("base", "compiler", "datasets", "graphics", "grdevices", "grid", "methods", "parallel"),
        *("splines", "stats", "stats4", "tcltk", "tools", "utils"),
    }
)
_PREFIXES = ("r-cran-", "r-bioc-")


def resolve_debian(
    requests: Sequence[DebianRequest],
    systems: Sequence[str],
    previous: Lock | None,
    roots: Roots,
    console: Console,
) -> tuple[Deb, ...]:
    """Give the closure of every suite for every system."""
    kept: dict[tuple[str, str], tuple[Deb, ...]] = {}
    asked: list[tuple[DebianRequest, str]] = []
    for request in requests:
        found = {system: locked(request, system, previous, roots) for system in systems}
        for system, debs in found.items():
            # All systems or none: versions of one suite belong together.
            if all(found.values()):
                kept[request.suite, system] = debs or ()
            else:
                asked.append((request, system))
    if asked:
        kept.update(_ask_apt(asked, roots, console))
    return tuple(deb for key in sorted(kept) for deb in kept[key])


def locked(request: DebianRequest, system: str, previous: Lock | None, roots: Roots) -> tuple[Deb, ...] | None:
    """Take the closure from the previous lock, if it has all that is asked for."""
    here = {
        deb.name: deb
        for deb in (previous.debs if previous else ())
        if (deb.suite, deb.system) == (request.suite, system)
    }
    names = {*request.roots, *request.tools}
    for package in request.r_packages:
        name = next((name for name in r_candidates(package) if name in here), None)
        if r_candidates(package):
            names.add(name or package)
    if not here or not names <= here.keys():
        return None
    edges = {
        deb.name: [
            name
            for name in deb.depends
            if name not in roots.ignored_packages and (deb.name, name) not in roots.ignored_edges
        ]
        for deb in here.values()
    }
    reached = prune(names, edges)
    return tuple(_with_depends(here[name], edges[name]) for name in sorted(reached))


def r_candidates(package: str) -> tuple[str, ...]:
    """Give the Debian packages that an R package may be; none for what is part of R."""
    name = package.lower()
    if name.startswith(_PREFIXES):
        return (name,)
    return () if name in R_ITSELF else tuple(prefix + name for prefix in _PREFIXES)


def r_names(packages: Iterable[str], known: frozenset[str]) -> tuple[str, ...]:
    """Give the Debian packages of an environment's R packages, among those that are known."""
    found = (next((name for name in r_candidates(package) if name in known), None) for package in packages)
    return tuple(sorted({name for name in found if name is not None}))


def _with_depends(deb: Deb, depends: list[str]) -> Deb:
    import msgspec  # noqa: PLC0415  (one use)

    return msgspec.structs.replace(deb, depends=tuple(sorted(depends)))


def _ask_apt(
    asked: Sequence[tuple[DebianRequest, str]],
    roots: Roots,
    console: Console,
) -> dict[tuple[str, str], tuple[Deb, ...]]:
    from jupyflake.resolve import mirror as mirrors  # noqa: PLC0415  (only where apt is asked)
    from jupyflake.resolve.apt import Apt  # noqa: PLC0415

    mirror = mirrors.find()
    # The settings are read once, before the threads.
    mirrors.settings()

    def ask(job: tuple[DebianRequest, str]) -> tuple[Deb, ...]:
        request, system = job
        with Apt(request.suite, system, mirror).prepared() as apt:
            names = _names(request, apt)
            debs = apt.closure(names, ignored=(roots.ignored_packages, roots.ignored_edges))
            if apt.missing_security:
                unsafe.add(apt.missing_security)
            return debs

    unsafe: set[str] = set()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        futures = {(request.suite, system): pool.submit(ask, (request, system)) for request, system in asked}
        try:
            found = {key: future.result() for key, future in futures.items()}
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    for place in sorted(unsafe):
        console.warn(f"no security archive: {place} is not there, so its updates are missing from the lock")
    return found


def _names(request: DebianRequest, apt: Apt) -> frozenset[str]:
    """Give the packages to start from; what is unknown is told with the nearest names."""
    candidates = {package: r_candidates(package) for package in request.r_packages}
    real = apt.real_names([*request.roots, *request.tools, *(name for names in candidates.values() for name in names)])
    chosen = set(request.roots)
    for root in sorted(request.roots - real):
        raise _without_root(root, request, apt)
    for tool, where in request.tools.items():
        if tool not in real:
            raise _unknown_tool(tool, where, request.suite, apt)
        chosen.add(tool)
    for package, names in candidates.items():
        found = next((name for name in names if name in real), None)
        if names and found is None:
            raise _unknown_r_package(package, request.r_packages[package], request.suite, apt)
        if found:
            chosen.add(found)
    return frozenset(chosen)


def _without_root(root: str, request: DebianRequest, apt: Apt) -> JupyflakeError:
    """Say which suites have what this one has lost, perhaps for a time."""
    from jupyflake.resolve import mirror as mirrors  # noqa: PLC0415  (apt was asked, so it is loaded)
    from jupyflake.resolve.apt import Apt as Other  # noqa: PLC0415
    from jupyflake.resolve.plan import read_roots  # noqa: PLC0415

    suites = read_roots().suites
    having = []
    for suite in [each for each in suites if each != request.suite]:
        # A mirror need not have all suites.
        with contextlib.suppress(JupyflakeError), Other(suite, apt.system, mirrors.find()).prepared() as other:
            having += [f'"debian/{suite}"'] if other.real_names([root]) else []
    where, what = request.needs.get(root, ("[project]", "every project"))
    message = f"{where}: debian/{request.suite} has no package {root} for {apt.system} now, which {what} needs"
    hint = f"base = {' or '.join(having)}, which have it" if len(having) > 1 else None
    hint = hint or (f"base = {having[0]}, which has it" if having else "a Debian mirror that is complete")
    return JupyflakeError("JF230", message, hint=hint)


def _unknown_tool(tool: str, where: tuple[str, ...], suite: str, apt: Apt) -> JupyflakeError:
    behind = apt.providers(tool)
    message = f"{where[0]}: debian/{suite} has no package {tool} for {apt.system}"
    if behind:
        return JupyflakeError("JF212", f"{message}, only packages that provide it", hint=_list(behind[:3]))
    near = _near(tool, apt.names, "")
    return JupyflakeError("JF212", message, hint=_list(near) or "check the spelling, or choose another base")


def _unknown_r_package(package: str, where: tuple[str, ...], suite: str, apt: Apt) -> JupyflakeError:
    near = [name for prefix in _PREFIXES for name in _near(package.lower(), apt.names, prefix)]
    message = f"{where[0]}: debian/{suite} has no R package {package} (no {' or '.join(r_candidates(package))})"
    return JupyflakeError("JF213", message, hint=_list(near[:3]) or "check the spelling, or choose another base")


def _near(name: str, names: Callable[[str], Iterable[str]], prefix: str) -> list[str]:
    known = [each.removeprefix(prefix) for each in names(prefix)]
    return difflib.get_close_matches(name, known, n=3, cutoff=0.75)


def _list(names: Iterable[str]) -> str:
    return " or ".join(names)
