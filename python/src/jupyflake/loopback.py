"""An image as a registry on the loopback, for as long as somebody takes from it."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyflake import planned, process
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from jupyflake.console import Console, Progress
    from jupyflake.planned import Image

_PATIENCE = 30.0
_GLANCE = 0.2


@dataclass
class Served:
    """The registry, and what was taken from it."""

    console: Console
    progress: Progress
    reference: str = ""
    port: int = 0
    sent: int = 0
    layers: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)
    # Set when nothing more can be taken: the program has ended, or can't read a layer. An engine would try for minutes.
    gone: threading.Event = field(default_factory=threading.Event)

    def await_ready(self) -> None:
        """Wait until it answers.

        Raises JF563 where it doesn't.
        """
        end = time.monotonic() + _PATIENCE
        while not self.ready.wait(_GLANCE):
            if self.gone.is_set():
                raise self.lost()
            if time.monotonic() > end:
                raise JupyflakeError("JF563", "the image could not be served: no answer", hint="run with --verbose")

    def lost(self) -> JupyflakeError:
        """Say why no more can be taken."""
        if self.said:
            return planned.failed(self.said[-1])
        return JupyflakeError(
            "JF563",
            "the program that reads the image was ended, as the system does where memory is short",
            hint="free some memory, then run it again",
        )

    def hear(self, line: str) -> None:
        """Take a line that the program writes: an event in JSON, or words of an error."""
        try:
            event = json.loads(line)
        except ValueError:
            self.said.append(line)
            return
        match event.get("event"):
            case "ready":
                self.port = int(event["port"])
                self.ready.set()
            case "layer":
                self.layers.append(str(event["digest"]))
                if event["size"]:
                    self.console.detail(f"{event['size'] / 1e6:8.1f} MB  {event['name'][:100]}")
            case "sent":
                self.sent += int(event["bytes"])
                self.progress.advance(int(event["bytes"]))
            case "error":
                self.said.append(str(event["message"]))
                self.gone.set()


@contextlib.contextmanager
def serving(image: Image, form: Literal["oci", "docker"], console: Console, description: str) -> Iterator[Served]:
    """Serve an image; `reference` is what an engine on this machine calls it."""
    with process.terminable(), console.progress(image.size, description, bytes=True) as progress:
        served = Served(console, progress)
        with process.background(image.writer("serve", form), served.hear, on_end=served.gone.set):
            served.await_ready()
            name = image.reference.rsplit("/", 1)[-1]
            served.reference = f"127.0.0.1:{served.port}/{name}"
            yield served
