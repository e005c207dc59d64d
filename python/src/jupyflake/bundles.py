"""Bundles: one file with a project's manifest, its lock and all artifacts of it, for machines without a network.

A bundle is an uncompressed tar: what is in it is compressed already. The first member names the format and the
systems, then come jupyter.toml and jupyter.lock, then the artifacts under the names that they have in the store. The
same lock gives the same bytes. Whoever uses one checks each artifact against the lock, never against the bundle.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jupyflake import store
from jupyflake.cache import cache_directory
from jupyflake.errors import JupyflakeError
from jupyflake.flake import NIXPKGS
from jupyflake.manifest.model import FILE_NAME
from jupyflake.project import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyflake.console import Console, Progress
    from jupyflake.fetch.plan import Artifact
    from jupyflake.lock import Lock

FORMAT = 1
_HEAD = "jupyflake-bundle.json"
_ARTIFACTS = "artifacts/"
_CHUNK = 1 << 20
# So much is taken out of a bundle before it is put into the store, and removed.
_BATCH = 256 << 20
_LARGEST_TEXT = 64 << 20
_AGAIN = "copy the bundle again, or make it anew with `jupyflake bundle create`"


@dataclass(frozen=True, slots=True)
class Head:
    """What a bundle says of itself, with the two texts."""

    systems: tuple[str, ...]
    manifest: str
    lock: str


@dataclass(slots=True)
class Used:
    """What was taken from a bundle."""

    head: Head
    sha256: str
    added: list[str] = field(default_factory=list)


def require_complete(lock: Lock) -> None:
    """Refuse a lock whose environments need more than the artifacts that it names; raises JF350."""
    names = [name for name, environment in lock.environments.items() if environment.base == NIXPKGS]
    if names:
        raise JupyflakeError(
            "JF350",
            f"{', '.join(names)}: on nixpkgs, whose packages Nix gets by itself, so a bundle would not be enough",
            hint="jupyflake cache push file:///… --artifacts, and carry that directory",
        )


def create(
    target: Path, manifest: str, lock_text: str, artifacts: Mapping[str, Sequence[Artifact]], console: Console
) -> str:
    """Write a bundle of artifacts that are in the store, by system; gives its SHA-256.

    Raises JF604 where the file cannot be written; it is then not there.
    """
    paths = {each.store_path: each for system in artifacts for each in artifacts[system]}
    total = sum(Path(path).stat().st_size for path in paths)
    head = json.dumps({"format": FORMAT, "systems": sorted(artifacts)}).encode() + b"\n"
    temporary: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            temporary = Path(file.name)
            counted = _Hashed(file)
            with (
                console.progress(total, f"bundling {len(paths)} files, {total / 1e6:.1f} MB", bytes=True) as progress,
                tarfile.open(fileobj=counted, mode="w|", format=tarfile.PAX_FORMAT) as archive,
            ):
                for name, text in ((_HEAD, head), (FILE_NAME, manifest.encode()), (LOCK_NAME, lock_text.encode())):
                    archive.addfile(_member(name, len(text)), io.BytesIO(text))
                for path in sorted(paths):
                    with _content(paths[path]) as content:
                        size = content.seek(0, io.SEEK_END)
                        content.seek(0)
                        archive.addfile(_member(f"{_ARTIFACTS}{Path(path).name}", size), content)
                    progress.advance(size)
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as error:
        raise JupyflakeError(
            "JF604",
            f"the bundle cannot be written to {target}: {error.strerror}",
            hint="--output with a place that has space and may be written to",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return counted.digest.hexdigest()


@contextlib.contextmanager
def _content(artifact: Artifact) -> Iterator[IO[bytes]]:
    """Open what the store has; the files of a commit are one Nix archive, whose hash is what the lock has."""
    path = Path(artifact.store_path)
    if artifact.commit is None:
        with path.open("rb") as content:
            yield content
        return
    with tempfile.TemporaryFile() as archive:
        for piece in store.nar(path):
            archive.write(piece)
        yield archive


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o644
    return member


class _Hashed(io.RawIOBase):
    """A file whose content is hashed while it is written or read."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:  # type: ignore[override]  # (a buffer of any kind, says the base class)
        self.digest.update(data)
        return self._file.write(data)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data

    def finish(self) -> str:
        """Read to the end and give the hash of all."""
        while self.read(_CHUNK):
            pass
        return self.digest.hexdigest()


def read_head(path: Path) -> Head:
    """Read what a bundle says of itself; raises JF351 where it is none, JF204 where it is a newer one's."""
    with _opened(path) as (archive, _):
        return _head(archive, path)


