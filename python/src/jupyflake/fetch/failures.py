"""What can go wrong with a download, who may try again, and how people are told."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import requests

from jupyflake.errors import JupyflakeError
from jupyflake.fetch.credentials import Access
from jupyflake.process import redact

if TYPE_CHECKING:
    from pathlib import Path

TRIES = 3
TRIES_WITHOUT_NETWORK = 2
AGAIN = "run the command again: it goes on where it stopped"


@dataclass(frozen=True)
class Download:
    """A file to get. Without a hash, what comes is believed: only locking does that."""

    label: str
    url: str = field(repr=False)
    target: Path
    size: int | None = None
    sha256: str | None = None
    access: Access = field(default_factory=Access)


class Again(Exception):  # noqa: N818  (no error: another try may do)
    """A failure that may pass; `tries` is how often to try in all."""

    def __init__(self, error: JupyflakeError, tries: int = TRIES) -> None:
        super().__init__(str(error))
        self.error = error
        self.tries = tries


class Gone(Exception):  # noqa: N818  (told to the caller as a value)
    """The host says that there is no such file."""


def refused(item: Download, status: int, have: int) -> NoReturn:
    """Raise what a status other than success means."""
    host = urlsplit(item.url).hostname
    if status in {requests.codes.not_found, requests.codes.gone}:
        raise Gone
    if status in {
        requests.codes.unauthorized,
        requests.codes.forbidden,
        requests.codes.proxy_authentication_required,
    }:
        raise JupyflakeError(
            "JF307",
            f"{host} refuses the download of {item.label}: HTTP status {status}",
            hint="put the host's login into ~/.netrc, or where uv and apt have it",
        )
    if status == requests.codes.requested_range_not_satisfiable and have:
        # Our part is longer than the file, or the host changed it.
        item.target.with_name(f"{item.target.name}.part").unlink(missing_ok=True)
        raise Again(wrong(item, "its size is not the one in jupyter.lock"))
    error = JupyflakeError(
        "JF305",
        f"{host} failed to send {item.label}: HTTP status {status}",
        hint="try again later, or ask whoever runs the host",
    )
    if status >= requests.codes.internal_server_error or status in {
        requests.codes.too_many_requests,
        requests.codes.request_timeout,
    }:
        raise Again(error)
    raise error


def unreachable(item: Download, host: str, error: requests.RequestException) -> NoReturn:
    """Raise what a request without an answer means."""
    host = redact(host).rpartition("@")[2]
    text = str(error)
    if isinstance(error, requests.exceptions.SSLError):
        raise JupyflakeError(
            "JF306",
            f"the certificate of {host} is not trusted (download of {item.label})",
            hint="set SSL_CERT_FILE to a file with your CA's certificate",
        ) from error
    if isinstance(error, requests.exceptions.ReadTimeout):
        message = f"{host} does not answer (download of {item.label})"
        raise Again(JupyflakeError("JF304", message, hint=AGAIN)) from error
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        raise JupyflakeError(
            "JF306",
            f"{redact(item.url)} is not an address that can be downloaded from",
            hint="use a mirror with an http or https address",
        ) from error
    if isinstance(error, requests.exceptions.ProxyError):
        reason = "the proxy cannot be reached, or refuses"
    elif "NameResolution" in text or "Name or service" in text or "name resolution" in text:
        reason = "the name is unknown"
    elif "refused" in text:
        reason = "connection refused"
    elif "unreachable" in text:
        reason = "network is unreachable"
    elif isinstance(error, requests.exceptions.ConnectTimeout):
        reason = "no answer"
    else:
        message = f"the connection to {host} broke off (download of {item.label})"
        raise Again(JupyflakeError("JF304", message, hint=AGAIN)) from error
    raise Again(
        JupyflakeError(
            "JF306",
            f"{host} cannot be reached: {reason} (download of {item.label})",
            hint="check the network and the proxy (HTTPS_PROXY), then run the command again",
        ),
        TRIES_WITHOUT_NETWORK,
    ) from error


def wrong(item: Download, what: str) -> JupyflakeError:
    """Give the error for content that is not what was locked."""
    return JupyflakeError(
        "JF301",
        f"{item.label} from {urlsplit(item.url).hostname or 'the disk'} is not what was locked: {what}",
        hint="try again; if it stays so, the mirror is broken or jupyter.lock was tampered with",
    )


def disk_error(item: Download, error: OSError) -> JupyflakeError:
    """Give the error for a file that cannot be written."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    what = "the disk is full" if full else (error.strerror or str(error))
    return JupyflakeError(
        "JF604",
        f"{item.label} cannot be written to {item.target.parent}: {what}",
        hint="free some space, or set JUPYFLAKE_CACHE_DIR to a disk that has some; what is there is kept"
        if full
        else "set JUPYFLAKE_CACHE_DIR to a directory that you may write to",
    )
