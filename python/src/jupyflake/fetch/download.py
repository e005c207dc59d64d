"""Downloads: parallel, resumed, verified while they stream; a part that breaks off is kept for the next run."""

from __future__ import annotations

import concurrent.futures
import fcntl
import hashlib
import io
import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import requests

from jupyflake.console import Progress
from jupyflake.errors import JupyflakeError
from jupyflake.fetch.credentials import certificates
from jupyflake.fetch.failures import AGAIN, Again, Download, Gone, disk_error, refused, unreachable, wrong

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Download", "Downloaded", "download_all", "lengths", "remove"]

THREADS = 16
_BACK_OFF = 0.5
_TIMEOUT = (5, 30)
_CHUNK = 1 << 18


@dataclass(frozen=True)
class Downloaded:
    """A file that is there, complete and verified; or gone from its host."""

    download: Download
    size: int = 0
    sha256: str = ""
    gone: bool = False


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
            except Gone:
                return Downloaded(item, gone=True)
            except Again as again:
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
            raise disk_error(item, error) from error

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
            raise Again(JupyflakeError("JF304", message, hint=AGAIN))
        if item.sha256 is not None and found != item.sha256:
            _restart(part, digest)
            error = wrong(item, f"its SHA-256 is {found}, jupyter.lock has {item.sha256}")
            if resumed:
                raise Again(error)
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
                    raise wrong(item, f"it is longer than the {item.size} bytes that jupyter.lock has")
                part.write(chunk)
                digest.update(chunk)
                counted.reach(have)
        except requests.RequestException as error:
            message = f"the download of {item.label} broke off after {have} bytes"
            raise Again(JupyflakeError("JF304", message, hint=AGAIN)) from error
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
            unreachable(item, parts.netloc, error)
        if response.status_code in {requests.codes.ok, requests.codes.partial_content}:
            return response
        response.close()
        refused(item, response.status_code, have)
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
        raise Gone
    response.status_code = requests.codes.ok
    response.raw = io.BytesIO(path.read_bytes())
    return response


def remove(path: Path) -> None:
    """Remove a file's own directory of the cache."""
    shutil.rmtree(path, ignore_errors=True)
