"""A package index, a Debian mirror and a web server that misbehaves, all on this machine and made in the test."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import io
import lzma
import subprocess
import tarfile
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest


@dataclass
class Web:
    """A server for files under a directory; `special` answers some paths in ways of its own."""

    root: Path
    port: int = 0
    special: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """Give the paths that were asked for."""
        return [path for path, _ in self.requests]


@contextlib.contextmanager
def serve(root: Path) -> Iterator[Web]:
    """Serve a directory, with ranges."""
    web = Web(root)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.requests.append((self.path, dict(self.headers)))
            answer = web.special.get(self.path)
            if answer:
                answer(self)
            else:
                send_file(self, root)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def serve_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Serve an index and set uv to it, away from the user's settings and cache."""
    with serve(tmp_path / "www") as server:
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"{server.url}/simple")
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
        monkeypatch.setenv("UV_NO_CONFIG", "1")
        for name in ("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_FIND_LINKS", "UV_EXCLUDE_NEWER"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield server


def send_file(handler: BaseHTTPRequestHandler, root: Path) -> None:
    """Answer with a file of the directory, or the part of it that is asked for."""
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415

    path = root / unquote(urlsplit(handler.path).path).lstrip("/")
    if path.is_dir():
        path /= "index.html"
    if not path.is_file():
        send(handler, 404, b"")
        return
    data = path.read_bytes()
    start, end = 0, len(data)
    asked = handler.headers.get("Range")
    if asked:
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start = int(first) if first else len(data) - int(last)
        end = min(int(last) + 1, len(data)) if first and last else len(data)
        if start >= len(data):
            send(handler, 416, b"")
            return
    kind = "text/html" if path.suffix == ".html" else "application/octet-stream"
    headers = {"Content-Type": kind, "Accept-Ranges": "bytes"}
    if asked:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(data)}"
    send(handler, 206 if asked else 200, data[start:end], headers)


