"""Which change of the lock brought each wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyflake.lock.model import Wheel

# As many as have a layer of their own (nix/debian/docker-tools/streamer/layers.py).
# More changes, or changes that come to more of all bytes than this, make a new start: the image's lower layers are
# sent once more, and later changes are small again.
CHANGES = 8
SHARE = 0.25


def numbered(wheels: Iterable[Wheel], previous: Iterable[Wheel]) -> tuple[Wheel, ...]:
    """Give each wheel the number of the change that brought it: what was there keeps its own, what is new has the next.

    Without a previous lock all are there from the start, which is 0.
    """
    known = {wheel.sha256: wheel.since for wheel in previous}
    number = max(known.values(), default=-1) + 1
    found = tuple(replace(wheel, since=known.get(wheel.sha256, number)) for wheel in wheels)
    later = sum(wheel.size for wheel in found if wheel.since)
    if max((wheel.since for wheel in found), default=0) > CHANGES or later > SHARE * sum(wheel.size for wheel in found):
        return tuple(replace(wheel, since=0) for wheel in found)
    return found
