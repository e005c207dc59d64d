"""The only module that starts other programs."""

from __future__ import annotations

import contextlib
import re
import shlex
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping, Sequence

# How the programs that jupyflake calls are installed; others are named without a command.
INSTALL = {
    "nix": "sudo apt install nix-bin (Debian), or see https://nixos.org/download",
    "nix-build": "sudo apt install nix-bin (Debian), or see https://nixos.org/download",
    "nix-instantiate": "sudo apt install nix-bin (Debian), or see https://nixos.org/download",
    "nix-store": "sudo apt install nix-bin (Debian), or see https://nixos.org/download",
    "apt-get": "lock on a Debian machine; building from jupyter.lock needs no apt",
    "apt-cache": "lock on a Debian machine; building from jupyter.lock needs no apt",
    "docker": "sudo apt install docker.io (Debian), or see https://docs.docker.com/engine/install",
    "podman": "sudo apt install podman (Debian), or see https://podman.io/docs/installation",
    "skopeo": "sudo apt install skopeo (Debian), or see https://github.com/containers/skopeo/blob/main/install.md",
    "git": "sudo apt install git (Debian), or see https://git-scm.com/downloads",
    "uv": "uv tool install --reinstall jupyflake; uv is one of its dependencies",
}

# Seconds between two looks at whether a program is still to run.
_GLANCE = 0.5
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


@dataclass(frozen=True)
class Completed:
    """A program that has ended."""

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str


class ProcessFailed(JupyflakeError):  # noqa: N818  (the name is part of the public face)
    """A program ended with an exit code other than 0; callers translate its output."""

    def __init__(self, completed: Completed) -> None:
        last = next((line for line in reversed(completed.stderr.splitlines()) if line.strip()), "")
        command = redact(shlex.join(completed.argv[:2]))
        message = f"`{command}` failed with exit code {completed.returncode}"
        super().__init__(
            "JF603",
            f"{message}: {redact(last.strip())}" if last else message,
            hint="run again with --verbose to see the full command",
        )
        self.completed = completed

    @property
    def returncode(self) -> int:
        """The program's exit code; negative for the signal that ended it."""
        return self.completed.returncode

    @property
    def stdout(self) -> str:
        """What the program printed on its standard output."""
        return self.completed.stdout

    @property
    def stderr(self) -> str:
        """What the program printed on its standard error."""
        return self.completed.stderr


_trace: list[Callable[[str], None]] = []
_elsewhere: dict[str, tuple[str, ...]] = {}


def set_trace(trace: Callable[[str], None] | None) -> None:
    """Have every command shown to `trace` before it starts (what --verbose does)."""
    _trace[:] = [] if trace is None else [trace]


