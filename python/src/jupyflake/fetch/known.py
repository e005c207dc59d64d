"""What the manifest says of where locked packages come from; the lock itself has no address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.lock.model import UrlSource
from jupyflake.manifest.sources import origins
from jupyflake.resolve.indexes import addresses
from jupyflake.resolve.located import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyflake.fetch.plan import Artifact
    from jupyflake.manifest.model import Manifest
    from jupyflake.manifest.sources import Origin


class Known:
    """The sources of a manifest, for what its lock has of them."""

    def __init__(self, manifest: Manifest) -> None:
        """Read the manifest's sources."""
        self._found = origins(manifest)
        self._manifest = manifest

    def of(self, artifact: Artifact) -> Origin:
        """Give the source of an artifact; raises JF202 where the manifest no longer has it."""
        try:
            return self._found[artifact.source.name]
        except KeyError:
            message = f"jupyter.lock has {artifact.label} from a source that jupyter.toml no longer names"
            raise JupyflakeError("JF202", message, hint="jupyflake lock") from None

    def urls(self, artifacts: Iterable[Artifact]) -> dict[str, str]:
        """Give the addresses of those that the manifest has one for, by SHA-256."""
        return {
            artifact.sha256: str(self.of(artifact).source.url).partition("#")[0]
            for artifact in artifacts
            if isinstance(getattr(artifact.source, "source", None), UrlSource)
        }

    def indexes(self) -> Sources:
        """Give the packages that have an index of their own."""
        found = {name: each for name, each in self._found.items() if each.source.index is not None}
        return Sources(
            indexes={name: str(each.source.index) for name, each in found.items()},
            addresses=addresses(self._manifest.indexes, {each.where: each.source.index for each in found.values()}),
        )
