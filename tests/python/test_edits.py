"""Manifest and lock change together, or not at all."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import jupyflake
from jupyflake import edits
from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.project import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyflake.project import Project

    Locking = Callable[[Callable[..., object]], None]


@pytest.fixture
def console() -> Console:
    """Give a console that prints nowhere."""
    return Console(quiet=True, stderr=io.StringIO())


@pytest.fixture
def locking(monkeypatch: pytest.MonkeyPatch) -> Locking:
    """Give a function that puts another one in the place of the real locking."""

    def replace(function: Callable[..., object]) -> None:
        module = types.ModuleType("jupyflake.locking")
        module.__dict__["lock_project"] = function
        module.__dict__["read_lock"] = lambda _: None
        monkeypatch.setitem(sys.modules, "jupyflake.locking", module)
        monkeypatch.setattr(jupyflake, "locking", module, raising=False)

    return replace


def _files(project: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in project.iterdir()}


def _edited(project: Path) -> str:
    return (project / "jupyter.toml").read_text(encoding="utf-8").replace('"pandas<2"', '"pandas"')


def test_both_files_are_written(project: Path, console: Console, locking: Locking) -> None:
    """The new manifest is locked, and both are there with the permissions that they had."""
    (project / "jupyter.toml").chmod(0o640)
    seen: list[Any] = []

    def lock(changed: Project, previous: object, *, console: Console) -> object:
        seen.append((changed.manifest.kernels["py311"].packages, previous, console.quiet))
        return types.SimpleNamespace(text="{}\n")

    locking(lock)
    text = _edited(project)
    changed = edits.apply(read(project), text, no_lock=False, console=console)
    assert seen == [(["numpy", "pandas"], None, True)]
    assert _files(project) == {"jupyter.toml": text, "jupyter.lock": "{}\n"}
    assert (project / "jupyter.toml").stat().st_mode & 0o777 == 0o640
    assert changed.text == text


def test_a_failed_lock_changes_nothing(project: Path, console: Console, locking: Locking) -> None:
    """When no versions are found, both files are as before and nothing lies around."""
    before = _files(project)

    def lock(*_: Any, **__: Any) -> str:
        raise JupyflakeError("JF201", "no version fits")

    locking(lock)
    with pytest.raises(JupyflakeError, match="no version fits"):
        edits.apply(read(project), _edited(project), no_lock=False, console=console)
    assert before == _files(project)


@pytest.mark.parametrize(("line", "kept"), [(13, True), (15, False), (99, True)])
def test_places_are_those_of_the_file(
    project: Path, console: Console, locking: Locking, line: int, *, kept: bool
) -> None:
    """An error names a line of the file as it stands, never one that only the edit would have made."""
    where = f"jupyter.toml:{line}:1"

    def lock(*_: Any, **__: Any) -> str:
        raise JupyflakeError("JF206", "no version fits", where=where)

    locking(lock)
    with pytest.raises(JupyflakeError) as caught:
        edits.apply(read(project), _edited(project), no_lock=False, console=console)
    assert caught.value.where == (where if kept else None)


def test_a_wrong_manifest_is_not_written(project: Path, console: Console) -> None:
    """A text that breaks a rule is refused before anything is locked."""
    before = _files(project)
    with pytest.raises(JupyflakeError) as caught:
        edits.apply(read(project), _edited(project) + "x = 1\n", no_lock=True, console=console)
    assert caught.value.code == "JF101"
    assert before == _files(project)


def test_a_change_from_elsewhere_is_kept(project: Path, console: Console) -> None:
    """A manifest that an editor saved meanwhile is not overwritten."""
    current = read(project)
    text = _edited(project)
    (project / "jupyter.toml").write_text(current.text + "# mine\n", encoding="utf-8")
    with pytest.raises(JupyflakeError) as caught:
        edits.apply(current, text, no_lock=True, console=console)
    assert caught.value.code == "JF126"
    assert (project / "jupyter.toml").read_text(encoding="utf-8").endswith("# mine\n")


@pytest.mark.parametrize("failing", [1, 2])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_failed_write_is_taken_back(
    project: Path, monkeypatch: pytest.MonkeyPatch, failing: int, error: BaseException
) -> None:
    """When the first or the second file cannot be put in its place, both are as before."""
    before = _files(project)
    replace, calls = Path.replace, []

    def limited(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == failing:
            raise error
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", limited)
    files = {project / "jupyter.lock": "new", project / "jupyter.toml": "new"}
    with pytest.raises((JupyflakeError, KeyboardInterrupt)) as caught:
        edits.write_together(files)
    if isinstance(caught.value, JupyflakeError):
        assert (caught.value.code, caught.value.hint) == ("JF604", "free some space")
        assert "nothing was changed" in caught.value.message
    assert before == _files(project)


def test_a_full_disk(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When there is no space for the new text, nothing is replaced."""
    before = _files(project)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JupyflakeError, match="No space left on device"):
        edits.write_together({project / "jupyter.toml": "new"})
    assert before == _files(project)


def test_a_linked_manifest_stays_a_link(tmp_path: Path) -> None:
    """The file behind a symbolic link is written, and the link stays."""
    (tmp_path / "real.toml").write_text("old")
    (tmp_path / "jupyter.toml").symlink_to("real.toml")
    edits.write_together({tmp_path / "jupyter.toml": "new"})
    assert (tmp_path / "jupyter.toml").is_symlink()
    assert (tmp_path / "real.toml").read_text() == "new"


