"""Downloads from servers that misbehave."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from fakes import Web, break_off, send, send_file, serve, status

from jupyflake.console import Progress
from jupyflake.errors import JupyflakeError
from jupyflake.fetch import download as downloads
from jupyflake.fetch.credentials import Access
from jupyflake.fetch.download import Download, Downloaded, download_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

DATA = bytes(range(256)) * 4096
SHA = hashlib.sha256(DATA).hexdigest()


class Counting(Progress):
    """Adds up what was told to the bar."""

    total = 0.0

    def advance(self, amount: float = 1) -> None:
        """Count."""
        self.total += amount


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """Serve one file."""
    root = tmp_path / "www"
    root.mkdir()
    (root / "file").write_bytes(DATA)
    with serve(root) as server:
        yield server


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_BACK_OFF", 0.01)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def item(web: Web, tmp_path: Path) -> Download:
    """Give the download of the file."""
    return Download("numpy 2.0", f"{web.url}/file", tmp_path / "cache" / SHA / "file", len(DATA), SHA)


def _part(item: Download) -> Path:
    return item.target.with_name("file.part")


def _run(item: Download) -> tuple[Downloaded, float]:
    progress = Counting()
    (done,) = download_all([item], progress)
    return done, progress.total


def _failure(item: Download) -> JupyflakeError:
    with pytest.raises(JupyflakeError) as caught:
        download_all([item], Progress())
    assert not item.target.exists()
    assert caught.value.hint
    return caught.value


def test_a_file_is_downloaded_and_verified(item: Download) -> None:
    """A good download ends under its name, with no part left, and fills the bar."""
    done, counted = _run(item)
    assert (done.size, done.sha256, done.gone) == (len(DATA), SHA, False)
    assert item.target.read_bytes() == DATA
    assert not _part(item).exists()
    assert counted == len(DATA)


def test_what_is_there_is_not_downloaded_again(item: Download, web: Web) -> None:
    """A complete file of an earlier run needs no request."""
    item.target.parent.mkdir(parents=True)
    item.target.write_bytes(DATA)
    done, counted = _run(item)
    assert (done.size, counted, web.requests) == (len(DATA), len(DATA), [])


def test_a_part_is_gone_on_with(item: Download, web: Web) -> None:
    """A part of an earlier run is resumed with a range, and counts as done."""
    item.target.parent.mkdir(parents=True)
    _part(item).write_bytes(DATA[:1000])
    _, counted = _run(item)
    assert [headers["Range"] for _, headers in web.requests] == ["bytes=1000-"]
    assert item.target.read_bytes() == DATA
    assert counted == len(DATA)


def test_a_complete_part_needs_no_request(item: Download, web: Web) -> None:
    """A part that is whole is taken as it is."""
    item.target.parent.mkdir(parents=True)
    _part(item).write_bytes(DATA)
    _run(item)
    assert web.requests == []
    assert item.target.read_bytes() == DATA


def test_a_wrong_part_is_started_anew(item: Download, web: Web) -> None:
    """A part of other content costs one more download, not an error."""
    item.target.parent.mkdir(parents=True)
    _part(item).write_bytes(b"x" * 1000)
    _run(item)
    assert [headers.get("Range") for _, headers in web.requests] == ["bytes=1000-", None]
    assert item.target.read_bytes() == DATA


def test_a_part_that_is_too_long_is_started_anew(item: Download) -> None:
    """A part longer than the file is dropped."""
    item.target.parent.mkdir(parents=True)
    _part(item).write_bytes(DATA + b"more")
    _run(item)
    assert item.target.read_bytes() == DATA


def test_a_server_without_ranges_sends_all(item: Download, web: Web) -> None:
    """Where the range is not honoured the file is started anew."""
    web.special["/file"] = lambda handler: send(handler, 200, DATA)
    item.target.parent.mkdir(parents=True)
    _part(item).write_bytes(DATA[:1000])
    _run(item)
    assert item.target.read_bytes() == DATA


def test_a_download_that_breaks_off_is_resumed(item: Download, web: Web) -> None:
    """A connection that ends early is taken up where it ended."""
    first = break_off(DATA, 300_000)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if len(web.requests) == 1:
            first(handler)
        else:
            send_file(handler, web.root)

    web.special["/file"] = answer
    _run(item)
    assert item.target.read_bytes() == DATA
    assert web.requests[1][1]["Range"].startswith("bytes=")


def test_a_download_that_always_breaks_off_keeps_its_part(item: Download, web: Web) -> None:
    """Truncated every time: an error that says so, and the part stays for the next run."""
    web.special["/file"] = break_off(DATA, 300_000)
    error = _failure(item)
    assert error.code == "JF304"
    assert "numpy 2.0" in error.message
    assert len(web.requests) == 3
    assert 0 < _part(item).stat().st_size <= 300_000


def test_a_short_file_is_an_error(item: Download, web: Web) -> None:
    """A server that has less than was locked is told with both sizes."""
    web.special["/file"] = lambda handler: (
        send(handler, 200, DATA[:1000]) if "Range" not in handler.headers else send(handler, 416, b"")
    )
    error = _failure(item)
    assert error.code in {"JF301", "JF304"}


def test_a_long_file_is_an_error(item: Download, web: Web) -> None:
    """More bytes than were locked end the download at once."""
    web.special["/file"] = lambda handler: send(handler, 200, DATA + b"more")
    assert _failure(item).code == "JF301"
    assert _part(item).stat().st_size == 0


def test_a_wrong_hash_is_an_error_and_leaves_nothing(item: Download, web: Web) -> None:
    """Other content of the same size is refused, named, and not kept."""
    web.special["/file"] = lambda handler: send(handler, 200, DATA[:-1] + b"x")
    error = _failure(item)
    assert error.code == "JF301"
    assert SHA in error.message
    assert _part(item).stat().st_size == 0


@pytest.mark.parametrize("code", [404, 410])
def test_a_file_that_is_gone_is_told_as_a_value(item: Download, web: Web, code: int) -> None:
    """Gone files are for the caller to decide on; the others are still downloaded."""
    web.special["/gone"] = status(code)
    gone = Download("git 1", f"{web.url}/gone", item.target.with_name("gone"), 1, SHA)
    results = {done.download.label: done.gone for done in download_all([gone, item], Progress())}
    assert results == {"git 1": True, "numpy 2.0": False}


@pytest.mark.parametrize("code", [500, 502, 503, 429])
def test_a_server_that_fails_is_tried_three_times(item: Download, web: Web, code: int) -> None:
    """Failures that may pass are tried again, then told."""
    web.special["/file"] = status(code)
    error = _failure(item)
    assert error.code == "JF305"
    assert str(code) in error.message
    assert len(web.requests) == 3


def test_a_server_that_fails_once_does_no_harm(item: Download, web: Web) -> None:
    """One failure in between is not noticed."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if len(web.requests) == 1:
            send(handler, 503, b"")
        else:
            send_file(handler, web.root)

    web.special["/file"] = answer
    assert _run(item)[0].sha256 == SHA


