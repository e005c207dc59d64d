"""Fetching a project: what the store lacks is downloaded, verified and added."""

from __future__ import annotations

import concurrent.futures
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyflake import store
from jupyflake.errors import JupyflakeError
from jupyflake.fetch import members
from jupyflake.fetch.known import Known
from jupyflake.fetch.plan import Artifact, artifacts, download_directory
from jupyflake.resolve.located import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from jupyflake.console import Console
    from jupyflake.fetch.download import Download, Downloaded
    from jupyflake.lock import Lock
    from jupyflake.project import Project
    from jupyflake.resolve.uv import Resolution


# How the resolver says that the index does not list a version, or no wheel of it.
_NOT_LISTED = frozenset({"JF205", "JF206", "JF207"})


@dataclass(frozen=True)
class Fetched:
    """What was downloaded; nothing where all was there."""

    count: int
    size: int


class DebsVanished(JupyflakeError):  # noqa: N818  (named after what happened)
    """The mirror no longer has debs of the lock: a point release or a security update replaced them."""

    def __init__(self, gone: Iterable[Artifact]) -> None:
        self.debs = tuple(sorted({artifact.label for artifact in gone}))
        shown = ", ".join(self.debs[:5]) + (f" and {len(self.debs) - 5} more" if len(self.debs) > 5 else "")  # noqa: PLR2004
        super().__init__(
            "JF302",
            f"the Debian mirror no longer has what jupyter.lock names: {shown}",
            hint="lock the Debian part anew: jupyflake lock --upgrade-package debian",
        )


def missing_artifacts(lock: Lock, system: str, wanted: frozenset[str] | None = None) -> tuple[Artifact, ...]:
    """Give what the store lacks; `wanted` keeps to these store names."""
    every = [each for each in artifacts(lock, system) if wanted is None or each.name in wanted]
    lacking = store.missing(each.store_path for each in every)
    return tuple(each for each in every if each.store_path in lacking)


def fetch_project(
    project: Project,
    lock: Lock,
    system: str,
    console: Console,
    *,
    sources: Mapping[str, str] | None = None,
    wanted: frozenset[str] | None = None,
    offline: bool = False,
) -> Fetched:
    """Bring what a system needs into the store; `sources` are addresses by SHA-256 that are known already."""
    known = Known(project.manifest)
    lacking = missing_artifacts(lock, system, wanted)
    if not lacking:
        return Fetched(0, 0)
    size = sum(artifact.size for artifact in lacking)
    if offline:
        raise JupyflakeError(
            "JF309",
            f"{len(lacking)} artifacts ({_megabytes(size)}) are not in the Nix store: {lacking[0].file} and others",
            hint="jupyflake fetch, without --offline",
        )
    commits = [artifact for artifact in lacking if artifact.commit is not None]
    lacking = tuple(artifact for artifact in lacking if artifact.commit is None)
    fetched = _fetch_commits(commits, known, console)
    if not lacking:
        return fetched
    wheels = [artifact for artifact in lacking if artifact.archive is None]
    located = known.indexes() if wheels else Sources()
    urls = {**(sources or {}), **known.urls(wheels)}
    unknown = [artifact for artifact in wheels if artifact.sha256 not in urls]
    urls |= _ask_uv(lock, system, unknown, located, console) if unknown else {}
    downloads = {artifact.store_path: download for artifact, download in _addresses(lacking, urls, located)}
    by_path = {artifact.store_path: artifact for artifact in lacking}
    from jupyflake.fetch.download import download_all  # noqa: PLC0415  (imports requests)

    with console.progress(size, f"fetching {len(downloads)} files, {_megabytes(size)}", bytes=True) as progress:
        # Several store paths may be made of one file.
        results = download_all({download.target: download for download in downloads.values()}.values(), progress)
    done = {result.download.target: result for result in results}
    _add(
        [
            (by_path[path], done[download.target])
            for path, download in downloads.items()
            if not done[download.target].gone
        ]
    )
    _complain(by_path[path] for path, download in downloads.items() if done[download.target].gone)
    return Fetched(fetched.count + len(results), fetched.size + sum(result.size for result in results))


def _fetch_commits(commits: Sequence[Artifact], known: Known, console: Console) -> Fetched:
    """Get the files of commits, verified, into the store."""
    if not commits:
        return Fetched(0, 0)
    from jupyflake.resolve import repositories  # noqa: PLC0415  (most projects have none)

    for artifact in commits:
        with console.progress(0, f"fetching {artifact.label} from its repository"):
            path = repositories.files(known.of(artifact), str(artifact.commit), artifact.sha256)
            [added] = store.add_recursive([path])
        _require_place(artifact, added)
        # The store has them now.
        shutil.rmtree(path, ignore_errors=True)
    return Fetched(len(commits), 0)


def _addresses(
    lacking: tuple[Artifact, ...], urls: Mapping[str, str], located: Sources
) -> list[tuple[Artifact, Download]]:
    """Say where each file is: wheels have addresses by SHA-256, debs are beside the mirror's other files."""
    from jupyflake.fetch.credentials import Access, apt_access, index_access  # noqa: PLC0415
    from jupyflake.fetch.download import Download  # noqa: PLC0415  (imports requests)
    from jupyflake.resolve import mirror as mirrors  # noqa: PLC0415

    wheels = [artifact for artifact in lacking if artifact.archive is None]
    access = {"wheel": index_access(located.addresses) if wheels else Access(), "deb": Access()}
    if len(wheels) < len(lacking):
        mirror = mirrors.find()
        access["deb"] = apt_access(mirrors.settings_or_none())
    downloads = []
    for artifact in lacking:
        path = artifact.source.path
        if artifact.archive is None:
            kind, url = "wheel", urls[artifact.sha256]
        else:
            kind, url = "deb", mirror.url(artifact.archive, path or "")
        target = download_directory(artifact.sha256) / store.store_name(artifact.file)
        downloads.append(
            (artifact, Download(artifact.label, url, target, artifact.size, artifact.sha256, access[kind]))
        )
    return downloads


