"""What of a wheel is left out, and what is there once instead of twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.nix.python.conftest import MadeWheel as Wheel
    from tests.nix.python.conftest import Nix

pytestmark = pytest.mark.e2e
TESTS = "p/sub/tests/test_x.py"


def test_tests_are_left_out_and_listed(nix: Nix, made: type[Wheel]) -> None:
    """Tests that nothing asks for are gone with their data, from RECORD as well; a list says what they were."""
    names = [TESTS, "p/sub/tests/__init__.py", "p/sub/tests/data/x,y.csv", "p/sub/tests/tests/test_z.py"]
    built = nix.wheel(made("p", {"p/__init__.py": "import p.sub  # p.sub.tests has more", **dict.fromkeys(names, "1")}))
    packages = built.out / "site-packages"
    assert not (packages / "p/sub/tests").exists()
    assert (built.out / "nix-support/left-out").read_text() == "site-packages/p/sub/tests\t4\t4\n"
    record = (packages / "p-1.0.dist-info/RECORD").read_text()
    assert "tests" not in record
    assert [(packages / line.partition(",")[0]).exists() for line in record.splitlines()] == [True] * 4


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p/__init__.py", "from .sub.tests import test_x\n"),
        ("p/__init__.py", "from p.sub import (other, tests)\n"),
        ("p/__init__.py", "def f():\n    import p.sub.tests.test_x as x\n"),
        ("p/__init__.py", 'm = import_module("p.sub.tests.test_x")\n'),
        ("p/sub/__init__.py", "from . import tests\n"),
        ("p/sub/__init__.py", "from . import (\n    other,\n    tests,\n)\n"),
        ("p/other/deep/__init__.py", "from ...sub.tests.test_x import x\n"),
        ("p-1.0.dist-info/entry_points.txt", "[console_scripts]\nx = p.sub.tests.test_x:main\n"),
    ],
)
def test_tests_that_are_asked_for_stay(nix: Nix, made: type[Wheel], name: str, content: str) -> None:
    """What other modules or entry points import is no matter of test runs only: jupyterlab and astropy do that."""
    built = nix.wheel(made("p", {name: content, TESTS: ""}))
    assert (built.out / "site-packages" / TESTS).exists()
    assert not (built.out / "nix-support/left-out").exists()


@pytest.mark.parametrize("name", ["tests/test_x.py", "p/tests/data.py", "p/testing/test_x.py", "p/test/test_x.py"])
def test_what_may_be_more_than_tests_stays(nix: Nix, made: type[Wheel], name: str) -> None:
    """A directory at the root, one without tests in it, and those of other names may be for users."""
    built = nix.wheel(made("p", {"p/__init__.py": "", name: ""}))
    assert (built.out / "site-packages" / name).exists()


def test_a_directory_that_is_there_twice_is_there_once(nix: Nix, made: type[Wheel]) -> None:
    """What a package has for the prefix too, as jupyterlab has its application, is one link."""
    package = {"p/__init__.py": "", "p/static/deep/l.js": "l", "p/static/s.js": "s", "p/themes/t.css": "t"}
    data = {"static/deep/l.js": "l", "static/s.js": "s", "themes/t.css": "another", "schemas/deep/l.js": "l"}
    wheel = made("p", {**package, **{f"p-1.0.data/data/share/p/{name}": text for name, text in data.items()}})
    built = nix.wheel(wheel)
    share = built.out / "data/share/p"
    assert sorted(path.name for path in share.iterdir() if path.is_symlink()) == ["static"]
    assert (share / "static").resolve() == built.out / "site-packages/p/static"
    for root in (built.out / "data", nix.environment(wheel).out):
        assert {name: (root / "share/p" / name).read_text() for name in data} == data
        static = (root / "share/p/static").resolve()
        assert (root / "share/p/static/deep/l.js").resolve().is_relative_to(static)