@pytest.mark.parametrize("code", [401, 403])
def test_a_server_that_refuses_is_asked_once(item: Download, web: Web, code: int) -> None:
    """Missing credentials are told at once, with the place to put them."""
    web.special["/file"] = status(code)
    error = _failure(item)
    assert error.code == "JF307"
    assert ".netrc" in (error.hint or "")
    assert len(web.requests) == 1


def test_credentials_are_sent_to_their_host_only(item: Download, web: Web) -> None:
    """The login of an index's host is used for files there."""
    access = Access({f"127.0.0.1:{web.port}": ("user", "secret"), "other.invalid": ("a", "b")})
    _run(Download(item.label, item.url, item.target, item.size, item.sha256, access))
    assert web.requests[0][1]["Authorization"] == "Basic dXNlcjpzZWNyZXQ="


def test_credentials_never_show_in_errors(item: Download, web: Web) -> None:
    """A password in an address is not printed."""
    web.special["/file"] = status(500)
    url = item.url.replace("http://", "http://user:hunter2@")
    error = _failure(Download(item.label, url, item.target, item.size, item.sha256))
    assert "hunter2" not in "\n".join(error.lines())
    assert "hunter2" not in repr(Download(item.label, url, item.target))


def test_no_network_is_told_quickly(item: Download) -> None:
    """A host that cannot be reached is told within seconds."""
    started = time.monotonic()
    error = _failure(Download(item.label, "http://127.0.0.1:9/file", item.target, item.size, item.sha256))
    assert error.code == "JF306"
    assert "connection refused" in error.message
    assert time.monotonic() - started < 5


