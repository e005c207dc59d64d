"""How others are told where a package comes from that is not on an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyflake.lock.model import DirectorySource, FileSource, GitSource, UrlSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyflake.lock import Wheel
    from jupyflake.manifest.sources import Origin


def requirement(wheel: Wheel, origins: Mapping[str, Origin]) -> str:
    """Write a package as pip reads it: with its version, or with its place."""
    source = wheel.source
    if isinstance(source, FileSource | DirectorySource):
        return f"./{source.path}".removesuffix("/.")
    if isinstance(source, UrlSource):
        return f"{wheel.name} @ {origins[wheel.name].source.url}"
    if isinstance(source, GitSource):
        part = f"#subdirectory={quote(source.subdirectory)}" if source.subdirectory else ""
        return f"{wheel.name} @ git+{origins[wheel.name].source.git}@{source.commit}{part}"
    return f"{wheel.name}=={wheel.version}"


def has_hash(wheel: Wheel) -> bool:
    """Whether the lock has the hash of a file."""
    return not isinstance(wheel.source, DirectorySource | GitSource)


def table(wheel: Wheel, origins: Mapping[str, Origin]) -> dict[str, Any] | None:
    """Give the table of a pylock.toml (PEP 751) for what is no file of an index, or nothing."""
    source = wheel.source
    if isinstance(source, DirectorySource):
        return {"directory": {"path": source.path}}
    if isinstance(source, GitSource):
        vcs = {"type": "git", "url": origins[wheel.name].source.git, "commit-id": source.commit}
        return {"vcs": vcs | ({"subdirectory": source.subdirectory} if source.subdirectory else {})}
    if isinstance(source, FileSource | UrlSource):
        place = {"path": source.path} if isinstance(source, FileSource) else {"url": origins[wheel.name].source.url}
        return {"archive": {**place, "size": wheel.size, "hashes": {"sha256": wheel.sha256}}}
    return None
