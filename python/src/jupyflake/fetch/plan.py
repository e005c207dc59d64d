"""Which artifacts a system needs, and where each goes in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyflake.cache import cache_directory
from jupyflake.errors import JupyflakeError
from jupyflake.lock.model import DirectorySource, FileSource, GitSource
from jupyflake.store import flat_path, recursive_path, store_name

if TYPE_CHECKING:
    from pathlib import Path

    from jupyflake.lock import Bootstrap, Deb, Lock, Wheel


@dataclass(frozen=True)
class Artifact:
    """A file to download, and the store path that is made of it (of one member, for the bootstrap)."""

    source: Wheel | Deb | Bootstrap
    file: str
    size: int
    sha256: str
    name: str
    store_path: str

    @property
    def label(self) -> str:
        """How people are told of it."""
        return f"{self.source.name} {self.source.version}"

    @property
    def archive(self) -> str | None:
        """The Debian archive that it is from; none for wheels."""
        return getattr(self.source, "archive", None)

    @property
    def commit(self) -> str | None:
        """The commit that it is the files of; none for files."""
        source = getattr(self.source, "source", None)
        return source.commit if isinstance(source, GitSource) else None

    @property
    def member(self) -> str | None:
        """The member that goes into the store instead of the file."""
        return getattr(self.source, "member", None)


def artifacts(lock: Lock, system: str) -> tuple[Artifact, ...]:
    """List what the environments of a system are built from, each store path once."""
    if system not in lock.systems:
        raise JupyflakeError(
            "JF308",
            f"jupyter.lock covers {', '.join(lock.systems)}, not {system}",
            hint=f'add "{system}" to `systems` under [project], then run `jupyflake lock`',
        )
    found = [_bootstrap(item) for item in lock.bootstrap if item.system == system]
    found += [_flat(deb, deb.file) for deb in lock.debs if deb.system == system]
    found += [
        _tree(wheel) if isinstance(wheel.source, GitSource) else _flat(wheel, wheel.file)
        for wheel in lock.wheels
        if any(system in systems for systems in wheel.use.values())
        # What the project has itself, Nix reads there.
        and not isinstance(wheel.source, FileSource | DirectorySource)
    ]
    return tuple({artifact.store_path: artifact for artifact in found}.values())


def _flat(source: Wheel | Deb, file: str) -> Artifact:
    name = store_name(file)
    return Artifact(source, file, source.size, source.sha256, name, flat_path(name, source.sha256))


def _tree(source: Wheel) -> Artifact:
    name = store_name(source.file)
    return Artifact(source, source.file, source.size, source.sha256, name, recursive_path(name, source.sha256))


def _bootstrap(source: Bootstrap) -> Artifact:
    name = store_name(source.name)
    return Artifact(source, source.file, source.size, source.sha256, name, recursive_path(name, source.nar))


def download_directory(sha256: str) -> Path:
    """Give the directory of the cache for one file, by its hash."""
    return cache_directory("downloads") / sha256
