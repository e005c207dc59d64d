"""Native code in one wheel."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.nix.python.conftest import MadeWheel as Wheel
    from tests.nix.python.conftest import Nix

pytestmark = pytest.mark.e2e


def test_runpath_becomes_rpath(nix: "Nix", made: type["Wheel"], elf: Callable[..., bytes]) -> None:
    """DT_RUNPATH (29) would hide the main program's libraries; DT_RPATH (15) doesn't."""
    before = elf("liba.so", runpath="$ORIGIN/x")
    after = (nix.wheel(made("native", {"native/x": before})).out / "site-packages/native/x").read_bytes()
    assert after.count(b"$ORIGIN/x") >= 1
    assert (29).to_bytes(8, "little") in before
    assert (15).to_bytes(8, "little") in after
    assert (29).to_bytes(8, "little") not in after[:512]


def test_needs_are_listed_whatever_files_are_called(nix: "Nix", made: type["Wheel"], elf: Callable[..., bytes]) -> None:
    """ELF files are found by their first bytes, in any directory, also where a file before has no line end."""
    many = {f"native/{index:04}.txt": "abc" for index in range(3000)}
    out = nix.wheel(made("native", {**many, "native/0000 lib": elf("liba.so", "libb.so"), "native/x.so": "text"})).out
    assert (out / "nix-support/needed").read_text() == "site-packages/native/0000 lib\tliba.so\tlibb.so\n"
    assert (out / "nix-support/programs").read_text() == ""
