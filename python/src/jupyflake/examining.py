"""Goes through everything that can be wrong, in the order in which one thing rests on another."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from jupyflake.doctor import machine, network, state
from jupyflake.doctor.finding import Finding, look
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyflake.session import Session


def examine(session: Session, *, fix: bool, offline: bool) -> bool:
    """Report on everything, do the safe cures with `fix`, and tell whether nothing is broken."""
    findings = []
    for found in _findings(session, offline=offline):
        finding = _fixed(found) if fix and found.fix is not None else found
        findings.append(finding)
        if not session.console.json:
            session.console.result("\n".join(finding.lines()))
    if session.console.json:
        session.console.result("", data=[finding.data() for finding in findings])
    return all(finding.status != "fail" for finding in findings)


def _fixed(finding: Finding) -> Finding:
    if finding.fix is None:
        return finding
    finding.fix()
    return dataclasses.replace(finding, status="ok", message=f"{finding.message} (cured)", cure="", fix=None)


def _findings(session: Session, *, offline: bool) -> Iterator[Finding]:
    yield look("system", machine.system)
    program = look("nix", machine.program)
    yield program
    works = program.status == "ok"
    if works:
        for name, check in (
            ("features", machine.features),
            ("user", machine.access),
            ("sandbox", machine.sandbox),
        ):
            yield look(name, check)
    yield look("space", machine.space)
    if not offline:
        yield from _several("mirror", network.debian)
        yield look("index", network.index)
    yield look("engine", machine.containers)
    yield from _project(session, built=works)


def _several(name: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return check()
    except JupyflakeError as error:
        return [Finding(name, "fail", error.message, error.hint or "")]


def _project(session: Session, *, built: bool) -> Iterator[Finding]:
    read = look("manifest", lambda: state.manifest(session))
    yield read
    if read.status != "ok":
        return
    project = session.project()
    locked = look("lock", lambda: state.lock(project))
    yield locked
    for finding in (state.tracked(project), state.leftovers(project)):
        if finding is not None:
            yield finding
    if locked.status == "ok" and built:
        yield from _several("kernels", lambda: state.kernels(session, project))
