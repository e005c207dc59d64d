"""Debian's docker-registry on a loopback port, started and ended by the test."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from support import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIGURATION = """\
version: 0.1
log:
  level: error
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: {directory}/data
http:
  addr: 127.0.0.1:{port}
"""
AUTHENTICATION = """\
auth:
  htpasswd:
    realm: test
    path: {directory}/passwords
"""
# "secret", by bcrypt with its least cost.
USER, PASSWORD = "ada", "secret"
LINE = f"{USER}:$2b$04$t5Rs9bCG1suF7XjAy1BkSucOhAilftlh1Bby.siWczcsD.oCJ4cF2\n"


@contextlib.contextmanager
def registry(directory: Path, *, closed: bool = True) -> Iterator[str]:
    """Run a registry and give its address; a `closed` one wants a login."""
    directory.mkdir()
    port = free_port()
    (directory / "passwords").write_text(LINE, encoding="utf-8")
    configuration = directory / "configuration.yml"
    text = CONFIGURATION + (AUTHENTICATION if closed else "")
    configuration.write_text(text.format(directory=directory, port=port), encoding="utf-8")
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", configuration], stdout=log, stderr=log)
    try:
        end = time.monotonic() + 30
        while not _answers(port):
            assert time.monotonic() < end, (directory / "log").read_text(encoding="utf-8")
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/", timeout=5).close()
    except urllib.error.HTTPError:
        # Wanting a login is an answer.
        return True
    except OSError:
        return False
    return True


class Cut:
    """What lies between us and a registry, and breaks for good once so many bytes have gone there."""

    def __init__(self, address: str, limit: int) -> None:
        """Lead to the registry at an address of this machine."""
        self._port = int(address.rpartition(":")[2])
        self._left = limit
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(source, target, server), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._left -= len(data) if target is server else 0
                if self._left < 0:
                    self.close()
                    break
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                # Wakes up the thread of the other direction.
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def close(self) -> None:
        """Take no more."""
        with contextlib.suppress(OSError):
            # Wakes up the thread that accepts.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
