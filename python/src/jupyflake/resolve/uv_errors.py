"""uv's explanations, cut down to one line and a next step; --verbose shows the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jupyflake.errors import JupyflakeError
from jupyflake.process import redact

if TYPE_CHECKING:
    from jupyflake.resolve.plan import PythonRequest

_UNKNOWN = re.compile(r"Because (\S+) was not found in the package registry")
_REFUSED = re.compile(r"An index(?: URL)? \((\S+)\).*?\b(401|403)\b")
_BUILD = re.compile(r"Failed to build `([^`]+)`")
_STATUS = re.compile(r"HTTP status (?:client|server) error \((\d+ .*?)\) for url \((\S+?)\)")
_FETCH = re.compile(r"(?:Failed to fetch|error sending request for url|Failed to download)[^\n]*?(https?://[^\s`)]+)")
_NO_WHEEL = re.compile(
    r"([A-Za-z0-9._-]+)\S*(?:,\S+)? ha(?:s|ve) no (?:usable wheels|wheels with a matching|compatible wheels)"
)
_NEEDS_WHEEL = re.compile(r"Wheels are required for `([^`]+)`")
_AVAILABLE = re.compile(r"Wheels are available for `([^`]+)` \(v([^)]+)\) on the following platforms?: (.+)")
_ONLY = re.compile(r"only (\S+) (?:is|are) available")
_NO_VERSION = re.compile(r"there (?:is|are) no versions? of (\S+)")
_EXCLUSIVE = re.compile(r"you require ([A-Za-z0-9._-]+?)[<>=!~]\S* and \1[<>=!~]\S*, which are incompatible")
_OTHER_PYTHON = re.compile(r"(\S+) requires Python ([^\s,]+(?:,[^\s,]+)*)")
_DEPENDS = re.compile(r"(\S+) depends? on ([A-Za-z0-9._-]+)([^\s,]\S*)?")
# Who requires what has an index of its own, in uv's words.
REQUIRER = "jupyflake-request"
_NETWORK = (
    "dns error",
    "connect error",
    "client error (Connect)",
    "Connection refused",
    "timed out",
    "Network is unreachable",
    "connection closed",
    "Could not connect",
)
# What an error says of a package that `sdists` would help.
ONLY_SOURCE = ", but a source"
# Packages whose wheels have another name.
_BINARY = {"psycopg2": "psycopg2-binary", "mysqlclient": "pymysql", "python-ldap": "ldap3"}


@dataclass(frozen=True)
class Failure:
    """The error, and the package without a wheel if that is the cause."""

    error: JupyflakeError
    package: str | None = None


def explain(stderr: str, request: PythonRequest, system: str) -> Failure:
    """Translate what uv printed."""
    text = plain(redact(stderr))
    flat = re.sub(r"\s+", " ", text)
    for translate in (_disk, _index, _source, _unknown, _no_wheel, _versions):
        failure = translate(text, flat, request, system)
        if failure is not None:
            return failure
    lines = [re.sub(r"^(error|cause):\s*", "", line.strip()) for line in text.splitlines() if line.strip()]
    message = ": ".join(line for line in lines if not line.startswith("warning"))[:300]
    error = JupyflakeError(
        "JF210",
        f"{request.where}: uv could not resolve the packages: {message}",
        hint="run again with --verbose to see all that uv says",
    )
    return Failure(error)


def plain(text: str) -> str:
    """Take out where on this machine uv is given the packages of [sources], and what asks for those of an index."""
    return re.sub(r" @ file://[^\s`,)]+", "", text).replace(f"{REQUIRER} depends", "you depend")


def _disk(_text: str, flat: str, _request: PythonRequest, _system: str) -> Failure | None:
    if "No space left on device" not in flat and "os error 28" not in flat:
        return None
    message = "the disk is full: uv could not write its cache"
    return Failure(
        JupyflakeError("JF604", message, hint="free some space (`uv cache prune`), then run the command again")
    )


def _index(_text: str, flat: str, _request: PythonRequest, _system: str) -> Failure | None:
    refused = _REFUSED.search(flat)
    if refused:
        return _refused(refused.group(1), refused.group(2))
    status = _STATUS.search(flat)
    if status and status.group(1)[:3] in {"401", "403", "407"}:
        return _refused(status.group(2), status.group(1))
    if status:
        message = f"the package index failed: {status.group(1)} for {status.group(2)}"
        return Failure(JupyflakeError("JF208", message, hint="try again later, or ask whoever runs the index"))
    if "invalid peer certificate" in flat or "certificate verify failed" in flat:
        url = _FETCH.search(flat)
        message = f"the package index's certificate is not trusted ({url.group(1) if url else 'TLS'})"
        return Failure(JupyflakeError("JF208", message, hint="set SSL_CERT_FILE to a file with your CA's certificate"))
    if any(mark in flat for mark in _NETWORK):
        url = _FETCH.search(flat)
        cause = next(
            (mark for mark in ("Connection refused", "dns error", "timed out") if mark in flat), "no connection"
        )
        place = f" at {url.group(1)}" if url else ""
        reason = "the name is unknown" if cause == "dns error" else cause
        return Failure(
            JupyflakeError(
                "JF208",
                f"the package index{place} cannot be reached: {reason}",
                hint="check the network, the proxy (HTTPS_PROXY) and uv's index settings (UV_DEFAULT_INDEX, uv.toml)",
            )
        )
    return None


def _source(text: str, _flat: str, request: PythonRequest, _system: str) -> Failure | None:
    built = _BUILD.search(text)
    if built is None:
        return None
    output = text[built.end() :].partition("[stderr]")[2].partition("\nhint:")[0]
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "its build says nothing")
    name, _, version = built.group(1).partition("==")
    message = f"{request.where}: the source of {name} {version} does not tell what it needs: {last[:200]}"
    return Failure(JupyflakeError("JF287", message, hint=f"another version of {name}, or {name} out of sdists"))


def _refused(url: str, status: str) -> Failure:
    return Failure(
        JupyflakeError(
            "JF209",
            f"the package index {url} refuses: {status}",
            hint="give uv the credentials: in ~/.netrc, UV_INDEX_<NAME>_USERNAME and _PASSWORD, or `uv auth login`",
        )
    )


def _unknown(_text: str, flat: str, request: PythonRequest, _system: str) -> Failure | None:
    match = _UNKNOWN.search(flat)
    if not match:
        return None
    name = match.group(1)
    direct = any(is_about(text, name) for text in request.requirements)
    what = name if direct else _needed(name, flat).rstrip(",")
    message = f"{request.where}: the package index has no package {what}"
    return Failure(JupyflakeError("JF205", message, hint="check the spelling, or which index uv is set to use"), name)


def _no_wheel(text: str, flat: str, request: PythonRequest, system: str) -> Failure | None:
    matches = (pattern.search(flat) for pattern in (_NEEDS_WHEEL, _NO_WHEEL, _AVAILABLE))
    name = next((match.group(1) for match in matches if match), None)
    if name is None:
        return None
    asked = next((each for each in request.requirements if is_about(each, name)), None)
    message = f"{request.where}: {asked or _needed(name, flat)} has no wheel for Python {request.python} on {system}"
    source = _NEEDS_WHEEL.search(flat)
    if source and canonicalize_name(source.group(1)) == canonicalize_name(name):
        message += ONLY_SOURCE
    found = _AVAILABLE.search(text)
    if found and canonicalize_name(found.group(1)) == canonicalize_name(name):
        message += f" (only for {found.group(3).strip().replace('`', '')})"
    other = _BINARY.get(str(canonicalize_name(name)))
    hint = f"{other}, which has wheels" if other else "another version of it, or another Python for the kernel"
    return Failure(JupyflakeError("JF207", message, hint=hint), None if other else name)


def _needed(name: str, flat: str) -> str:
    """Name a dependency together with what needs it."""
    match = re.search(rf"(\S+) depends? on {re.escape(name)}\b", flat)
    return f"{name}, which {match.group(1)} needs," if match else name


def _versions(_text: str, flat: str, request: PythonRequest, system: str) -> Failure | None:
    given = [*request.requirements, *request.constraints]
    exclusive = _EXCLUSIVE.search(flat)
    if exclusive:
        asked = next((text for text in given if is_about(text, exclusive.group(1))), exclusive.group(1))
        message = f"{request.where}: no version can be {asked}: its limits exclude each other"
        return Failure(JupyflakeError("JF206", message, hint="loosen one of its limits"))
    if "unsatisfiable" not in flat:
        return None
    involved = [text for text in given if _mentioned(text, flat)]
    other = _OTHER_PYTHON.search(flat)
    if len(involved) <= 1 and other:
        name = re.split(r"[<>=!~]", other.group(1), maxsplit=1)[0]
        asked = next((text for text in request.requirements if is_about(text, name)), None)
        what = asked or _needed(name, flat)
        message = f"{request.where}: {what} needs Python {other.group(2)}, and this is {request.python}"
        return Failure(JupyflakeError("JF231", message, hint="another version of it, or another Python"), name)
    missing = _NO_VERSION.search(flat) or _ONLY.search(flat)
    if len(involved) <= 1 and missing:
        asked = involved[0] if involved else missing.group(1)
        wanted = asked[len(_name(asked)) :].strip() or asked
        message = f"{request.where}: no version of {_name(asked)} is {wanted}{_known(flat)}"
        return Failure(JupyflakeError("JF206", message, hint="ask for a version that there is"), _name(asked))
    reason = _reason(involved, flat)
    names = " and ".join(f'"{text}"' for text in involved) or "these packages"
    message = f"{request.where}: {names} contradict each other for Python {request.python} on {system}{reason}"
    return Failure(JupyflakeError("JF206", message, hint="loosen one of them; --verbose shows uv's whole reasoning"))


def _known(flat: str) -> str:
    """Say which versions there are, as far as uv tells: the newest or the oldest one, or the only one."""
    found = _ONLY.search(flat)
    bounds = dict(re.findall(r"(<=|>=|==|<|>)([^,]+)", found.group(1))) if found else {}
    if "==" in bounds:
        return f": the only one is {bounds['==']}"
    if "<=" in bounds and ">=" in bounds:
        return f": there are {bounds['>=']} to {bounds['<=']}"
    if "<=" in bounds:
        return f": the newest is {bounds['<=']}"
    return f": the oldest is {bounds['>=']}" if ">=" in bounds else ""


def _mentioned(text: str, flat: str) -> bool:
    """Whether uv's text rests on this requirement."""
    try:
        requirement = Requirement(text)
    except ValueError:
        return False
    bare = re.escape(str(canonicalize_name(requirement.name)))
    versions = [re.escape(str(specifier)) for specifier in requirement.specifier]
    if not versions:
        return re.search(rf"(?:require|and) {bare}(?:[,.\s]|$)", flat) is not None
    return any(re.search(rf"{bare}(?:\[[^\]]*\])?\S*{version}", flat) for version in versions)


def _reason(involved: list[str], flat: str) -> str:
    """Find the dependency that makes the requirements meet, if it is short to say."""
    names = {str(canonicalize_name(_name(text))) for text in involved}
    for match in _DEPENDS.finditer(flat):
        package = re.split(r"[=<>!~\[]", match.group(1), maxsplit=1)[0]
        if package in names and match.group(2) in names and package != match.group(2):
            clause = flat[match.start(2) :].split(" ", 1)[0].rstrip(",.")
            return f" ({match.group(1)} needs {clause})"
    return ""


def is_about(requirement: str, name: str) -> bool:
    """Whether a requirement names this package."""
    return canonicalize_name(_name(requirement)) == canonicalize_name(name)


def _name(text: str) -> str:
    match = re.match(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)", text)
    return match.group(1) if match else text
