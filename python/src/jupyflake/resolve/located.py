"""Packages that are not from the machine's own index, as the resolver is told of them."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (NamedTuple and dataclass need it)
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from jupyflake.lock.model import Source


class Local(NamedTuple):
    """A package that is not from an index: what uv is given of it, and what the lock says."""

    version: str
    # The package's metadata as a wheel.
    stub: Path
    file: str
    size: int
    sha256: str
    source: Source
    # An address for files that are then known already.
    url: str
    # What building it takes; none for wheels.
    build_requires: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Sources:
    """Where packages come from, by normalised name; `addresses` are those of the indexes that are named."""

    local: Mapping[str, Local] = field(default_factory=dict)
    indexes: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)
    # Directory → the name of the package in it.
    editable: Mapping[str, str] = field(default_factory=dict)