def _ask_uv(lock: Lock, system: str, wheels: list[Artifact], located: Sources, console: Console) -> dict[str, str]:
    """Have uv find the files of these wheels on the machine's index, pinned and without dependencies."""
    from jupyflake.lock import Wheel  # noqa: PLC0415
    from jupyflake.manifest.model import SERVER  # noqa: PLC0415
    from jupyflake.resolve.plan import BOOTSTRAP, PythonRequest  # noqa: PLC0415
    from jupyflake.resolve.uv import compile_environment  # noqa: PLC0415

    groups: dict[str, list[Artifact]] = {}
    for artifact in wheels:
        source = artifact.source
        using = (
            sorted(name for name, systems in source.use.items() if system in systems)
            if isinstance(source, Wheel)
            else [BOOTSTRAP]
        )
        groups.setdefault(using[0], []).append(artifact)

    def ask(group: str) -> dict[str, str]:
        python = lock.environments[SERVER if group == BOOTSTRAP else group].python or ""

        def listed(requirements: Iterable[str]) -> Resolution:
            sources = tuple(sorted({each.source.name for each in asked if not each.file.endswith(".whl")}))
            request = PythonRequest(
                name=group, python=python, requirements=tuple(requirements), sdists=sources, sources=located
            )
            return compile_environment(request, system, {}, console=console, dependencies=False)

        asked = groups[group]
        urls: dict[str, str] = {}
        reason = None
        try:
            exact = listed(f"{each.source.name}=={each.source.version}" for each in asked)
        except JupyflakeError as error:
            if error.code not in _NOT_LISTED:
                raise
            reason = error
        else:
            by_file = {wheel.file: wheel for files in exact.files.values() for wheel in files}
            for each in asked:
                wheel = by_file.get(each.file)
                if wheel is not None and wheel.sha256 in {None, each.sha256}:
                    urls[each.sha256] = wheel.url
        lost = [each for each in asked if each.sha256 not in urls]
        return {**urls, **(_beside(lost, listed, reason) if lost else {})}

    urls: dict[str, str] = {}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for answer in pool.map(ask, groups):
            urls.update(answer)
    return urls


def _beside(
    lost: list[Artifact],
    listed: Callable[[Iterable[str]], Resolution],
    reason: JupyflakeError | None,
) -> dict[str, str]:
    """Complete the locked path of files that the index does not list (any more) with the host of their siblings.

    A page of the index may be older than the lock, where an index is served by several machines.
    """
    gone = _wheel_gone(
        reason.message if reason else f"the package index has no {lost[0].file} with the SHA-256 of jupyter.lock"
    )
    if any(each.source.path is None for each in lost):
        raise gone
    try:
        siblings = listed({str(each.source.name): None for each in lost})
    except JupyflakeError as error:
        raise (gone if error.code in _NOT_LISTED else error) from error
    hosts = {
        wheel.name: wheel.url.split(wheel.path, 1)[0]
        for wheel in siblings.chosen
        if wheel.path and wheel.path in wheel.url
    }
    if any(each.source.name not in hosts for each in lost):
        raise gone
    return {each.sha256: f"{hosts[each.source.name]}{each.source.path}" for each in lost}


def _add(files: list[tuple[Artifact, Downloaded]]) -> None:
    """Put the files into the store, in one call a kind; the cache then needs them no longer."""
    whole = [(artifact, result.download.target) for artifact, result in files if artifact.member is None]
    parts = [(artifact, _extract(artifact, result.download.target)) for artifact, result in files if artifact.member]
    for pairs, add in ((whole, store.add_flat), (parts, store.add_recursive)):
        paths = add([path for _, path in pairs]) if pairs else []
        for (artifact, _), path in zip(pairs, paths, strict=True):
            _require_place(artifact, path)
    from jupyflake.fetch.download import remove  # noqa: PLC0415  (imports requests)

    for _, result in files:
        remove(result.download.target.parent)


def _require_place(artifact: Artifact, path: str) -> None:
    if path != artifact.store_path:
        raise JupyflakeError(
            "JF607",
            f"nix-store put {artifact.file} at {path}, not at {artifact.store_path}",
            hint="the store is another than /nix/store: set NIX_STORE_DIR for all programs alike",
        )


def _extract(artifact: Artifact, archive: Path) -> Path:
    data = members.read_member(archive, artifact.member or "")
    nar = store.nar_of_executable(data)
    if store.recursive_path(artifact.name, nar) != artifact.store_path:
        raise JupyflakeError(
            "JF301",
            f"{artifact.member} in {artifact.file} is not what was locked",
            hint="remove jupyter.lock and run `jupyflake lock`",
        )
    path = archive.parent / artifact.name
    path.write_bytes(data)
    path.chmod(0o755)
    return path


def _complain(gone: Iterable[Artifact]) -> None:
    lost = list(gone)
    wheels = [artifact for artifact in lost if artifact.archive is None]
    if wheels:
        raise _wheel_gone(f"the package index's file host no longer has {wheels[0].file}")
    if lost:
        raise DebsVanished(lost)


def _wheel_gone(message: str) -> JupyflakeError:
    return JupyflakeError("JF303", message, hint="jupyflake lock --upgrade-package NAME for another version")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
