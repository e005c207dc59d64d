"""What the machine reaches: Debian's mirror and the package index; no host is named, a report may be shown around."""

from __future__ import annotations

import datetime as dt
import email.utils
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests

from jupyflake import flake, process
from jupyflake.doctor.finding import Finding
from jupyflake.fetch.credentials import apt_access, certificates
from jupyflake.resolve import mirror as mirrors
from jupyflake.resolve import uv

_SECONDS = 10
# Signatures of Debian's releases are valid from their own time on; more than this is more than an ordinary drift.
_DRIFT = dt.timedelta(minutes=5)


def debian() -> list[Finding]:
    """See whether the mirror answers, and what it says about the time."""
    mirror = mirrors.find()
    suite = next(iter(flake.suites()))
    url = mirror.url("debian", f"dists/{suite}/InRelease")
    parts = urlsplit(url)
    if parts.scheme == "file":
        there = Path(unquote(parts.path)).is_file()
        return [
            Finding("mirror", "ok", "Debian's mirror is a directory")
            if there
            else Finding("mirror", "fail", "the directory of Debian's mirror has no releases", "check apt's sources")
        ]
    access = apt_access(mirrors.settings_or_none())
    try:
        with requests.Session() as session:
            session.verify = certificates()
            response = session.head(
                url,
                timeout=_SECONDS,
                auth=access.login(url),
                proxies=dict(access.proxies) or None,
                allow_redirects=True,
            )
    except requests.RequestException as error:
        return [
            Finding("mirror", "fail", f"Debian's mirror does not answer ({type(error).__name__})", "apt-get update")
        ]
    if response.status_code != requests.codes.ok:
        answer = f"Debian's mirror answers with {response.status_code} {response.reason}"
        return [Finding("mirror", "fail", answer, "apt-get update"), *clock(response)]
    found = [Finding("mirror", "ok", "Debian's mirror answers"), *clock(response)]
    if mirror.keyring is None:
        cure = "apt-get install debian-archive-keyring"
        found.append(Finding("keyring", "fail", "Debian's keys are missing, so no signature can be checked", cure))
    return found


def clock(response: requests.Response) -> list[Finding]:
    """Compare this machine's clock with the server's."""
    try:
        there = email.utils.parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError):
        return []
    drift = dt.datetime.now(dt.UTC) - there
    if abs(drift) < _DRIFT:
        return [Finding("clock", "ok", "this machine's clock agrees with the mirror's")]
    minutes = round(abs(drift).total_seconds() / 60)
    side = "ahead of" if drift > dt.timedelta(0) else "behind"
    text = f"this machine's clock is {minutes} minutes {side} the mirror's: signatures seem not to be valid"
    return [Finding("clock", "fail", text, "timedatectl set-ntp true")]


def index() -> Finding:
    """Have uv resolve one small package, by its own settings."""
    with tempfile.TemporaryDirectory() as folder:
        command = [uv.program(), "pip", "compile", "-", "--no-deps", "--quiet", "--refresh", "--no-header"]
        completed = process.run(command, env=uv.environment(), cwd=folder, input="packaging\n", check=False)
    if completed.returncode == 0:
        return Finding("index", "ok", "the index of Python packages answers")
    return Finding(
        "index",
        "fail",
        "the index of Python packages does not answer, or lacks `packaging`",
        "check UV_DEFAULT_INDEX, uv.toml and the proxy: uv pip compile - <<< packaging",
    )
