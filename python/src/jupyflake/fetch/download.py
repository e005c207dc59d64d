"""Downloads: parallel, resumed, verified while they stream; a part that breaks off is kept for the next run."""

from __future__ import annotations

import concurrent.futures
import errno
import fcntl
import hashlib
import io
import os
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn
from urllib.parse import unquote, urlsplit

import requests

from jupyflake.console import Progress
from jupyflake.errors import JupyflakeError
from jupyflake.fetch.credentials import Access, certificates
from jupyflake.process import redact

if TYPE_CHECKING:
    from collections.abc import Iterable

THREADS = 16
_TRIES = 3
_TRIES_WITHOUT_NETWORK = 2
_BACK_OFF = 0.5
_TIMEOUT = (5, 30)
_CHUNK = 1 << 18
_AGAIN = "run the command again: it goes on where it stopped"


@dataclass(frozen=True)
class Download:
    """A file to get. Without a hash, what comes is believed: only locking does that."""

    label: str
    url: str = field(repr=False)
    target: Path
    size: int | None = None
    sha256: str | None = None
    access: Access = field(default_factory=Access)


@dataclass(frozen=True)
class Downloaded:
    """A file that is there, complete and verified; or gone from its host."""

    download: Download
    size: int = 0
    sha256: str = ""
    gone: bool = False


class _Again(Exception):  # noqa: N818  (no error: another try may do)
    def __init__(self, error: JupyflakeError, tries: int = _TRIES) -> None:
        super().__init__(str(error))
        self.error = error
        self.tries = tries


class _Gone(Exception):  # noqa: N818  (told to the caller as a value)
    """The host says that there is no such file."""


class _Stopped(Exception):  # noqa: N818  (another download failed, or Ctrl-C)
    """The whole is given up."""


def download_all(downloads: Iterable[Download], progress: Progress, *, threads: int = THREADS) -> list[Downloaded]:
    """Get all files; the first failure ends the rest, files that are gone are told at the end."""
    # The largest first: the last to end is then a small one.
    waiting = sorted(downloads, key=lambda item: -(item.size or 0))
    run = _Run(progress)
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(run.get, item) for item in waiting]
        try:
            return [future.result() for future in concurrent.futures.as_completed(futures)]
        except BaseException:
            run.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        finally:
            run.close()


def lengths(downloads: Iterable[Download], *, threads: int = THREADS) -> dict[str, int]:
    """Ask for the sizes of files without getting them, by address; one that is not told is left out."""
    waiting = list(downloads)
    run = _Run(Progress())
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        try:
            told = dict(zip((item.url for item in waiting), pool.map(run.length, waiting), strict=True))
        finally:
            run.close()
    return {url: size for url, size in told.items() if size is not None}


class _Run:
    """What the threads share."""

    def __init__(self, progress: Progress) -> None:
        self.stop = threading.Event()
        self._progress = progress
        self._certificates = certificates()
        self._local = threading.local()
        self._sessions: list[requests.Session] = []

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    def length(self, item: Download) -> int | None:
        try:
            response = self._session().head(
                item.url,
                timeout=_TIMEOUT,
                allow_redirects=True,
                headers={"Accept-Encoding": "identity"},
                auth=item.access.login(item.url),
            )
        except requests.RequestException:
            return None
        told = response.headers.get("Content-Length", "")
        return int(told) if response.ok and told.isdigit() else None

    def get(self, item: Download) -> Downloaded:
        counted = _Counted(self._progress)
        tries = 0
        while True:
            try:
                return self._try(item, counted)
            except _Gone:
                return Downloaded(item, gone=True)
            except _Again as again:
                tries += 1
                if tries >= again.tries or self.stop.wait(_BACK_OFF * 2**tries):
                    raise again.error from again

    def _try(self, item: Download, counted: _Counted) -> Downloaded:
        try:
            item.target.parent.mkdir(parents=True, exist_ok=True)
            with _open_part(item.target) as part:
                if item.target.exists() and (done := _verified(item)):
                    counted.reach(done.size)
                    return done
                done = self._fill(part, item, counted)
                part.flush()
                Path(part.name).replace(item.target)
                return done
        except OSError as error:
            # requests' own errors are OSErrors too, but were taken care of below.
            raise _disk_error(item, error) from error

    def _fill(self, part: IO[bytes], item: Download, counted: _Counted) -> Downloaded:
        digest = hashlib.sha256()
        have = _take_up(part, digest)
        if item.size is not None and have > item.size:
            have = _restart(part, digest := hashlib.sha256())
        resumed = have > 0
        counted.reach(have)
        # The whole may be there already: a run that ended before the file got its name.
        if item.size is None or have < item.size or not resumed:
            with self._request(item, have) as response:
                if have and not _continues(response, have):
                    digest = hashlib.sha256()
                    have = _restart(part, digest)
                    resumed = False
                have = self._stream(response, part, digest=digest, item=item, have=have, counted=counted)
        found = digest.hexdigest()
        if item.size is not None and have < item.size:
            message = f"the download of {item.label} ended after {have} of {item.size} bytes"
            raise _Again(JupyflakeError("JF304", message, hint=_AGAIN))
        if item.sha256 is not None and found != item.sha256:
            _restart(part, digest)
            error = _wrong(item, f"its SHA-256 is {found}, jupyter.lock has {item.sha256}")
            if resumed:
                raise _Again(error)
            raise error
        return Downloaded(item, size=have, sha256=found)

    def _stream(
        self,
        response: requests.Response,
        part: IO[bytes],
        *,
        digest: hashlib._Hash,
        item: Download,
        have: int,
        counted: _Counted,
    ) -> int:
        try:
            for chunk in response.iter_content(_CHUNK):
                if self.stop.is_set():
                    raise _Stopped
                have += len(chunk)
                if item.size is not None and have > item.size:
                    _restart(part, digest)
                    raise _wrong(item, f"it is longer than the {item.size} bytes that jupyter.lock has")
                part.write(chunk)
                digest.update(chunk)
                counted.reach(have)
        except requests.RequestException as error:
            message = f"the download of {item.label} broke off after {have} bytes"
            raise _Again(JupyflakeError("JF304", message, hint=_AGAIN)) from error
        return have

    def _request(self, item: Download, have: int) -> requests.Response:
        parts = urlsplit(item.url)
        if parts.scheme == "file":
            return _local_file(Path(unquote(parts.path)))
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        try:
            response = self._session().get(
                item.url,
                stream=True,
                timeout=_TIMEOUT,
                headers=headers,
                auth=item.access.login(item.url),
                proxies=dict(item.access.proxies) or None,
            )
        except requests.RequestException as error:
            _unreachable(item, parts.netloc, error)
        if response.status_code in {requests.codes.ok, requests.codes.partial_content}:
            return response
        response.close()
        _refused(item, response.status_code, have)
        return None

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.verify = self._certificates
            self._local.session = session
            self._sessions.append(session)
        return session


