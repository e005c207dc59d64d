"""Reads from artifacts in the store what they say about themselves; what was read once is kept."""

from __future__ import annotations

import concurrent.futures
import json
import os
import posixpath
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake.cache import cache_directory
from jupyflake.errors import JupyflakeError
from jupyflake.exporting import licences
from jupyflake.exporting.components import Said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyflake.console import Console
    from jupyflake.fetch.plan import Artifact

# Raised where what is read from artifacts changes.
_FORMAT = "1"


def read_all(artifacts: Iterable[Artifact], console: Console) -> dict[str, Said]:
    """Read what artifacts say, by SHA-256; raises JF310 for one that cannot be read."""
    directory = cache_directory("said", _FORMAT)
    # Of the bootstrap one member is in the store, which says nothing.
    wanted = [artifact for artifact in artifacts if artifact.member is None and artifact.commit is None]
    known: dict[str, dict[str, object]] = {}
    missing = []
    for artifact in wanted:
        try:
            known[artifact.sha256] = json.loads((directory / artifact.sha256).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            missing.append(artifact)
    if missing:
        with (
            console.progress(len(missing), f"reading what {len(missing)} packages say about themselves") as progress,
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool,
        ):
            for artifact, found in zip(missing, pool.map(_read, missing), strict=True):
                known[artifact.sha256] = found
                _keep(directory / artifact.sha256, found)
                progress.advance()
    # A Debian package may have its documentation in another one, of the same source.
    links = {artifact.source.name: known[artifact.sha256].get("licence") for artifact in wanted if artifact.archive}
    said = {}
    for artifact in wanted:
        values = known[artifact.sha256]
        licence = values.get("licence") or links.get(str(values.get("link")))
        requires = values.get("requires")
        said[artifact.sha256] = Said(
            str(licence) if licence else None,
            tuple(map(str, requires)) if isinstance(requires, list) else (),
        )
    return said


def _keep(path: Path, values: dict[str, object]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent)
    with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  (an open descriptor)
        json.dump(values, file)
    Path(name).replace(path)


def _read(artifact: Artifact) -> dict[str, object]:
    try:
        if artifact.archive is None:
            return _wheel(Path(artifact.store_path))
        return _deb(Path(artifact.store_path), artifact.source.name)
    except (OSError, KeyError, ValueError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise JupyflakeError(
            "JF310",
            f"{artifact.file} cannot be read: {error}",
            hint="run `jupyflake lock --upgrade` for another version",
        ) from error


def _wheel(path: Path) -> dict[str, object]:
    with zipfile.ZipFile(path) as archive:
        name = next(
            name for name in archive.namelist() if name.count("/") == 1 and name.endswith(".dist-info/METADATA")
        )
        text = archive.read(name).decode("utf-8", errors="replace")
    head = text.replace("\r\n", "\n").split("\n\n", 1)[0]
    requires = [line.partition(":")[2].strip() for line in head.split("\n") if line.startswith("Requires-Dist:")]
    return {"licence": licences.of_metadata(text), "requires": requires}


def _deb(path: Path, name: str) -> dict[str, object]:
    from debian.debfile import DebFile  # noqa: PLC0415  (slow to import)

    documents = f"./usr/share/doc/{name}"
    with DebFile(filename=str(path)) as deb, deb.data.tgz() as archive:
        for member in archive:
            if member.name == documents and member.issym():
                return {"link": posixpath.basename(member.linkname.rstrip("/"))}
            if member.name != f"{documents}/copyright":
                continue
            if member.issym() or member.islnk():
                return {"link": posixpath.basename(posixpath.dirname(member.linkname))}
            file = archive.extractfile(member)
            text = file.read().decode("utf-8", errors="replace") if file else ""
            return {"licence": licences.of_copyright(text)}
    return {}
