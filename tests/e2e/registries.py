"""Debian's docker-registry on a loopback port, started and ended by the test."""

from __future__ import annotations

import contextlib
import subprocess
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
auth:
  htpasswd:
    realm: test
    path: {directory}/passwords
"""
# "secret", by bcrypt with its least cost.
USER, PASSWORD = "ada", "secret"
LINE = f"{USER}:$2b$04$t5Rs9bCG1suF7XjAy1BkSucOhAilftlh1Bby.siWczcsD.oCJ4cF2\n"


@contextlib.contextmanager
def registry(directory: Path) -> Iterator[str]:
    """Run a registry that wants a login, and give its address."""
    directory.mkdir()
    port = free_port()
    (directory / "passwords").write_text(LINE, encoding="utf-8")
    configuration = directory / "configuration.yml"
    configuration.write_text(CONFIGURATION.format(directory=directory, port=port), encoding="utf-8")
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
