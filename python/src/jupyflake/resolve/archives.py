"""Source distributions: unpacked for a look into them."""

from __future__ import annotations

import contextlib
import posixpath
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def unpacked(path: Path, file: str, where: str) -> Iterator[Path]:
    """Give the one directory of a source distribution; raises JF292 for what is none."""
    with tempfile.TemporaryDirectory(prefix="jupyflake-sdist-") as directory:
        try:
            if file.endswith(".zip"):
                with zipfile.ZipFile(path) as archive:
                    archive.extractall(directory)  # noqa: S202  (it takes the `..` out of names)
            else:
                with tarfile.open(path) as tar:
                    _extract(tar, directory)
        except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
            message = f"{where}: {file} cannot be unpacked: {error}"
            raise JupyflakeError("JF292", message, hint="copy it again") from error
        entries = list(Path(directory).iterdir())
        if len(entries) != 1 or not entries[0].is_dir():
            message = f"{where}: {file} has not one directory at its top, so it is no source distribution"
            raise JupyflakeError("JF292", message, hint="a file that `python -m build --sdist` has made")
        yield entries[0]


def _extract(archive: tarfile.TarFile, target: str) -> None:
    """Unpack; paths and links that lead outside, and devices, are refused."""
    if hasattr(tarfile, "data_filter"):
        archive.extractall(target, filter="data")
        return
    # The Python that Debian's bookworm came with has no filters.
    for member in archive.getmembers():
        ends = [member.name, member.linkname] if member.islnk() else [member.name]
        if member.issym():
            ends.append(posixpath.join(posixpath.dirname(member.name), member.linkname))
        if member.isdev() or any(_leads_outside(end) for end in ends):
            message = f"{member.name} leads outside, or is a device"
            raise tarfile.TarError(message)
    archive.extractall(target)  # noqa: S202  (what the filter would refuse is refused above)


def _leads_outside(path: str) -> bool:
    return f"{posixpath.normpath(path)}/".startswith(("/", "../"))