def test_a_full_disk_is_told_as_such(item: Download) -> None:
    """Where the file cannot be written in full, the error says what to do; the part is kept."""
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from jupyflake.console import Progress; from jupyflake.errors import JupyflakeError\n"
        "from jupyflake.fetch.download import Download, download_all\n"
        "item = Download('numpy 2.0', sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])\n"
        "try: download_all([item], Progress())\n"
        "except JupyflakeError as error: print('\\n'.join(error.lines()))\n"
    )
    command = [sys.executable, "-c", code, item.url, str(item.target), str(item.size), SHA]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("error[JF604]: numpy 2.0 cannot be written to ")
    assert "the disk is full" in done.stdout
    assert not item.target.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_file_system_is_told_as_such(item: Download, tmp_path: Path) -> None:
    """The same on a real file system without space."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100k", "none", str(small)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        error = _failure(Download(item.label, item.url, small / "file", item.size, item.sha256))
    finally:
        subprocess.run(["umount", str(small)], check=True)
    assert error.code == "JF604"
    assert "the disk is full" in error.message


def test_a_directory_that_cannot_be_made_is_told(item: Download, tmp_path: Path) -> None:
    """A cache that is no directory is an error with a way out."""
    (tmp_path / "taken").write_text("")
    error = _failure(Download(item.label, item.url, tmp_path / "taken" / "file", item.size, item.sha256))
    assert error.code == "JF604"
    assert "JUPYFLAKE_CACHE_DIR" in (error.hint or "")


def test_the_first_failure_ends_the_rest(web: Web, tmp_path: Path) -> None:
    """Other downloads stop when one fails, and keep their parts."""
    stop = threading.Event()

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(DATA)))
        handler.end_headers()
        for start in range(0, len(DATA), 1 << 18):
            try:
                handler.wfile.write(DATA[start : start + (1 << 18)])
            except OSError:
                return
            stop.wait(0.3)

    web.special["/slow"] = slowly
    web.special["/bad"] = status(403)
    items = [Download(name, f"{web.url}/{name}", tmp_path / name / "file", len(DATA), SHA) for name in ("slow", "bad")]
    started = time.monotonic()
    with pytest.raises(JupyflakeError) as caught:
        download_all(items, Progress())
    stop.set()
    assert caught.value.code == "JF307"
    assert time.monotonic() - started < 1.2


def test_ctrl_c_keeps_the_parts(web: Web, item: Download) -> None:
    """An interrupted run leaves what came so far, and ends at once."""

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(DATA)))
        handler.end_headers()
        handler.wfile.write(DATA[: 1 << 19])
        handler.wfile.flush()
        for start in range(1 << 19, len(DATA), 1 << 16):
            time.sleep(0.2)
            try:
                handler.wfile.write(DATA[start : start + (1 << 16)])
            except OSError:
                return

    web.special["/file"] = endless
    code = (
        "import sys; from pathlib import Path\n"
        "from jupyflake.console import Progress\n"
        "from jupyflake.fetch.download import Download, download_all\n"
        "download_all([Download('x', sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])], Progress())\n"
    )
    command = [sys.executable, "-c", code, item.url, str(item.target), str(item.size), SHA]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while not (_part(item).exists() and _part(item).stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=20)
    assert b"KeyboardInterrupt" in stderr
    assert _part(item).stat().st_size >= 1 << 18
    del web.special["/file"]
    _run(item)
    assert item.target.read_bytes() == DATA


def test_two_runs_share_one_download(web: Web, item: Download) -> None:
    """Runs at the same time don't spoil each other's part."""
    threads = [threading.Thread(target=download_all, args=([item], Progress())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert item.target.read_bytes() == DATA
    assert len(web.requests) == 1


def test_a_local_archive_is_read_from_the_disk(item: Download, web: Web) -> None:
    """A mirror on the disk (`file:`) works too, and a missing file there is gone."""
    local = Download(item.label, (web.root / "file").as_uri(), item.target, item.size, item.sha256)
    assert _run(local)[0].sha256 == SHA
    missing = Download(item.label, (web.root / "none").as_uri(), item.target.with_name("none"), 1, SHA)
    assert _run(missing)[0].gone


def test_without_a_hash_what_comes_is_measured(item: Download) -> None:
    """Locking from an index without hashes gets size and hash."""
    done, _ = _run(Download(item.label, item.url, item.target))
    assert (done.size, done.sha256) == (len(DATA), SHA)
