"""The Nix store: which paths are there, and adding files whose hash the lock has."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jupyflake import caches, process
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_T = TypeVar("_T")

_BASE32 = "0123456789abcdfghijklmnpqrsvwxyz"
_HASH_BYTES = 20
# Command lines have a limit; a lock may have thousands of artifacts.
_BATCH = 500
_SOCKET = "/nix/var/nix/daemon-socket/socket"


def nix_environment(
    environment: Mapping[str, str] | None = None,
    *,
    offline: bool = False,
    without: Collection[str] = (),
) -> dict[str, str]:
    """Give the environment for every Nix program; the user's own NIX_CONFIG has the first word.

    Only the caches that the user has chosen are asked, but those `without`; offline none.
    """
    found = dict(os.environ if environment is None else environment)
    given = found.get("NIX_CONFIG", "")
    own = {"max-jobs": "auto", **caches.credentials(found)}
    own |= ({} if offline else caches.settings(found, without)) or _without_caches(given, offline=offline)
    if os.geteuid() == 0 and not _has_builders() and not Path(_SOCKET).exists():
        own["build-users-group"] = ""
    lines = ["extra-experimental-features = nix-command flakes"]
    lines += [f"{key} = {value}" for key, value in own.items() if not re.search(rf"^\s*{key}\s*=", given, re.MULTILINE)]
    found["NIX_CONFIG"] = "\n".join([*([given.rstrip("\n")] if given.strip() else []), *lines])
    return found


def _without_caches(given: str, *, offline: bool) -> dict[str, str]:
    """Turn substitution off, where the user does not name caches to Nix."""
    named = re.search(r"^\s*(extra-)?substituters\s*=", given, re.MULTILINE)
    return {} if named and not offline else {"substitute": "false"}


def store_directory() -> str:
    """Give the directory of the store."""
    return os.environ.get("NIX_STORE_DIR") or "/nix/store"


def store_name(file: str) -> str:
    """Give the name that a file has in the store."""
    name = re.sub(r"[^0-9a-zA-Z+._?=-]", "-", file)
    return f"_{name[1:]}" if name.startswith(".") else name


def flat_path(name: str, sha256: str) -> str:
    """Give the store path of a file with this hash."""
    inner = hashlib.sha256(f"fixed:out:sha256:{sha256}:".encode()).hexdigest()
    return _path("output:out", inner, name)


def recursive_path(name: str, nar_sha256: str) -> str:
    """Give the store path of something whose archive has this hash."""
    return _path("source", nar_sha256, name)


def nar_of_executable(data: bytes) -> str:
    """Give the SHA-256 of the Nix archive of one executable file."""
    digest = hashlib.sha256()
    for word in (b"nix-archive-1", b"(", b"type", b"regular", b"executable", b"", b"contents", data, b")"):
        digest.update(_nar_word(word))
    return digest.hexdigest()


def nar(path: Path) -> Iterator[bytes]:
    """Give the Nix archive of a file or directory, piece by piece."""
    yield _nar_word(b"nix-archive-1")
    for word in _nar_node(path):
        yield _nar_word(word)


def nar_of(path: Path) -> str:
    """Give the SHA-256 of the Nix archive of a file or directory."""
    digest = hashlib.sha256()
    for piece in nar(path):
        digest.update(piece)
    return digest.hexdigest()


def restore(archive: Path, target: Path) -> None:
    """Make of a Nix archive what it is of."""
    process.run(["nix-store", "--restore", target], env=nix_environment(), input=archive.read_bytes())


def _nar_node(path: Path) -> Iterator[bytes]:
    yield from (b"(", b"type")
    if path.is_symlink():
        yield from (b"symlink", b"target", os.fsencode(path.readlink()))
    elif path.is_dir():
        yield b"directory"
        for entry in sorted(path.iterdir(), key=lambda each: os.fsencode(each.name)):
            yield from (b"entry", b"(", b"name", os.fsencode(entry.name), b"node")
            yield from _nar_node(entry)
            yield b")"
    else:
        yield b"regular"
        if path.stat().st_mode & 0o100:
            yield from (b"executable", b"")
        yield from (b"contents", path.read_bytes())
    yield b")"


def _nar_word(word: bytes) -> bytes:
    return len(word).to_bytes(8, "little") + word + bytes(-len(word) % 8)


def missing(paths: Iterable[str]) -> frozenset[str]:
    """Give those of the paths that the store does not have."""
    invalid: set[str] = set()
    for batch in _batches(sorted(set(paths))):
        invalid.update(_nix_store("--check-validity", "--print-invalid", *batch).split())
    return frozenset(invalid)


def add_flat(files: Sequence[Path]) -> list[str]:
    """Add files under their own names and give their paths, in the same order."""
    return _add(["--add-fixed", "sha256"], files)


def add_recursive(files: Sequence[Path]) -> list[str]:
    """Add files with their executable bit."""
    return _add(["--recursive", "--add-fixed", "sha256"], files)


def _add(command: list[str], files: Sequence[Path]) -> list[str]:
    paths: list[str] = []
    for batch in _batches(files):
        paths += _nix_store(*command, *map(str, batch)).split()
    return paths


def _nix_store(*arguments: str) -> str:
    try:
        return process.run(["nix-store", *arguments], env=nix_environment()).stdout
    except process.ProcessFailed as error:
        raise _explained(error) from error


def _explained(error: process.ProcessFailed) -> JupyflakeError:
    text = error.stderr
    if "No space left on device" in text or "database or disk is full" in text:
        return JupyflakeError(
            "JF604",
            f"the disk is full: nix-store could not write to {store_directory()}",
            hint="free some space (`nix-collect-garbage`), then run the command again",
        )
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    reason = process.redact(re.sub(r"^error:\s*", "", lines[-1])) if lines else f"exit code {error.returncode}"
    if "ermission denied" in text:
        return JupyflakeError(
            "JF607",
            f"the Nix store cannot be used: {reason}",
            hint="start the nix daemon and join its group (`sudo usermod -aG nix-users $USER`), then log in again",
        )
    return JupyflakeError("JF607", f"nix-store failed: {reason}", hint="run again with --verbose to see the command")


def _path(kind: str, inner: str, name: str) -> str:
    directory = store_directory()
    digest = hashlib.sha256(f"{kind}:sha256:{inner}:{directory}:{name}".encode()).digest()
    folded = bytearray(_HASH_BYTES)
    for index, byte in enumerate(digest):
        folded[index % _HASH_BYTES] ^= byte
    return f"{directory}/{_base32(bytes(folded))}-{name}"


def _base32(data: bytes) -> str:
    number = int.from_bytes(data, "little")
    length = (len(data) * 8 + 4) // 5
    return "".join(_BASE32[number >> 5 * position & 31] for position in reversed(range(length)))


def _has_builders() -> bool:
    import grp  # noqa: PLC0415  (one use)

    try:
        return bool(grp.getgrnam("nixbld").gr_mem)
    except KeyError:
        return False


def _batches(items: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
