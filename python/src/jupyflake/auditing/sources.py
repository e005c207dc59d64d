"""Where advisories come from: files, directories, archives and addresses that people name."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from jupyflake.auditing.match import vulnerabilities
from jupyflake.auditing.osv import Database
from jupyflake.cache import cache_directory
from jupyflake.errors import JupyflakeError
from jupyflake.process import redact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyflake.console import Console
    from jupyflake.lock import Lock

VARIABLE = "JUPYFLAKE_ADVISORIES"
_TIMEOUT = (5, 60)
_SUFFIXES = (".json", ".yaml", ".yml")
_CHUNK = 1 << 18


def configured() -> tuple[str, ...]:
    """Give the sources that the environment names, parted by spaces."""
    return tuple(os.environ.get(VARIABLE, "").split())


def known_faults(lock: Lock, console: Console) -> dict[tuple[str, str], tuple[str, ...]] | None:
    """Give the advisories about packages of a lock by name and version; nothing where no source is configured.

    Raises JF252 and JF253 as `load` does.
    """
    sources = configured()
    if not sources:
        return None
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for each in vulnerabilities(lock, load(sources, console)):
        key = (each.package, each.version)
        found[key] = (*found.get(key, ()), each.id)
    return found


def load(sources: Sequence[str], console: Console, *, offline: bool = False) -> Database:
    """Read all sources into one database.

    Raises JF252 for a source that cannot be had, JF253 for one that is not in OSV's format.
    """
    database = Database()
    for source in sources:
        path = _fetched(source, console, offline=offline) if "://" in source else Path(source)
        shown = redact(source)
        before = database.count
        try:
            for name, content in _texts(path):
                for record in _records(content, name):
                    database.add(record)
        except FileNotFoundError as error:
            raise JupyflakeError(
                "JF252", f"{shown}: there is no such file", hint=f"--database, or {VARIABLE}"
            ) from error
        except OSError as error:
            raise JupyflakeError(
                "JF252", f"{shown}: {error.strerror or error}", hint=f"--database, or {VARIABLE}"
            ) from error
        except (ValueError, AttributeError, TypeError, tarfile.TarError, zipfile.BadZipFile) as error:
            raise _not_osv(shown, str(error)) from error
        if database.count == before:
            raise _not_osv(shown, "there is no record in it")
    return database


def _not_osv(shown: str, reason: str) -> JupyflakeError:
    return JupyflakeError(
        "JF253",
        f"{shown} has no advisories in OSV's format: {reason[:200]}",
        hint="a record or a list of records as JSON or YAML, or a zip, tar or directory of such files",
    )


def _texts(path: Path) -> Iterator[tuple[str, bytes]]:
    """Give the records' files of a file, a directory or an archive, by name."""
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.suffix in _SUFFIXES and each.is_file():
                yield each.name, each.read_bytes()
        return
    with path.open("rb") as file:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                for name in archive.namelist():
                    if name.endswith(_SUFFIXES):
                        yield name, archive.read(name)
            return
        file.seek(0)
        tar = _tar(file)
        if tar is None:
            file.seek(0)
            yield path.name, file.read()
            return
        with tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() and member.name.endswith(_SUFFIXES) else None
                if content:
                    yield member.name, content.read()


def _tar(file: IO[bytes]) -> tarfile.TarFile | None:
    try:
        return tarfile.open(fileobj=file)
    except tarfile.TarError:
        return None


def _records(content: bytes, name: str) -> list[dict[str, Any]]:
    if name.endswith((".yaml", ".yml")):
        import yaml  # noqa: PLC0415  (only for such sources)

        try:
            data = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (both are safe)
        except yaml.YAMLError as error:
            raise ValueError(f"{name} is not valid YAML") from error
    else:
        try:
            data = json.loads(content)
        except ValueError as error:
            raise ValueError(f"{name} is not valid JSON") from error
    if isinstance(data, dict):
        data = data.get("vulns", [data])
    if not isinstance(data, list) or not all(isinstance(record, dict) for record in data):
        raise ValueError(f"{name} holds no records")
    return data


# From the network


def _fetched(url: str, console: Console, *, offline: bool) -> Path:
    """Get an address's file; one that has not changed since the last time is not sent again."""
    directory = cache_directory("advisories")
    key = hashlib.sha256(url.encode()).hexdigest()[:32]
    path, tag = directory / key, directory / f"{key}.tag"
    if offline:
        if path.exists():
            return path
        message = f"{redact(url)} has not been fetched yet, and --offline forbids it"
        raise JupyflakeError("JF252", message, hint="audit without --offline once")
    import requests  # noqa: PLC0415  (only for addresses)

    from jupyflake.fetch.credentials import certificates  # noqa: PLC0415

    headers = {}
    if path.exists():
        with contextlib.suppress(OSError):
            headers["If-None-Match"] = tag.read_text(encoding="utf-8")
    try:
        with requests.get(url, headers=headers, timeout=_TIMEOUT, stream=True, verify=certificates()) as response:
            if response.status_code == requests.codes.not_modified:
                return path
            if not response.ok:
                raise JupyflakeError(
                    "JF252", f"{redact(url)} answers {response.status_code} {response.reason}", hint="check the address"
                )
            buffer = io.BytesIO()
            total = int(response.headers.get("Content-Length") or 0)
            with console.progress(total, "getting advisories", bytes=True) as progress:
                for chunk in response.iter_content(_CHUNK):
                    buffer.write(chunk)
                    progress.advance(len(chunk))
            etag = response.headers.get("ETag")
    except requests.RequestException as error:
        raise JupyflakeError(
            "JF252",
            f"{redact(url)} cannot be reached: {_reason(error)}",
            hint=f"check the network, or name a file with --database or {VARIABLE}",
        ) from error
    _keep(path, buffer.getvalue())
    if etag:
        _keep(tag, etag.encode())
    else:
        tag.unlink(missing_ok=True)
    return path


def _reason(error: Exception) -> str:
    text = str(error)
    return "no such host" if "resolve" in text.lower() else redact(type(error).__name__)


def _keep(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)
