"""Locks in which a kernel has another name or is there twice: its versions stay what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

if TYPE_CHECKING:
    from jupyflake.lock.model import Lock

_Value = TypeVar("_Value")


def with_environment(lock: Lock, old: str, new: str, *, keep_old: bool, kernels: tuple[str, ...]) -> Lock:
    """Give the lock with the environment `old` as `new`; `kernels` are the names in their new order."""
    if old not in lock.environments:
        return lock
    # With it go those that packages of it are built in.
    names = {
        name: new + name.removeprefix(old) for name in lock.environments if name == old or name.startswith(f"{old}+")
    }

    def renamed(table: dict[str, _Value]) -> dict[str, _Value]:
        kept = {name: value for name, value in table.items() if keep_old or name not in names}
        return {**kept, **{names[name]: value for name, value in table.items() if name in names}}

    environments = renamed(lock.environments)
    wheels = [replace(wheel, use=renamed(wheel.use)) for wheel in lock.wheels]
    return replace(lock, kernels=kernels, environments=environments, wheels=tuple(wheels))
