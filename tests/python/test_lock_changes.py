"""What is told about two locks."""

from __future__ import annotations

from jupyflake.lock import Deb, Environment, Lock, Wheel
from jupyflake.lock.changes import changes, report, summary
from jupyflake.lock.environments import with_environment

SHA = "0123456789abcdef" * 4


def _wheel(name: str, version: str, *environments: str) -> Wheel:
    systems: tuple[str, ...] = ("x86_64-linux",)
    use = dict.fromkeys(environments, systems)
    return Wheel(name=name, version=version, file=f"{name}-{version}.whl", size=1, sha256=SHA, use=use)


def _deb(name: str, version: str, suite: str = "trixie") -> Deb:
    return Deb(
        suite=suite,
        system="x86_64-linux",
        name=name,
        version=version,
        archive="debian",
        path=f"{name}.deb",
        size=1,
        sha256=SHA,
        depends=(),
    )


def _lock(*items: Wheel | Deb) -> Lock:
    return Lock(
        manifest=SHA,
        systems=("x86_64-linux",),
        environments={"py": Environment(base="debian/trixie", language="python", python="3.13")},
        wheels=tuple(item for item in items if isinstance(item, Wheel)),
        debs=tuple(item for item in items if isinstance(item, Deb)),
    )


def test_equal_locks_have_no_changes() -> None:
    """Nothing is told where nothing changed."""
    lock = _lock(_wheel("numpy", "2", "py"), _deb("bash", "5"))
    assert changes(lock, lock) == ()


def test_changes_read_as_uv_prints_them() -> None:
    """Updates, additions and removals each have a line with the places they are in."""
    before = _lock(_wheel("numpy", "1", "a", "b"), _wheel("six", "1", "a"), _deb("bash", "5.1"))
    after = _lock(_wheel("numpy", "2", "a"), _wheel("numpy", "1", "b"), _wheel("attrs", "3", "b"), _deb("bash", "5.2"))
    assert report(changes(before, after)) == (
        "Added attrs v3 (b)",
        "Updated numpy v1 -> v2 (a)",
        "Removed six v1 (a)",
        "Updated bash v5.1 -> v5.2 (debian/trixie)",
    )


def test_crowds_of_debian_packages_are_counted() -> None:
    """What a tool brings along is one line."""
    after = _lock(*(_deb(f"lib{number}", "1") for number in range(30)))
    (line,) = report(changes(_lock(), after))
    assert line.startswith("Added 30 packages (debian/trixie): lib0, lib1, ")


def test_summary_counts_packages() -> None:
    """A first lock is told by counts."""
    lock = _lock(_wheel("numpy", "2", "py"), _deb("bash", "5"))
    assert summary(lock) == ("py: Python 3.13, 1 packages", "debian/trixie: 1 packages")


def test_a_kernel_takes_its_builds_along() -> None:
    """Where a kernel gets another name, so do the environments that packages of it are built in."""
    environment = Environment(base="debian/trixie", language="python", python="3.13")
    wheel = _wheel("setuptools", "1", "a+docopt")
    lock = Lock(
        manifest=SHA,
        systems=("x86_64-linux",),
        kernels=("a",),
        environments={"a": environment, "a+docopt": environment, "ab": environment},
        wheels=(wheel,),
    )
    moved = with_environment(lock, "a", "b", keep_old=False, kernels=("b",))
    assert sorted(moved.environments) == ["ab", "b", "b+docopt"]
    assert list(moved.wheels[0].use) == ["b+docopt"]
    both = with_environment(lock, "a", "b", keep_old=True, kernels=("a", "b"))
    assert list(both.wheels[0].use) == ["a+docopt", "b+docopt"]