def send(handler: BaseHTTPRequestHandler, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
    """Answer with these bytes."""
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    if handler.command == "HEAD":
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        handler.wfile.write(data)


def break_off(data: bytes, after: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """Promise all and send only the beginning."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[:after])

    return answer


def status(code: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with a status and nothing else."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        headers = {"WWW-Authenticate": 'Basic realm="index"'} if code == 401 else {}
        send(handler, code, b"", headers)

    return answer


@dataclass
class Index:
    """A simple index under a directory: `simple/<name>/index.html` and the files."""

    root: Path
    hashes: bool = True
    wheels: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def add(
        self,
        name: str,
        version: str,
        *,
        tag: str = "py3-none-any",
        requires: tuple[str, ...] = (),
        files: dict[str, bytes] | None = None,
        python: str = "",
    ) -> Path:
        """Put a wheel into the index."""
        file = f"{name.replace('-', '_')}-{version}-{tag}.whl"
        return self.add_file(name, file, wheel(name, version, tag=tag, requires=requires, files=files, python=python))

    def add_source(self, name: str, version: str, files: dict[str, str] | None = None) -> Path:
        """Put a source distribution into the index, whose metadata uv believes without running anything."""
        top = f"{name.replace('-', '_')}-{version}"
        metadata = f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\n"
        members = {f"{top}/PKG-INFO": metadata, **{f"{top}/{path}": text for path, text in (files or {}).items()}}
        data = gzip.compress(tar({path: text.encode() for path, text in members.items()}), mtime=0)
        return self.add_file(name, f"{top}.tar.gz", data)

    def add_file(self, name: str, file: str, data: bytes) -> Path:
        """Put any file on a package's page."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.root / "packages" / digest[:2] / digest[2:4] / digest[4:] / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.wheels.setdefault(name, []).append((str(path.relative_to(self.root)), digest))
        self._write(name)
        return path

    def remove(self, name: str) -> None:
        """Take a package out of the index, with its files."""
        for path, _ in self.wheels.pop(name):
            (self.root / path).unlink()
        (self.root / "simple" / name / "index.html").unlink()

    def hide(self, name: str) -> None:
        """Take a package's page out of the index; the file host keeps the files."""
        del self.wheels[name]
        (self.root / "simple" / name / "index.html").unlink()

    def _write(self, name: str) -> None:
        page = self.root / "simple" / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        links = "".join(
            f'<a href="/{path}{f"#sha256={digest}" if self.hashes else ""}">{Path(path).name}</a>\n'
            for path, digest in self.wheels[name]
        )
        page.write_text(f"<!DOCTYPE html><html><body>\n{links}</body></html>\n", encoding="utf-8")


def wheel(
    name: str,
    version: str,
    *,
    tag: str = "py3-none-any",
    requires: tuple[str, ...] = (),
    files: dict[str, bytes] | None = None,
    python: str = "",
) -> bytes:
    """Make a small wheel; the same arguments give the same bytes."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {each}\n" for each in requires)
    metadata += f"Requires-Python: {python}\n" if python else ""
    members = {
        f"{module}/__init__.py": f"version = {version!r}\n".encode(),
        **(files or {}),
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for path, data in members.items()
    )
    members[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in members.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()


def deb(control: dict[str, str], files: dict[str, bytes] | None = None) -> bytes:
    """Make a Debian package; the same arguments give the same bytes."""
    text = "".join(f"{key}: {value}\n" for key, value in control.items())
    parts = [
        ("debian-binary", b"2.0\n"),
        ("control.tar.xz", lzma.compress(tar({"./control": text.encode()}))),
        ("data.tar.xz", lzma.compress(tar({f"./{path}": data for path, data in (files or {}).items()}))),
    ]
    out = b"!<arch>\n"
    for name, data in parts:
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n".encode() + data + b"\n" * (len(data) % 2)
    return out


def tar(files: dict[str, bytes]) -> bytes:
    """Give an archive of these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, data in files.items():
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(data), 0o755
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


@dataclass
class Key:
    """A signing key of the test's own."""

    home: Path
    keyring: Path

    @classmethod
    def make(cls, directory: Path) -> Key:
        """Make a key; gpg's agent wants a short path and is stopped at once."""
        home = directory / "gpg"
        home.mkdir(mode=0o700)
        key = cls(home, directory / "keyring.gpg")
        key._gpg("--quick-generate-key", "test <test@example.invalid>", "ed25519", "sign", "never")
        key.keyring.write_bytes(key._gpg("--export"))
        return key

    def sign(self, text: str) -> str:
        """Sign as an InRelease file is signed."""
        return self._gpg("--clearsign", data=text.encode()).decode()

    def close(self) -> None:
        """Stop the agent."""
        subprocess.run(["gpgconf", "--homedir", str(self.home), "--kill", "all"], check=True)

    def _gpg(self, *arguments: str, data: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--pinentry-mode", "loopback"]
        done = subprocess.run([*command, "--passphrase", "", *arguments], input=data, capture_output=True, check=True)
        return done.stdout


@dataclass
class Archive:
    """One Debian archive under a directory."""

    root: Path
    key: Key
    packages: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)

    def add(
        self,
        suite: str,
        name: str,
        version: str = "1.0-1",
        *,
        architectures: tuple[str, ...] = ("amd64", "arm64"),
        files: dict[str, bytes] | None = None,
        pool: str = "pool/main",
        **fields: str,
    ) -> None:
        """Put a package into a suite; `publish` makes it visible. A newer version replaces an older one."""
        for architecture in architectures:
            control = {"Package": name, "Version": version, "Architecture": architecture, "Maintainer": "test"}
            control |= {key.replace("_", "-"): value for key, value in fields.items()}
            control["Description"] = f"{name} of the test"
            data = deb(control, files)
            plain = version.partition(":")[2] or version
            path = f"{pool}/{name[0]}/{name}/{name}_{plain}_{architecture}.deb"
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            for old in file.parent.glob(f"{name}_*_{architecture}.deb"):
                old.unlink()
            file.write_bytes(data)
            control |= {"Filename": path, "Size": str(len(data)), "SHA256": hashlib.sha256(data).hexdigest()}
            kept = [each for each in self.packages.get((suite, architecture), []) if each["Package"] != name]
            self.packages[suite, architecture] = [*kept, control]

    def publish(self, suite: str, *, valid_until: str = "", signed: bool = True) -> None:
        """Write the suite's index, signed."""
        directory = self.root / "dists" / suite
        sums = []
        for architecture in ("amd64", "arm64"):
            index = directory / "main" / f"binary-{architecture}" / "Packages"
            index.parent.mkdir(parents=True, exist_ok=True)
            paragraphs = self.packages.get((suite, architecture), [])
            text = "\n".join("".join(f"{key}: {value}\n" for key, value in each.items()) for each in paragraphs)
            index.write_text(text, encoding="utf-8")
            data = text.encode()
            sums.append(f" {hashlib.sha256(data).hexdigest()} {len(data)} main/binary-{architecture}/Packages\n")
        release = f"Origin: Debian\nSuite: {suite}\nCodename: {suite}\nDate: Mon, 01 Jan 2024 00:00:00 UTC\n"
        release += f"Valid-Until: {valid_until}\n" if valid_until else ""
        release += "Architectures: amd64 arm64\nComponents: main\nSHA256:\n" + "".join(sums)
        for name in ("InRelease", "Release"):
            (directory / name).unlink(missing_ok=True)
        if signed:
            (directory / "InRelease").write_text(self.key.sign(release), encoding="utf-8")
        else:
            (directory / "Release").write_text(release, encoding="utf-8")