def test_two_at_a_time_wait(project: Path) -> None:
    """A second edit waits, says so, and gives up with an error of its own."""
    said = io.StringIO()
    console = Console(stderr=said)
    with edits.exclusive(project, console):
        with pytest.raises(JupyflakeError) as caught, edits.exclusive(project, console, wait=0.3):
            pass
        assert caught.value.code == "JF125"
    assert said.getvalue() == "waiting for another jupyflake in this project\n"
    with edits.exclusive(project, console, wait=0):
        assert (project / "jupyter.toml").exists()


# Signals


class _Interrupter:
    """Counts the lines of the code that writes, and sends a signal at one of them."""

    def __init__(self, at: int | None) -> None:
        self._at = at
        self.lines = 0

    def __call__(self, frame: types.FrameType, event: str, _: object) -> _Interrupter | None:
        if frame.f_code.co_filename != edits.__file__:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self._at:
                signal.raise_signal(signal.SIGINT)
        return self


def _applied(project: Path, console: Console, tracer: _Interrupter | None) -> bool:
    """Edit with a tracer, and say whether the edit came to its end."""
    current = read(project)
    text = _edited(project)
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        edits.apply(current, text, no_lock=False, console=console)
    except KeyboardInterrupt:
        return False
    finally:
        sys.settrace(before)
    return True


def test_an_interrupt_at_any_point_changes_nothing(project: Path, console: Console, locking: Locking) -> None:
    """Ctrl-C at each line of the code that edits: all is as before, or the edit is whole; nothing lies around."""
    locking(lambda *_, **__: types.SimpleNamespace(text="new\n"))
    (project / "jupyter.lock").write_text("old\n", encoding="utf-8")
    before = _files(project)
    counter = _Interrupter(None)
    assert _applied(project, console, counter)
    after = _files(project)
    assert counter.lines > 50
    states = []
    for at in range(1, counter.lines + 1):
        for name, text in before.items():
            (project / name).write_text(text, encoding="utf-8")
        handler = signal.getsignal(signal.SIGINT)
        _applied(project, console, _Interrupter(at))
        assert signal.getsignal(signal.SIGINT) is handler
        assert _files(project) in (before, after)
        states.append(_files(project) == after)
    # There is one point before which nothing has changed, and after which all has; only cleaning up is behind it.
    assert states == sorted(states)
    assert states.count(False) > len(states) * 0.8


_KILLED = """
import io, os, signal, sys, types
from pathlib import Path
import jupyflake
from jupyflake import edits
from jupyflake.console import Console
from jupyflake.project import read

project, lines = Path(sys.argv[1]), int(sys.argv[2])
module = types.ModuleType("jupyflake.locking")
module.lock_project = lambda *_, **__: types.SimpleNamespace(text="new\\n")
module.read_lock = lambda _: None
sys.modules["jupyflake.locking"] = jupyflake.locking = module
console = Console(quiet=True, stderr=io.StringIO())
before = {name: (project / name).read_text() for name in ("jupyter.toml", "jupyter.lock")}
current = read(project)
edited = before["jupyter.toml"].replace('"pandas<2"', '"pandas"')
for at in range(1, lines + 1):
    for name, text in before.items():
        (project / name).write_text(text)
    child = os.fork()
    if child == 0:
        count = 0
        def trace(frame, event, _):
            global count
            if frame.f_code.co_filename != edits.__file__:
                return None
            if event == "line":
                count += 1
                if count == at:
                    os.kill(os.getpid(), int(sys.argv[3]))
            return trace
        sys.settrace(trace)
        edits.apply(current, edited, no_lock=False, console=console)
        os._exit(0)
    os.waitpid(child, 0)
    found = tuple((project / name).read_text() for name in ("jupyter.toml", "jupyter.lock"))
    assert found[0] in {before["jupyter.toml"], edited}, at
    assert found[1] in {"old\\n", "new\\n"}, at
    # A new manifest never stands beside an old lock, which would not be seen as older.
    assert not (found[0] == edited and found[1] == "old\\n"), at
    print(found[0] == edited, found[1] == "new\\n")
with edits.exclusive(project, console):
    pass
print(sorted(path.name for path in project.iterdir()))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_kill_at_any_point_tears_no_file(project: Path, number: signal.Signals) -> None:
    """Killed at each line, the files are whole; SIGTERM leaves both or neither new, and leftovers are swept."""
    (project / "jupyter.lock").write_text("old\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(project), "150", str(int(number))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(jupyflake.__file__).parents[1])},
    )
    assert done.returncode == 0, done.stderr
    *states, left = done.stdout.splitlines()
    assert {"False False", "True True"} <= set(states)
    if number == signal.SIGTERM:
        assert set(states) == {"False False", "True True"}
    assert left == "['jupyter.lock', 'jupyter.toml']"


def test_two_edits_at_once_both_count(project: Path, console: Console) -> None:
    """A second process that edits meanwhile waits, and then edits what the first one made."""
    code = "import sys; from jupyflake.cli import main; sys.exit(main(sys.argv[1:]))"
    with edits.exclusive(project, console):
        command = [sys.executable, "-c", code, "add", "--no-lock", "-k", "r"]
        environment = {**os.environ, "PYTHONPATH": str(Path(jupyflake.__file__).parents[1])}
        started = [
            subprocess.Popen([*command, name], cwd=project, env=environment, stderr=subprocess.PIPE, text=True)
            for name in ("dplyr", "tidyr")
        ]
        for each in started:
            assert each.stderr is not None
            assert each.stderr.readline() == "waiting for another jupyflake in this project\n"
    for each in started:
        _, err = each.communicate(timeout=30)
        assert each.returncode == 0, err
    assert sorted(read(project).manifest.kernels["r"].packages) == ["dplyr", "ggplot2", "tidyr"]
