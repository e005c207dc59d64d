"""Nix' machine-readable log: what is being built, and what went wrong (Nix: `--log-format internal-json`)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from jupyflake.errors import JupyflakeError
from jupyflake.remotes import Remotes

if TYPE_CHECKING:
    from jupyflake.console import Console, Progress

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_BUILD_FAILED = re.compile(r"(?:builder for|[Cc]annot build) '([^']+)\.drv'")
_MISSING = re.compile(r"(\S+) is not in the Nix store: run ['`]jupyflake fetch['`]")
_STORE_HASH = re.compile(r"/nix/store/[0-9a-z]{32}-")

# Numbers of Nix' logging protocol (Nix: src/libutil/logging.hh).
_ACTIVITY_BUILDS, _ACTIVITY_BUILD = 104, 105
_RESULT_LOG_LINE, _RESULT_PROGRESS = 101, 105
_LEVEL_ERROR = 0

# So many last lines of a failed builder's output are shown.
_TAIL = 8


class NixLog:
    """Takes Nix' log line by line; knows the progress meanwhile and the error at the end."""

    def __init__(self, console: Console, progress: Progress | None = None) -> None:
        self._console = console
        self._progress = progress
        self._expected = 0
        self._done = 0
        self._all_builds: int | None = None
        self._builds: dict[int, str] = {}
        self._output: dict[str, list[str]] = {}
        self._errors: list[str] = []
        self.remotes = Remotes()

    def feed(self, line: str) -> None:
        """Take one line of Nix' standard error."""
        if not line.startswith("@nix "):
            if line.strip():
                self._plain(line)
            return
        try:
            event: dict[str, Any] = json.loads(line[5:])
        except ValueError:
            return
        match event.get("action"):
            case "start":
                self._start(event)
            case "result":
                self._result(event)
            case "msg":
                self._message(event)

    def error(self, attribute: str) -> JupyflakeError:
        """Explain why Nix failed."""
        text = "\n".join(self._errors)
        everything = text + "\n" + "\n".join(line for lines in self._output.values() for line in lines)
        if missing := _MISSING.search(everything):
            # A cache was to give what is built from it.
            if remote := self.remotes.cache_error():
                return remote
            return JupyflakeError(
                "JF403",
                f"{missing[1]} is not in the Nix store",
                hint="jupyflake fetch",
            )
        if "No space left on device" in everything:
            return JupyflakeError(
                "JF604",
                "the disk of the Nix store is full",
                hint="nix-collect-garbage frees what no project uses",
            )
        if failed := _BUILD_FAILED.search(text):
            return self._failed_build(failed[1])
        if remote := self.remotes.builder_error() or self.remotes.cache_error():
            return remote
        return _failed_evaluation(self._errors[-1] if self._errors else f"Nix could not build {attribute}")

    def _failed_build(self, derivation: str) -> JupyflakeError:
        name = _STORE_HASH.sub("", derivation)
        lines = self._output.get(derivation + ".drv", [])
        # Our own builders end with one line that says it all; others' output is shown as it is.
        told = [number for number, line in enumerate(lines) if line.startswith("error: ")]
        if told:
            after = lines[told[-1] + 1 :]
            hint = next((line.removeprefix("  try: ") for line in after if line.startswith("  try: ")), None)
            return JupyflakeError("JF402", lines[told[-1]].removeprefix("error: "), where=name, hint=hint)
        tail = "".join(f"\n  | {line}" for line in lines[-_TAIL:])
        return JupyflakeError(
            "JF402",
            f"the build of {name} failed{tail}",
            hint=f"nix log {derivation}.drv",
        )

    def _plain(self, line: str) -> None:
        text = _ANSI.sub("", line).strip()
        self.remotes.feed(text)
        if text.startswith("error:"):
            self._errors.append(text.removeprefix("error:").strip())
        else:
            self._console.detail(text)

    def _start(self, event: dict[str, Any]) -> None:
        if event.get("type") == _ACTIVITY_BUILDS:
            self._all_builds = event["id"]
        elif event.get("type") == _ACTIVITY_BUILD:
            derivation = str(event["fields"][0])
            self._builds[event["id"]] = derivation
            name = _STORE_HASH.sub("", derivation).removesuffix(".drv")
            self._console.detail(f"building {name}")
            # A line of a log names a share of all builds, not the one that happened to begin just then.
            if self._progress and self._console.animated:
                self._progress.describe(f"building {name[:40]}")

    def _result(self, event: dict[str, Any]) -> None:
        fields = event.get("fields", [])
        if event.get("type") == _RESULT_LOG_LINE:
            derivation = self._builds.get(event["id"], "")
            self._output.setdefault(derivation, []).append(_ANSI.sub("", str(fields[0])))
            if str(fields[0]).startswith("warning: "):
                self._console.warn(str(fields[0]).removeprefix("warning: "))
        elif event.get("type") == _RESULT_PROGRESS and event["id"] == self._all_builds and self._progress:
            done, expected = int(fields[0]), int(fields[1])
            self._progress.grow(expected - self._expected)
            self._progress.advance(done - self._done)
            self._expected, self._done = expected, done

    def _message(self, event: dict[str, Any]) -> None:
        text = _ANSI.sub("", str(event.get("raw_msg") or event.get("msg", ""))).strip()
        self.remotes.feed(text)
        if event.get("level") == _LEVEL_ERROR:
            if text.startswith(("warning:", "cannot build on ")):
                self._console.detail(text)
            else:
                self._errors.append(text.removeprefix("error:").strip())
                self._console.detail(_ANSI.sub("", str(event.get("msg", ""))))
        else:
            self._console.detail(text)


def _failed_evaluation(text: str) -> JupyflakeError:
    message = _last_message(text)
    if message.startswith("the base nixpkgs needs Nix "):
        told, _, hint = message.partition(": ")
        return JupyflakeError("JF428", told, hint=hint)
    advice = None if "`" in text else "run again with --verbose to see Nix' own trace"
    return JupyflakeError("JF401", message, hint=advice)


def _last_message(text: str) -> str:
    """Take the innermost message out of a trace, on one line."""
    innermost = text.rsplit("error: ", 1)[-1]
    lines = [line.strip() for line in innermost.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("(use '--show-trace'", "…", "at /"))]
    message = " ".join(told[:1] if told else lines[:1]) or "Nix failed without a message"
    # An error that another one has in brackets brings the second of them.
    return message.removesuffix(")") if message.count(")") > message.count("(") else message
