"""The table of `make check-packages`, and what the program makes of it."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = tomllib.loads((ROOT / "make" / "packages.toml").read_text(encoding="utf-8"))


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Load the program, which is no module of a package."""
    spec = importlib.util.spec_from_file_location("check_packages", ROOT / "make" / "check_packages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # Its data classes look their module up.
    monkeypatch.setitem(__import__("sys").modules, "check_packages", module)
    spec.loader.exec_module(module)
    return SimpleNamespace(**vars(module))


def test_the_table_names_what_it_has() -> None:
    """Two hundred packages or more, and nothing about a package that is not among them."""
    packages = set(TABLE["packages"])
    assert len(packages) >= 200
    assert all(set(members) <= packages for members in TABLE["sets"].values())
    assert TABLE["sdists"].keys() <= packages
    for python in ("3.11", "3.13"):
        assert TABLE["tools"][python].keys() <= packages
        assert TABLE["impossible"][python].keys() <= packages | {f"set {name}" for name in TABLE["sets"]}


def test_a_set_has_what_its_members_need(program: SimpleNamespace) -> None:
    """Modules, tools and sources of a set are those of its members, under a name that a kernel can have."""
    [learning] = program.cases(["3.13"], ["set learning"], sets=True, alone=False)
    assert learning.kernel == "set-learning-3-13"
    assert "libgomp1" in learning.tools
    assert {"lightgbm", "sklearn.linear_model"} <= set(learning.modules)
    assert 'tools = ["libgomp1"]' in learning.text()


def test_what_can_t_work_must_fail(program: SimpleNamespace) -> None:
    """A package that the table excuses doesn't count while it fails, and does when it works after all."""
    case = program.Case("x", "3.13", ("x",), ("x",), (), (), "it has no wheel")
    assert program.verdict(case, "JF207") == (False, "can't work: it has no wheel")
    assert program.verdict(case, None) == (True, "works, although the table says: it has no wheel")
