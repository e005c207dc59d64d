"""What the tests of the image share: a server in a container, and how it is asked."""

from __future__ import annotations

import contextlib
import json
import ssl
import time
import urllib.request
from typing import TYPE_CHECKING

from support import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from engines import RunningEngine


@contextlib.contextmanager
def server(
    engine: RunningEngine, image: str, *options: str | Path, command: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """Run a server in a container and give the container's name and the server's URL; the options are the engine's."""
    port = free_port()
    words = ["--network=host", "--env", "JUPYTER_NOTEBOOK_IP=127.0.0.1", "--env", f"JUPYTER_PORT={port}", *options]
    name = engine.run("run", "--detach", *words, image, *command).stdout.split()[-1]
    try:
        end = time.monotonic() + 60
        while True:
            answer = engine.run("exec", name, "healthcheck", "--url", check=False)
            if answer.returncode == 0:
                break
            assert time.monotonic() < end, engine.run("logs", name).stderr
            time.sleep(0.2)
        yield name, answer.stdout.strip()
    finally:
        engine.run("rm", "--force", name)


def get(url: str, path: str) -> object:
    """Ask the server for some JSON; its certificate may be of its own making."""
    address, _, query = url.partition("?")
    trusting = ssl._create_unverified_context()  # noqa: SLF001
    with urllib.request.urlopen(f"{address}{path}?{query}", timeout=10, context=trusting) as answer:
        return json.load(answer)
