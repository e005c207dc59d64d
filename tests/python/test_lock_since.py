"""Which change of the lock brought each wheel."""

from __future__ import annotations

from jupyflake.lock import Wheel
from jupyflake.lock.since import CHANGES, numbered


def _wheel(name: str, size: int = 100, since: int = 0) -> Wheel:
    digest = name.encode().hex().rjust(64, "0")
    return Wheel(name=name, version="1.0", file=f"{name}.whl", size=size, sha256=digest, since=since, use={})


def _numbers(wheels: tuple[Wheel, ...]) -> dict[str, int]:
    return {wheel.name: wheel.since for wheel in wheels}


def test_a_first_lock_has_all_from_the_start() -> None:
    """Where there was no lock, nothing came later."""
    assert _numbers(numbered([_wheel("a"), _wheel("b")], ())) == {"a": 0, "b": 0}


def test_what_is_new_has_the_next_number() -> None:
    """A wheel that was there keeps its number, whatever goes or comes."""
    before = [_wheel("a", 1000), _wheel("b", since=2), _wheel("gone", since=1)]
    assert _numbers(numbered([_wheel("a", 1000), _wheel("b"), _wheel("c")], before)) == {"a": 0, "b": 2, "c": 3}


def test_a_large_change_makes_a_new_start() -> None:
    """Where much came later, the order of an image made anew is better."""
    assert _numbers(numbered([_wheel("a"), _wheel("b", 50)], [_wheel("a")])) == {"a": 0, "b": 0}


def test_many_changes_make_a_new_start() -> None:
    """Each change takes a layer, and an image has room for so many."""
    before = [_wheel("a", 10000), _wheel("b", since=CHANGES)]
    assert _numbers(numbered(before, before)) == {"a": 0, "b": CHANGES}
    assert _numbers(numbered([*before, _wheel("c")], before)) == {"a": 0, "b": 0, "c": 0}
