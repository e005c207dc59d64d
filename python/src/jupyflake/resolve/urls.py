"""Files at addresses of the manifest: downloaded once, believed the first time, held to their hash from then on."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from jupyflake import store
from jupyflake.console import Progress
from jupyflake.errors import JupyflakeError
from jupyflake.manifest.sources import file_of
from jupyflake.process import redact

if TYPE_CHECKING:
    from jupyflake.manifest.sources import Origin


def download(origin: Origin, sha256: str | None) -> Path:
    """Get the file of a source; one that was locked must still be the same.

    Raises JF291 where there is none, JF301 where it is another than was locked.
    """
    from jupyflake.fetch.credentials import index_access  # noqa: PLC0415
    from jupyflake.fetch.download import Download, download_all  # noqa: PLC0415  (imports requests)
    from jupyflake.fetch.plan import download_directory  # noqa: PLC0415

    url = str(origin.source.url)
    name = store.store_name(file_of(url))
    sha256 = sha256 or next(iter(parse_qs(urlsplit(url).fragment).get("sha256", [])), None)
    if sha256 is not None:
        for known in (download_directory(sha256) / name, Path(store.flat_path(name, sha256))):
            if known.is_file():
                return known
    target = download_directory(f"url-{hashlib.sha256(url.encode()).hexdigest()}") / name
    # What an earlier run left may be old by now.
    target.unlink(missing_ok=True)
    item = Download(origin.name, url.partition("#")[0], target, None, sha256, index_access())
    try:
        [result] = download_all([item], Progress())
    except JupyflakeError as error:
        if error.code == "JF301":
            error.hint = f"jupyflake lock --upgrade-package {origin.name}, if the new file is meant"
        error.message = f"{origin.where}: {error.message}"
        raise
    if result.gone:
        message = f"{origin.where}: there is no file at {redact(url)}"
        raise JupyflakeError("JF291", message, hint="correct the address")
    final = download_directory(result.sha256) / name
    final.parent.mkdir(parents=True, exist_ok=True)
    return target.replace(final)
