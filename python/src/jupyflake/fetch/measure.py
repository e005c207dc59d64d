"""Sizes and hashes that an index does not tell."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jupyflake import store
from jupyflake.console import Progress
from jupyflake.errors import JupyflakeError
from jupyflake.fetch.credentials import index_access
from jupyflake.fetch.download import Download, download_all, lengths
from jupyflake.fetch.plan import download_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyflake.fetch.credentials import Access
    from jupyflake.resolve.uv import ResolvedWheel


def measure(wheels: Sequence[ResolvedWheel], *, access: Access | None = None) -> dict[str, tuple[int, str]]:
    """Find out what the index does not tell; a file that must be downloaded for it stays in the cache for fetching."""
    access = access or index_access()
    downloads = []
    for wheel in wheels:
        key = hashlib.sha256(wheel.url.encode()).hexdigest()
        target = download_directory(f"url-{key}") / store.store_name(wheel.file)
        downloads.append(Download(f"{wheel.name} {wheel.version}", wheel.url, target, wheel.size, wheel.sha256, access))
    hashes = {item.url: item.sha256 for item in downloads if item.sha256 is not None}
    sizes = lengths(item for item in downloads if item.url in hashes)
    measured = {url: (size, hashes[url]) for url, size in sizes.items()}
    for result in download_all((item for item in downloads if item.url not in measured), Progress()):
        if result.gone:
            raise JupyflakeError(
                "JF305",
                f"the package index lists {result.download.label} but does not have it",
                hint="another version of it, or ask whoever runs the index",
            )
        measured[result.download.url] = (result.size, result.sha256)
        final = download_directory(result.sha256) / result.download.target.name
        final.parent.mkdir(parents=True, exist_ok=True)
        result.download.target.replace(final)
        result.download.target.parent.rmdir()
    return measured
