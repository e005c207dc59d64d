"""Locks in which a kernel has another name or is there twice: its versions stay what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from jupyflake.lock.model import Lock


def with_environment(lock: Lock, old: str, new: str, *, keep_old: bool, kernels: tuple[str, ...]) -> Lock:
    """Give the lock with the environment `old` as `new`; `kernels` are the names in their new order."""
    if old not in lock.environments:
        return lock
    environments = {**lock.environments, new: lock.environments[old]}
    wheels = [
        replace(wheel, use={**wheel.use, new: wheel.use[old]}) if old in wheel.use else wheel for wheel in lock.wheels
    ]
    if not keep_old:
        del environments[old]
        wheels = [
            replace(wheel, use={name: systems for name, systems in wheel.use.items() if name != old})
            for wheel in wheels
        ]
    return replace(lock, kernels=kernels, environments=environments, wheels=tuple(wheels))
