"""Which wheel of a version a target takes, by the `packaging` library's tags, whatever we run on."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The oldest glibc of the suites, so that one choice serves all of them.
GLIBC = 36
# What uv takes its name of the platform for.
MACOS = (13, 0)
_OLDEST = {"x86_64": 5, "aarch64": 17}
_ALIASES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


def uv_platform(system: str) -> str:
    """Give uv's name of a target system."""
    if _is_mac(system):
        return "aarch64-apple-darwin"
    return f"{_machine(system)}-manylinux_2_{GLIBC}"


@lru_cache
def ranks(python: str, system: str) -> dict[Tag, int]:
    """Give the tags that a Python takes on a system, the best with rank 0."""
    platforms = list(mac_platforms(MACOS, "arm64")) if _is_mac(system) else list(_linux(_machine(system)))
    return _ranks(python, platforms)


def _linux(machine: str) -> Iterator[str]:
    for minor in range(GLIBC, _OLDEST.get(machine, 17) - 1, -1):
        yield f"manylinux_2_{minor}_{machine}"
        if minor in _ALIASES:
            yield f"{_ALIASES[minor]}_{machine}"
    yield f"linux_{machine}"


def _ranks(python: str, platforms: list[str]) -> dict[Tag, int]:
    major, _, minor_text = python.partition(".")
    version = (int(major), int(minor_text))
    interpreter = f"cp{major}{minor_text}"
    # The ABI is given, else that of the running interpreter (a debug build, say) would count.
    tags = [
        *cpython_tags(version, abis=[interpreter], platforms=platforms),
        *compatible_tags(version, interpreter=interpreter, platforms=platforms),
    ]
    found: dict[Tag, int] = {}
    for rank, tag in enumerate(tags):
        found.setdefault(tag, rank)
    return found


def best(files: Iterable[str], python: str, system: str) -> str | None:
    """Choose the file that fits best, or none; of equals the highest build number wins."""
    known = ranks(python, system)
    chosen: tuple[int, tuple[int, str], str] | None = None
    for file in sorted(files):
        try:
            _, _, build, tags = parse_wheel_filename(file)
        except InvalidWheelFilename:
            continue
        rank = min((known[tag] for tag in tags if tag in known), default=None)
        if rank is None:
            continue
        key = build or (-1, "")
        if chosen is None or rank < chosen[0] or (rank == chosen[0] and key > chosen[1]):
            chosen = (rank, key, file)
    return chosen[2] if chosen else None


def _is_mac(system: str) -> bool:
    return system.endswith("-darwin")


def _machine(system: str) -> str:
    return system.partition("-")[0]
