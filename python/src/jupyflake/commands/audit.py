"""`jupyflake audit`: known vulnerabilities of what the lock names."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from jupyflake.commands.options import Offline  # noqa: TC001  (typer reads it)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyflake.auditing.match import Vulnerability
    from jupyflake.auditing.osv import Database
    from jupyflake.lock import Lock
    from jupyflake.session import Session


def audit(
    session: Session,
    *,
    database: Annotated[
        list[str] | None,
        typer.Option(
            "--database",
            metavar="SOURCE",
            help="Advisories in OSV's format: a file, a directory, an archive or a URL. Repeatable.",
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="ID", help="An advisory to pass over. Repeatable.")
    ] = None,
    ignore_unfixed: Annotated[
        bool, typer.Option("--ignore-unfixed", help="Pass over what no version has a fix for yet.")
    ] = False,
    no_mirror: Annotated[
        bool, typer.Option("--no-mirror", help="Do not ask the Debian mirror for security updates.")
    ] = False,
    offline: Offline = False,
) -> None:
    """Look for known vulnerabilities of the lock; the exit code is 1 where there is one, or not all could be checked.

    Advisories come from --database, or from the sources that JUPYFLAKE_ADVISORIES names. The Debian mirror's security
    archive says besides which Debian packages it has newer versions of.

    Example: jupyflake audit --database advisories.zip --ignore-unfixed
    """
    from jupyflake import locking  # noqa: PLC0415  (help needs none of it)
    from jupyflake.auditing import match, sources  # noqa: PLC0415
    from jupyflake.auditing.osv import Database  # noqa: PLC0415
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415

    console = session.console
    project = session.project()
    lock = locking.require_current(project, locking.read_lock(project))
    chosen = tuple(database or ()) or sources.configured()
    known = sources.load(chosen, console, offline=offline) if chosen else Database()
    found = list(match.vulnerabilities(lock, known))
    asked = _Mirror({}, frozenset())
    if lock.debs and not (no_mirror or offline):
        asked = _ask_mirror(session, lock)
        found += match.security_updates(lock, asked.offered)
    passed = frozenset(ignore or ())
    found = [each for each in found if not each.names & passed and (each.fixed or not ignore_unfixed)]
    unknown = _unchecked(lock, known, asked.suites)
    for what in (*unknown, *_of_nixpkgs(lock)):
        console.warn(f"not checked: {what}")
    _print(session, found, unknown)
    if found:
        packages = {(each.package, each.version) for each in found}
        raise JupyflakeError(
            "JF250",
            f"{len(found)} known vulnerabilities in {len(packages)} packages",
            hint=f"jupyflake update {_upgrade(found)}",
        )
    if unknown:
        what = "the advisories say nothing about a part of the lock" if chosen else "no advisory database is known"
        hint = f"--database or {sources.VARIABLE} with a file or URL of OSV data, such as an ecosystem's all.zip"
        raise JupyflakeError("JF251", what, hint=hint)
    console.info("no known vulnerability")


class _Mirror(NamedTuple):
    """What the security archives have, and of which suites there is one."""

    offered: dict[tuple[str, str, str], str]
    suites: frozenset[str]


def _ask_mirror(session: Session, lock: Lock) -> _Mirror:
    """Ask apt which versions the security archive has of what is locked."""
    from jupyflake.resolve import mirror as mirrors  # noqa: PLC0415  (only where the mirror is asked)
    from jupyflake.resolve.apt import Apt  # noqa: PLC0415

    offered: dict[tuple[str, str, str], str] = {}
    without: set[str] = set()
    mirror = mirrors.find()
    for suite, system in sorted({(deb.suite, deb.system) for deb in lock.debs}):
        session.console.detail(f"asking the security archive of {suite} for {system}")
        names = sorted(deb.name for deb in lock.debs if (deb.suite, deb.system) == (suite, system))
        with Apt(suite, system, mirror).prepared() as apt:
            offered |= {(suite, system, name): version for name, version in apt.security_versions(names).items()}
            without |= {suite} if apt.missing_security else set()
    return _Mirror(offered, frozenset(deb.suite for deb in lock.debs) - without)


def _unchecked(lock: Lock, known: Database, suites: frozenset[str]) -> list[str]:
    """Name what nothing is known about: no database covers it, and no security archive of the mirror."""
    from jupyflake.auditing.osv import PYPI, RELEASES  # noqa: PLC0415  (help needs none of it)

    left = []
    if lock.wheels and PYPI not in known.ecosystems:
        left.append(f"{len({(wheel.name, wheel.version) for wheel in lock.wheels})} packages of PyPI")
    uncovered = {deb.suite for deb in lock.debs if RELEASES.get(deb.suite) not in known.ecosystems} - suites
    return left + [f"the packages of debian/{suite}" for suite in sorted(uncovered)]


def _of_nixpkgs(lock: Lock) -> list[str]:
    from jupyflake.flake import NIXPKGS  # noqa: PLC0415  (help needs none of it)

    names = [name for name, environment in lock.environments.items() if environment.base == NIXPKGS]
    return [f"what {', '.join(names)} has from nixpkgs, which no advisory is about"] if names else []


def _upgrade(found: Sequence[Vulnerability]) -> str:
    fixable = [each for each in found if each.fixed] or list(found)
    names = dict.fromkeys("debian" if each.ecosystem != "PyPI" else each.package for each in fixable)
    return " ".join(list(names)[:3])


def _print(session: Session, found: Sequence[Vulnerability], unknown: Sequence[str]) -> None:
    lines = []
    for each in found:
        names = ", ".join((each.id, *each.aliases))
        fixed = f"fixed in {' or '.join(each.fixed)}" if each.fixed else "no fix yet"
        severity = f" ({each.severity})" if each.severity else ""
        where = f"{each.package} {each.version} in {', '.join(each.where)}"
        lines.append(f"{where}: {names}{severity}; {fixed}: {each.summary}")
    if found or session.console.json:
        data = {"vulnerabilities": [dataclasses.asdict(each) for each in found], "not-checked": list(unknown)}
        session.console.result("\n".join(lines), data=data)
