"""apt's complaints as one line and a next step."""

from __future__ import annotations

import re
from typing import NamedTuple

from jupyflake.errors import JupyflakeError
from jupyflake.process import redact


class _Case(NamedTuple):
    marks: tuple[str, ...]
    code: str
    message: str
    hint: str


# The first that fits; {line} is the line of apt's that has the mark.
_UPDATE = (
    _Case(
        ("401  ", "403  ", "407  "),
        "JF209",
        "the Debian mirror {place} refuses: {line}",
        "put the credentials into apt's auth.conf (see `man apt_auth.conf`)",
    ),
    _Case(
        (
            "Could not resolve",
            "Temporary failure resolving",
            "Could not connect",
            "Unable to connect",
            "onnection refused",
            "onnection timed out",
            "Network is unreachable",
            "Connection failed",
        ),
        "JF208",
        "the Debian mirror {place} cannot be reached: {line}",
        "check the network and apt's proxy settings (`sudo apt-get update` must work)",
    ),
    _Case(
        ("NO_PUBKEY", "is not signed", "BADSIG", "signatures were invalid", "couldn't be verified", "EXPKEYSIG"),
        "JF215",
        "the signature of {suite} at {place} cannot be verified: {line}",
        "install debian-archive-keyring, or name the mirror's keyring in JUPYFLAKE_DEBIAN_KEYRING",
    ),
    _Case(
        ("is expired", "is not valid yet"),
        "JF215",
        "the Release file of {suite} at {place} has expired: {line}",
        "use an up-to-date mirror; for a frozen one set Acquire::Check-Valid-Until in apt's configuration",
    ),
    _Case(
        ("Hash Sum mismatch", "File has unexpected size", "Hashes of expected file"),
        "JF215",
        "the package list of {suite} at {place} is not the one that its signed Release file names",
        "try again in some minutes: the mirror may be in the middle of an update",
    ),
    _Case(
        ("No space left on device", "enough free space"),
        "JF604",
        "the disk is full: apt could not write its lists",
        "free some space, or set JUPYFLAKE_CACHE_DIR to a disk that has some",
    ),
    _Case(
        ("does not have a Release file", "no longer has a Release file", "404 "),
        "JF214",
        "the Debian mirror {place} has no suite {suite}",
        "choose another base, or set JUPYFLAKE_DEBIAN_MIRROR to a mirror that has it",
    ),
    _Case(
        ("E: ", ""),
        "JF216",
        "apt cannot read {suite}: {line}",
        "run again with --verbose to see the command",
    ),
)
_UNKNOWN = re.compile(r"Unable to locate package (\S+)|Package '?(\S+?)'? has no installation candidate")
_UNMET = re.compile(r"(Depends|Conflicts|Breaks):")


def explain_update(stderr: str, suite: str, root: str) -> JupyflakeError:
    """Translate what `apt-get update` printed."""
    text = redact(stderr)
    case = next(case for case in _UPDATE if any(mark in text for mark in case.marks))
    message = case.message.format(suite=suite, place=redact(root), line=_line(text, case.marks))
    return JupyflakeError(case.code, message, hint=case.hint)


def explain_install(text: str, suite: str, system: str) -> JupyflakeError:
    """Translate why apt finds no closure."""
    missing = _UNKNOWN.search(text)
    if missing:
        return JupyflakeError(
            "JF212",
            f"debian/{suite} has no package {missing.group(1) or missing.group(2)} for {system}",
            hint="check the spelling, or choose another base",
        )
    unmet = [line.strip() for line in text.splitlines() if _UNMET.search(line)]
    if unmet:
        return JupyflakeError(
            "JF216",
            f"the packages contradict each other in debian/{suite} for {system}: {'; '.join(unmet[:2])}",
            hint="remove one of them from `tools` or `packages`",
        )
    return JupyflakeError(
        "JF216",
        f"apt finds no packages in debian/{suite} for {system}: {_line(text, ('E: ', ''))}",
        hint="run again with --verbose to see the command",
    )


def _line(text: str, marks: tuple[str, ...]) -> str:
    """Give the first line with one of the marks, without apt's letter."""
    for mark in marks:
        for line in text.splitlines():
            if line.strip() and mark in line:
                return re.sub(r"^[EWN]: ", "", line.strip())[:220]
    return "no reason given"
