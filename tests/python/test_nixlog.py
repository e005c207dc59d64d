"""What Nix' log becomes for people."""

from __future__ import annotations

import io
import json

import pytest

from jupyflake.console import Console
from jupyflake.nixlog import NixLog

DRV = "/nix/store/00000000000000000000000000000000-numpy-2.4.0"


def _log() -> tuple[NixLog, io.StringIO]:
    stderr = io.StringIO()
    return NixLog(Console(stderr=stderr)), stderr


def _event(**fields: object) -> str:
    return "@nix " + json.dumps(fields)


def _failed(*lines: str) -> NixLog:
    log, _ = _log()
    log.feed(_event(action="start", id=7, level=3, type=105, text="building", fields=[f"{DRV}.drv", "", 1, 1]))
    for line in lines:
        log.feed(_event(action="result", id=7, type=101, fields=[line]))
    message = f"\x1b[31;1merror:\x1b[0m builder for '{DRV}.drv' failed with exit code 1"
    log.feed(_event(action="msg", level=0, msg=message))
    log.feed(
        _event(action="msg", level=0, msg="error: 1 dependencies of derivation '/nix/store/x.drv' failed to build")
    )
    return log


def test_a_missing_artifact_names_the_command_that_gets_it() -> None:
    """The builder of an artifact that was not fetched says so; people get the command."""
    error = _failed("a.whl is not in the Nix store: run 'jupyflake fetch' in the project").error("image")
    assert (error.code, error.hint) == ("JF403", "jupyflake fetch")
    assert "a.whl" in error.message


def test_our_own_builders_have_the_last_word() -> None:
    """A builder's line that begins with error: is the message; what came before is not repeated."""
    error = _failed("noise", "error: numpy and mumpy both have np.py").error("image")
    assert (error.code, error.message) == ("JF402", "numpy and mumpy both have np.py")
    assert error.where == "numpy-2.4.0"


def test_our_own_builders_say_what_to_type() -> None:
    """The line that begins with try: after it is the hint."""
    error = _failed("error: kernel k: x is not in the package", "  try: kernelspec").error("image")
    assert (error.message, error.hint) == ("kernel k: x is not in the package", "kernelspec")


def test_a_nix_that_is_too_old_for_nixpkgs() -> None:
    """The way out is the hint."""
    log, _ = _log()
    message = "the base nixpkgs needs Nix 2.18 or newer, and this is Nix 2.8.0: update Nix, or write base"
    log.feed(_event(action="msg", level=0, msg=f"error: {message}"))
    error = log.error("shell")
    assert (error.code, error.hint) == ("JF428", "update Nix, or write base")


def test_an_error_inside_another_one() -> None:
    """What stands in brackets loses the one that is left over."""
    log, _ = _log()
    log.feed(_event(action="msg", level=0, msg="error: cannot open (it threw: error: no host (6))"))
    assert log.error("shell").message == "no host (6)"


def test_another_builders_last_lines_are_shown() -> None:
    """A builder that fails without a word of ours is shown by its last lines, with the command for all of them."""
    error = _failed(*(f"line {number}" for number in range(20))).error("image")
    assert "line 19" in error.message
    assert "line 5" not in error.message
    assert error.hint == f"nix log {DRV}.drv"


def test_a_full_disk_is_told_as_such() -> None:
    """Nix' long message about a full disk becomes one line."""
    assert _failed("write: No space left on device").error("image").code == "JF604"


@pytest.mark.parametrize(
    "lines",
    [
        ["error: jupyter.lock is older than jupyter.toml: run `jupyflake lock`", "(use '--show-trace' to show more)"],
        [
            _event(
                action="msg", level=0, raw_msg="jupyter.lock is older than jupyter.toml: run `jupyflake lock`", msg="x"
            )
        ],
        [
            _event(
                action="msg",
                level=0,
                msg="error:\n  … while calling the 'throw' builtin\n  at /x.nix:1:2:\n\n"
                "       error: jupyter.lock is older than jupyter.toml: run `jupyflake lock`",
            )
        ],
    ],
    ids=["plain", "raw", "trace"],
)
def test_a_message_of_our_library_is_one_line(lines: list[str]) -> None:
    """What our Nix functions throw reaches people as it was written, without Nix' trace."""
    log, _ = _log()
    for line in lines:
        log.feed(line)
    error = log.error("image")
    assert error.lines() == ["error[JF401]: jupyter.lock is older than jupyter.toml: run `jupyflake lock`"]


def test_warnings_of_builders_are_shown() -> None:
    """Two packages with one file are built with a warning, which people see."""
    log, stderr = _log()
    log.feed(_event(action="start", id=7, level=3, type=105, text="", fields=[f"{DRV}.drv", "", 1, 1]))
    log.feed(_event(action="result", id=7, type=101, fields=["warning: a and b both have LICENSE"]))
    assert stderr.getvalue() == "warning: a and b both have LICENSE\n"
