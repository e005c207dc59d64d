"""Which of the R packages and programs that were found a Debian suite has: the others cannot be taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.flake import DEBIAN
from jupyflake.resolve.debian import r_candidates

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyflake.importing.model import Entry, Found


def leave_missing(
    found: Found, base: str, system: str, ask: Callable[[str, str, list[str]], frozenset[str]] | None = None
) -> None:
    """Leave out what the suite has not; where the mirror cannot be asked, all stays and that is noted."""
    if not base.startswith(DEBIAN) or not (found.r or found.tools):
        return
    r_names = {entry.text: r_candidates(entry.text) for entry in found.r}
    names = [*(name for each in r_names.values() for name in each), *(entry.text for entry in found.tools)]
    try:
        real = (ask or ask_apt)(base.removeprefix(DEBIAN), system, names)
    except JupyflakeError as error:
        found.note(f"whether {base} has the R packages and programs was not checked: {error.message}")
        return
    # What is part of R itself has no package.
    found.r = _kept(found, found.r, lambda name: not r_names[name] or bool(real.intersection(r_names[name])), base)
    found.tools = _kept(found, found.tools, real.__contains__, base)


def _kept(found: Found, entries: list[Entry], has: Callable[[str], bool], base: str) -> list[Entry]:
    kept = []
    for entry in entries:
        if has(entry.text):
            kept.append(entry)
        else:
            found.leave(entry.text, entry.where, f"{base} has no package of this name")
    return kept


def ask_apt(suite: str, system: str, names: list[str]) -> frozenset[str]:
    """Ask apt which names are packages; raises what apt and the mirror can fail with (JF208 to JF216, JF601, JF606)."""
    from jupyflake.resolve import mirror as mirrors  # noqa: PLC0415  (only where apt is asked)
    from jupyflake.resolve.apt import Apt  # noqa: PLC0415

    with Apt(suite, system, mirrors.find()).prepared() as apt:
        return apt.real_names(names)