def use(path: Path, lock: Lock, system: str, console: Console, *, sha256: str | None = None) -> Used:
    """Put into the store what a lock names for a system and the store lacks; each file is checked before.

    Raises JF351 for a broken bundle, JF352 for a file that is not the lock's, JF353 where the bundle has not all.
    """
    from jupyflake.fetch.plan import artifacts  # noqa: PLC0415  (only where a bundle is used)

    by_name = {Path(each.store_path).name: each for each in artifacts(lock, system)}
    lacking = store.missing(each.store_path for each in by_name.values())
    wanted = {name: each for name, each in by_name.items() if each.store_path in lacking}
    total = path.stat().st_size if path.is_file() else 0
    with (
        console.progress(total, f"reading {path.name}, {total / 1e6:.1f} MB", bytes=True) as progress,
        tempfile.TemporaryDirectory(dir=cache_directory("bundle")) as directory,
        _opened(path) as (archive, hashed),
    ):
        used = Used(_head(archive, path), "")
        for batch in _batches(archive, wanted, Path(directory), progress):
            used.added += _add(batch)
        used.sha256 = hashed.finish()
    if sha256 is not None and used.sha256 != sha256.lower():
        raise JupyflakeError("JF352", f"{path.name} has the SHA-256 {used.sha256}, not {sha256}", hint=_AGAIN)
    left = sorted(lacking - set(used.added))
    if left:
        raise JupyflakeError(
            "JF353",
            f"{path.name} has not all that jupyter.lock names for {system}: {len(left)} files are missing,"
            f" such as {by_name[Path(left[0]).name].file}",
            hint=f"jupyflake bundle create --system {system}, in a project with this jupyter.lock",
        )
    return used


class _opened:  # noqa: N801  (used as a function)
    """Open a bundle as a stream; what tarfile says of a broken one becomes our error."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> tuple[tarfile.TarFile, _Hashed]:
        try:
            self._file = self._path.open("rb")
        except OSError as error:
            raise JupyflakeError(
                "JF351", f"{self._path} cannot be read: {error.strerror}", hint="name the file of `bundle create`"
            ) from error
        hashed = _Hashed(self._file)
        try:
            self._archive = tarfile.open(fileobj=hashed, mode="r|")
        except tarfile.TarError as error:
            self._file.close()
            raise _no_bundle(self._path) from error
        return self._archive, hashed

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self._archive.close()
        self._file.close()
        if isinstance(error, tarfile.TarError | EOFError):
            raise JupyflakeError("JF351", f"{self._path.name} ends early or is broken: {error}", hint=_AGAIN) from error


def _no_bundle(path: Path) -> JupyflakeError:
    return JupyflakeError("JF351", f"{path.name} is no bundle of jupyflake", hint="name the file of `bundle create`")


def _head(archive: tarfile.TarFile, path: Path) -> Head:
    texts: dict[str, str] = {}
    for name in (_HEAD, FILE_NAME, LOCK_NAME):
        member = archive.next()
        file = archive.extractfile(member) if member and member.isfile() and member.size <= _LARGEST_TEXT else None
        if member is None or member.name != name or file is None:
            raise _no_bundle(path)
        try:
            texts[name] = file.read().decode()
        except UnicodeDecodeError as error:
            raise _no_bundle(path) from error
    try:
        head = json.loads(texts[_HEAD])
        version, systems = int(head["format"]), tuple(map(str, head["systems"]))
    except (ValueError, KeyError, TypeError) as error:
        raise _no_bundle(path) from error
    if version > FORMAT:
        raise JupyflakeError(
            "JF204",
            f"{path.name} has format {version}; this jupyflake reads format {FORMAT}",
            hint="update jupyflake on this machine",
        )
    return Head(systems, texts[FILE_NAME], texts[LOCK_NAME])


Batch = list[tuple["Artifact", Path]]


def _batches(
    archive: tarfile.TarFile, wanted: Mapping[str, Artifact], directory: Path, progress: Progress
) -> Iterator[Batch]:
    """Take the wanted files out, a number at a time; they are removed when the next ones are asked for."""
    batch: Batch = []
    size = 0
    for member in archive:
        artifact = wanted.get(member.name.removeprefix(_ARTIFACTS)) if member.isfile() else None
        content = archive.extractfile(member) if artifact else None
        if artifact and content:
            # Files of different content may have one name.
            target = directory / artifact.sha256 / artifact.name
            target.parent.mkdir(exist_ok=True)
            _extract(content, target, artifact)
            batch.append((artifact, target))
            size += member.size
        progress.advance(member.size)
        if size > _BATCH:
            yield batch
            for _, path in batch:
                shutil.rmtree(path.parent)
            batch, size = [], 0
    if batch:
        yield batch


def _extract(content: IO[bytes], target: Path, artifact: Artifact) -> None:
    digest = hashlib.sha256()
    try:
        with target.open("wb") as file:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
    except OSError as error:
        raise JupyflakeError(
            "JF604", f"{target.parent} cannot be written: {error.strerror}", hint="free some space, then run it again"
        ) from error
    if artifact.member:
        # Of these one executable file is in the store; its Nix archive's hash is what the lock has.
        target.chmod(0o755)
        right = store.recursive_path(artifact.name, store.nar_of_executable(target.read_bytes())) == artifact.store_path
    else:
        right = digest.hexdigest() == artifact.sha256
    if not right:
        raise JupyflakeError(
            "JF352", f"{artifact.file} in the bundle is not the file that jupyter.lock has", hint=_AGAIN
        )


def _add(batch: Batch) -> list[str]:
    flat = [path for artifact, path in batch if not artifact.member and not artifact.commit]
    executables = [path for artifact, path in batch if artifact.member]
    trees = []
    for artifact, path in batch:
        if artifact.commit:
            trees.append(path.with_name("tree") / artifact.name)
            trees[-1].parent.mkdir()
            store.restore(path, trees[-1])
    added = store.add_flat(flat) if flat else []
    whole = [*executables, *trees]
    return added + (store.add_recursive(whole) if whole else [])