@contextlib.contextmanager
def elsewhere(programs: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """Run programs of these names by other commands until the end, such as those of a container."""
    _elsewhere.update({name: tuple(command) for name, command in programs.items()})
    try:
        yield
    finally:
        for name in programs:
            _elsewhere.pop(name, None)


def redact(text: str) -> str:
    """Hide the user names and passwords of URLs."""
    return _CREDENTIALS.sub("***@", text)


def run(
    argv: Sequence[str | os.PathLike[str]],
    *,
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
    input: str | bytes | None = None,  # noqa: A002  (as in subprocess)
    capture: bool = True,
    check: bool = True,
    stream: bool = False,
    on_line: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
) -> Completed:
    """Run a program to its end.

    `env` is the whole environment, as in `subprocess`. With `capture=False` the program has our
    terminal. With `stream=True` its standard error is captured and shown while it runs; with
    `on_line` each line of it goes to that function instead. When `stop` is set, the program is ended.
    """
    words = tuple(str(word) for word in argv)
    words = (*_elsewhere.get(words[0], words[:1]), *words[1:])
    for trace in _trace:
        trace(f"$ {redact(shlex.join(words))}")
    if on_line is None and stream:
        on_line = _to_stderr
    pipe = subprocess.PIPE if capture or on_line else None
    try:
        process = subprocess.Popen(  # noqa: S603  (a list, never a shell)
            words,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL if input is None and pipe else subprocess.PIPE if input is not None else None,
            stdout=pipe,
            stderr=pipe,
        )
    except FileNotFoundError as error:
        raise _missing(words[0], cwd, error) from error
    except OSError as error:
        raise JupyflakeError(
            "JF602",
            f"`{words[0]}` cannot be started: {error.strerror}",
            hint="check the permissions of the program and of the working directory",
        ) from error
    data = input.encode() if isinstance(input, str) else input
    if stop is not None:
        threading.Thread(target=_end_at, args=(process, stop), daemon=True).start()
    with process:
        try:
            stdout, stderr = _communicate(process, data, on_line)
        except BaseException:
            # The program gets a moment to tidy up after Ctrl-C, then it goes.
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
            process.kill()
            raise
    completed = Completed(words, process.returncode, _text(stdout), _text(stderr))
    if check and completed.returncode != 0:
        raise ProcessFailed(completed)
    return completed


@contextlib.contextmanager
def background(
    argv: Sequence[str | os.PathLike[str]],
    on_line: Callable[[str], None],
    *,
    on_end: Callable[[], None] = lambda: None,
    env: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Run a program beside us, whose every line goes to `on_line`; at the end its input is closed and it is awaited.

    `on_end` is called when it has ended, which may be before its time.
    """
    words = tuple(str(word) for word in argv)
    for trace in _trace:
        trace(f"$ {redact(shlex.join(words))} &")
    try:
        # A session of its own: Ctrl-C in the terminal reaches us, and we end it when we are done.
        process = subprocess.Popen(  # noqa: S603  (a list, never a shell)
            words,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise _missing(words[0], None, error) from error
    except OSError as error:
        raise JupyflakeError(
            "JF602", f"`{words[0]}` cannot be started: {error.strerror}", hint="check the permissions of the program"
        ) from error

    def read() -> None:
        for line in process.stdout or ():
            on_line(_text(line).rstrip("\r\n"))
        on_end()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(timeout=5)
        if process.stdout is not None:
            process.stdout.close()


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Treat a closed terminal and `kill` as Ctrl-C: what was started is ended and tidied up."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_at(process: subprocess.Popen[bytes], stop: threading.Event) -> None:
    while process.poll() is None:
        if stop.wait(_GLANCE):
            process.terminate()
            return


def _communicate(
    process: subprocess.Popen[bytes],
    data: bytes | None,
    on_line: Callable[[str], None] | None,
) -> tuple[bytes | None, bytes | None]:
    if on_line is None:
        return process.communicate(data)
    # Standard error is read here line by line, the other two ends in threads.
    stdout: list[bytes] = []
    stderr: list[bytes] = []
    threads = []
    if process.stdout is not None:
        threads.append(threading.Thread(target=_drain, args=(process.stdout, stdout), daemon=True))
    if process.stdin is not None:
        threads.append(threading.Thread(target=_feed, args=(process.stdin, data or b""), daemon=True))
    for thread in threads:
        thread.start()
    for line in process.stderr or ():
        stderr.append(line)
        on_line(_text(line).rstrip("\r\n"))
    for thread in threads:
        thread.join()
    process.wait()
    return b"".join(stdout), b"".join(stderr)


def _drain(source: IO[bytes], into: list[bytes]) -> None:
    into.append(source.read())


def _feed(target: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), target:
        target.write(data)


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _text(data: bytes | None) -> str:
    return (data or b"").decode(errors="replace")


def _missing(
    program: str,
    cwd: str | os.PathLike[str] | None,
    error: FileNotFoundError,
) -> JupyflakeError:
    if cwd is not None and str(error.filename) == str(cwd):
        return JupyflakeError(
            "JF602",
            f"`{program}` cannot be started in {cwd}: there is no such directory",
            hint="run the command in a directory that exists",
        )
    name = program.rsplit("/", 1)[-1]
    return JupyflakeError(
        "JF601",
        f"the program `{name}` is not installed, or not on PATH",
        hint=INSTALL.get(name, f"install {name} with the system's package manager"),
    )
