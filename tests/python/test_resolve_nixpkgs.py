"""Projects on nixpkgs: what is asked of whom, and what the lock records."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.lock import Environment as Locked
from jupyflake.lock import Lock, dumps, loads
from jupyflake.lock.changes import changes, summary
from jupyflake.manifest.model import from_data
from jupyflake.resolve import tags
from jupyflake.resolve.nixpkgs import pinned_revision, resolve_nixpkgs
from jupyflake.resolve.plan import Environment, Plan, make_plan, read_roots

if TYPE_CHECKING:
    from collections.abc import Callable

ROOTS = read_roots()
SYSTEM = "x86_64-linux"
PYTHON = Environment(name="py", base="nixpkgs", language="python", python="3.13", tools=("graphviz",))
R = Environment(name="r", base="nixpkgs", language="r", r_packages=("data.table", "stats"), packages_from="cran")
ANSWER = {
    "pythons": {"3.13": "3.13.15"},
    "R": {"R": "4.5.1"},
    "rPackages": {"data.table": "1.17.0"},
    "tools": {"graphviz": "12.2.1"},
}
STAND_IN = Path(__file__).parents[1] / "nix" / "nixpkgs-stand-in.nix"


def _plan(base: str = "nixpkgs", **tables: object) -> Plan:
    project = {"name": "p", "base": base, "systems": [SYSTEM]}
    return make_plan(from_data({"project": project, **tables}), ROOTS)


@pytest.fixture
def nix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, int], Path]:
    """Give a maker of a nix-instantiate that answers as it is told, and notes what it was asked."""

    def make(out: str, err: str = "", code: int = 0) -> Path:
        program = tmp_path / "bin" / "nix-instantiate"
        program.parent.mkdir(exist_ok=True)
        (tmp_path / "out").write_text(out)
        (tmp_path / "err").write_text(err)
        script = f'#!/bin/sh\necho "$@" > {tmp_path}/asked\ncat {tmp_path}/out\ncat {tmp_path}/err >&2\nexit {code}\n'
        program.write_text(script)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        return tmp_path / "asked"

    return make


def test_nothing_of_debian_is_asked_for() -> None:
    """A project on nixpkgs needs no suite, no static tools and no apt."""
    plan = _plan(kernels={"r": {"language": "r", "packages": ["dplyr"]}})
    assert (plan.base_suite, plan.debian) == (None, ())
    assert {each.base for each in plan.environments} == {"nixpkgs"}
    assert [request.python for request in plan.python] == ["3.13"]


def test_a_kernel_may_be_on_debian() -> None:
    """A kernel with a base of its own brings its suite, and the suite the static tools."""
    plan = _plan(kernels={"old": {"language": "python", "base": "debian/bookworm"}})
    assert plan.base_suite == "bookworm"
    assert [request.suite for request in plan.debian] == ["bookworm"]
    assert "busybox-static" in plan.debian[0].roots


def test_a_python_that_no_suite_has() -> None:
    """Nixpkgs has Python 3.12, which no Debian suite has."""
    plan = _plan(kernels={"py": {"language": "python", "python": "3.12"}})
    assert {each.name: each.python for each in plan.environments} == {"jupyter": "3.13", "py": "3.12"}


def test_versions_are_recorded(nix: Callable[..., Path]) -> None:
    """Interpreters, R, its packages and tools come with the version that nixpkgs has of them."""
    asked = nix(json.dumps(ANSWER))
    assert resolve_nixpkgs([PYTHON, R], SYSTEM, None, Console(quiet=True)) == {
        "py": {"python": "3.13.15", "graphviz": "12.2.1"},
        "r": {"data.table": "1.17.0", "R": "4.5.1"},
    }
    assert '"rPackages": ["data.table"]' in asked.read_text()


def test_an_unchanged_answer_is_kept(nix: Callable[..., Path]) -> None:
    """Nix is not asked for what the lock has of the same revision."""
    asked = nix("", code=1)
    versions = {"R": "4.5.1", "data.table": "1.17.0"}
    previous = _lock(Locked(base="nixpkgs", language="r", packages=("data.table",), versions=versions))
    assert resolve_nixpkgs([R], SYSTEM, previous, Console(quiet=True)) == {"r": versions}
    assert not asked.exists()


@pytest.mark.parametrize(
    ("environment", "table", "code"),
    [(PYTHON, "pythons", "JF110"), (PYTHON, "tools", "JF212"), (R, "rPackages", "JF213")],
)
def test_what_nixpkgs_has_not_got(nix: Callable[..., Path], environment: Environment, table: str, code: str) -> None:
    """A name that nixpkgs doesn't know is told with the kernel that asks for it."""
    nix(json.dumps({**ANSWER, table: dict.fromkeys(ANSWER[table])}))
    with pytest.raises(JupyflakeError) as caught:
        resolve_nixpkgs([environment], SYSTEM, None, Console(quiet=True))
    assert caught.value.code == code
    assert f"[kernels.{environment.name}]" in caught.value.message


def test_nixpkgs_out_of_reach(nix: Callable[..., Path]) -> None:
    """Without a network the error says what is needed instead."""
    nix("", "error: unable to download 'https://host.example/x.tar.gz': Could not resolve host\n", 1)
    with pytest.raises(JupyflakeError) as caught:
        resolve_nixpkgs([R], SYSTEM, None, Console(quiet=True))
    assert caught.value.code == "JF218"
    assert "JUPYFLAKE_NIXPKGS" in (caught.value.hint or "")


def test_a_nix_that_is_too_old(nix: Callable[..., Path]) -> None:
    """The error of an old Nix names the base that it can evaluate."""
    nix("", "error: the base nixpkgs needs Nix 2.18 or newer, and this is Nix 2.8.0: update Nix, or debian\n", 1)
    with pytest.raises(JupyflakeError) as caught:
        resolve_nixpkgs([R], SYSTEM, None, Console(quiet=True))
    assert caught.value.lines()[1] == "  try: update Nix, or debian"


def test_the_lock_keeps_versions() -> None:
    """Versions and revision are read as they were written; a lock without them has not even the keys."""
    lock = _lock(Locked(base="nixpkgs", language="r", packages=(), versions={"R": "4.5.1"}))
    assert loads(dumps(lock)) == lock
    assert "nixpkgs" not in dumps(Lock(manifest="0" * 64, systems=(SYSTEM,), environments={}))


def test_new_versions_are_told() -> None:
    """An update of nixpkgs shows as updates of what comes from it."""
    before, after = (_lock(Locked(base="nixpkgs", language="r", versions={"R": version})) for version in ("4.4", "4.5"))
    assert [str(change) for change in changes(before, after)] == ["Updated R v4.4 -> v4.5 (r)"]
    assert summary(after) == ("r: R 4.5",)


def test_wheels_for_macos() -> None:
    """A Mac takes what is for it or for all, and the special before the universal."""
    files = ["a-1-cp313-cp313-macosx_11_0_arm64.whl", "a-1-py3-none-any.whl", "a-1-cp313-cp313-macosx_11_0_x86_64.whl"]
    assert tags.best(files, "3.13", "aarch64-darwin") == files[0]
    assert tags.best(files[1:], "3.13", "aarch64-darwin") == files[1]
    assert tags.uv_platform("aarch64-darwin") == "aarch64-apple-darwin"


def _lock(environment: Locked) -> Lock:
    return Lock(
        manifest="0" * 64, systems=(SYSTEM,), kernels=("r",), nixpkgs=pinned_revision(), environments={"r": environment}
    )
