"""One member of a deb or a wheel, without dpkg and without unpacking the rest."""

from __future__ import annotations

import posixpath
import zipfile
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from pathlib import Path


def find_member(archive: Path, name: str) -> str:
    """Find the one executable of this name: where it stands differs between suites and versions."""
    members = [member for member in _list(archive) if posixpath.basename(member) == name]
    wanted = [member for member in members if posixpath.basename(posixpath.dirname(member)) in {"bin", "scripts"}]
    if len(wanted) != 1:
        raise JupyflakeError(
            "JF310",
            f"{archive.name} has {len(wanted) or 'no'} programs called {name}",
            hint="run `jupyflake lock --upgrade` for another version",
        )
    return wanted[0]


def read_member(archive: Path, member: str) -> bytes:
    """Read one member."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        from debian.debfile import DebFile  # noqa: PLC0415  (only for the bootstrap)

        with DebFile(str(archive)) as deb:
            return bytes(deb.data.get_content(f"./{member}") or b"")
    except (KeyError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise JupyflakeError(
            "JF310",
            f"{archive.name} has no readable {member}",
            hint="run `jupyflake lock --upgrade` for another version",
        ) from error


def _list(archive: Path) -> list[str]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.namelist()
    from debian.debfile import DebFile  # noqa: PLC0415  (only for the bootstrap)

    with DebFile(str(archive)) as deb:
        return [member.name.removeprefix("./") for member in deb.data.tgz().getmembers() if member.isfile()]