class _Counted:
    """Advances the bar to a position, never back."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._reached = 0

    def reach(self, position: int) -> None:
        if position > self._reached:
            self._progress.advance(position - self._reached)
            self._reached = position


def _open_part(target: Path) -> IO[bytes]:
    """Open the part for us alone: another run that gets the same file is waited for."""
    path = target.with_name(f"{target.name}.part")
    while True:
        part = path.open("ab+")
        fcntl.flock(part, fcntl.LOCK_EX)
        try:
            if os.fstat(part.fileno()).st_ino == path.stat().st_ino:
                return part
        except FileNotFoundError:
            # The other run has finished and taken the part away.
            pass
        part.close()


def _take_up(part: IO[bytes], digest: hashlib._Hash) -> int:
    part.seek(0)
    while chunk := part.read(1 << 20):
        digest.update(chunk)
    return part.tell()


def _restart(part: IO[bytes], _digest: hashlib._Hash) -> int:
    part.seek(0)
    part.truncate()
    return 0


def _verified(item: Download) -> Downloaded | None:
    """Take a finished file of an earlier run, if it is right."""
    with item.target.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if item.sha256 not in {None, found}:
        return None
    return Downloaded(item, size=item.target.stat().st_size, sha256=found)


def _continues(response: requests.Response, have: int) -> bool:
    """Whether the answer starts where our part ends."""
    return response.status_code == requests.codes.partial_content and response.headers.get(
        "Content-Range", ""
    ).startswith(f"bytes {have}-")


def _local_file(path: Path) -> requests.Response:
    response = requests.Response()
    if not path.is_file():
        raise _Gone
    response.status_code = requests.codes.ok
    response.raw = io.BytesIO(path.read_bytes())
    return response


def _refused(item: Download, status: int, have: int) -> NoReturn:
    host = urlsplit(item.url).hostname
    if status in {requests.codes.not_found, requests.codes.gone}:
        raise _Gone
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
        raise _Again(_wrong(item, "its size is not the one in jupyter.lock"))
    error = JupyflakeError(
        "JF305",
        f"{host} failed to send {item.label}: HTTP status {status}",
        hint="try again later, or ask whoever runs the host",
    )
    if status >= requests.codes.internal_server_error or status in {
        requests.codes.too_many_requests,
        requests.codes.request_timeout,
    }:
        raise _Again(error)
    raise error


def _unreachable(item: Download, host: str, error: requests.RequestException) -> NoReturn:
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
        raise _Again(JupyflakeError("JF304", message, hint=_AGAIN)) from error
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
        raise _Again(JupyflakeError("JF304", message, hint=_AGAIN)) from error
    raise _Again(
        JupyflakeError(
            "JF306",
            f"{host} cannot be reached: {reason} (download of {item.label})",
            hint="check the network and the proxy (HTTPS_PROXY), then run the command again",
        ),
        _TRIES_WITHOUT_NETWORK,
    ) from error


def _wrong(item: Download, what: str) -> JupyflakeError:
    return JupyflakeError(
        "JF301",
        f"{item.label} from {urlsplit(item.url).hostname or 'the disk'} is not what was locked: {what}",
        hint="try again; if it stays so, the mirror is broken or jupyter.lock was tampered with",
    )


def _disk_error(item: Download, error: OSError) -> JupyflakeError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    what = "the disk is full" if full else (error.strerror or str(error))
    return JupyflakeError(
        "JF604",
        f"{item.label} cannot be written to {item.target.parent}: {what}",
        hint="free some space, or set JUPYFLAKE_CACHE_DIR to a disk that has some; what is there is kept"
        if full
        else "set JUPYFLAKE_CACHE_DIR to a directory that you may write to",
    )


def remove(path: Path) -> None:
    """Remove a file's own directory of the cache."""
    shutil.rmtree(path, ignore_errors=True)
