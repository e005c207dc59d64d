"""Binary caches: which ones the user trusts, and what Nix is told of them.

They are remembered for the user, not for a project: the Nix store is one, so what is taken from a cache for one project
serves all of them, and a project from elsewhere must not be able to bring a key that is trusted here.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

FILE_NAME = "config.toml"
_KEY = re.compile(r"([^\s:]+):([A-Za-z0-9+/]+=*)")
_PUBLIC_BYTES, _SECRET_BYTES = 32, 64
_SECONDS_TO_CONNECT = 5


@dataclass(frozen=True, slots=True)
class Cache:
    """A binary cache, and the keys whose signatures on it are trusted."""

    url: str
    public_keys: tuple[str, ...]

    @property
    def key_names(self) -> str:
        """The names of the keys, for people."""
        return ", ".join(key.split(":", 1)[0] for key in self.public_keys)


def configuration_directory(environment: Mapping[str, str] | None = None) -> Path | None:
    """Give the directory of the user's own settings, which may be missing."""
    found = os.environ if environment is None else environment
    if own := found.get("JUPYFLAKE_CONFIG_DIR"):
        return Path(own)
    # A relative XDG_CONFIG_HOME is to be ignored, says its specification.
    if (shared := found.get("XDG_CONFIG_HOME", "")).startswith("/"):
        return Path(shared) / "jupyflake"
    return Path(found["HOME"]) / ".config" / "jupyflake" if found.get("HOME") else None


def require_directory() -> Path:
    """Give the directory of the user's own settings, or say that there is none."""
    directory = configuration_directory()
    if directory is None:
        raise JupyflakeError(
            "JF604",
            "there is no place for settings: HOME is not set",
            hint="set JUPYFLAKE_CONFIG_DIR to a directory that you may write to",
        )
    return directory


def remembered(environment: Mapping[str, str] | None = None) -> tuple[Cache, ...]:
    """Read the caches that the user trusts."""
    directory = configuration_directory(environment)
    path = directory / FILE_NAME if directory else None
    if path is None or not path.is_file():
        return ()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    return tuple(_cache(path, entry) for entry in _entries(path, data))


def remember(cache: Cache) -> None:
    """Add a cache to the user's settings; one of the same address is replaced."""
    _write([*(each for each in remembered() if each.url != cache.url), cache])


def forget(url: str) -> bool:
    """Remove a cache from the user's settings, and tell whether it was there."""
    before = remembered()
    left = [each for each in before if each.url != url]
    if len(left) == len(before):
        return False
    _write(left)
    return True


def settings(environment: Mapping[str, str], without: Collection[str] = ()) -> dict[str, str]:
    """Give the Nix settings for the caches that the user trusts; none where there are none."""
    known = [cache for cache in remembered(environment) if cache.url not in without]
    if not known:
        return {}
    own = re.search(r"^\s*(extra-)?substituters\s*=", environment.get("NIX_CONFIG", ""), re.MULTILINE)
    keys = dict.fromkeys(key for cache in known for key in cache.public_keys)
    return {
        "substitute": "true",
        "extra-substituters" if own else "substituters": " ".join(cache.url for cache in known),
        "extra-trusted-public-keys": " ".join(keys),
        "connect-timeout": str(_SECONDS_TO_CONNECT),
        # What a cache has, and who signed it, may have changed since it was last asked.
        "narinfo-cache-negative-ttl": "0",
        "narinfo-cache-positive-ttl": "0",
    }


def credentials(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the Nix setting for the user's logins, which Nix does not look for at home."""
    netrc = Path(environment.get("HOME") or "/nowhere") / ".netrc"
    return {"netrc-file": str(netrc)} if netrc.is_file() else {}


def check_url(url: str) -> str:
    """Give an address as it is remembered, or say what is wrong with it."""
    parts = urlsplit(url)
    if not parts.scheme:
        hint = f"file://{Path(url).absolute()}" if "/" in url and not url[0].isalnum() else f"https://{url}"
        raise JupyflakeError("JF100", f'"{url}" is not the address of a binary cache', hint=hint, exit_code=2)
    if re.search(r"\s", url):
        raise JupyflakeError(
            "JF100", "the address of a binary cache has no spaces", hint="write %20 for a space", exit_code=2
        )
    if parts.password is not None:
        raise JupyflakeError(
            "JF100",
            "a password in the address of a cache would be shown to other users of this machine",
            hint="put it into ~/.netrc, and leave it out of the address",
            exit_code=2,
        )
    return url.rstrip("/")


def check_public_key(key: str) -> str:
    """Give a key as it is remembered, or say what is wrong with it; a secret key is not repeated."""
    match = _KEY.fullmatch(key.strip())
    size = _size(match[2]) if match else None
    if size == _SECRET_BYTES:
        raise JupyflakeError(
            "JF414",
            "this is a secret key, which must not be given away",
            hint="the public one: nix key convert-secret-to-public < FILE",
            exit_code=2,
        )
    if size != _PUBLIC_BYTES:
        raise JupyflakeError(
            "JF414",
            f'"{key.strip()[:80]}" is not a public key: it is a name, a colon and {_PUBLIC_BYTES} bytes in Base64',
            hint="ask for what `jupyflake cache key NAME` has printed where the cache is filled",
            exit_code=2,
        )
    return key.strip()


def _size(text: str) -> int | None:
    try:
        return len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return None


def _entries(path: Path, data: Mapping[str, Any]) -> list[Any]:
    if unknown := sorted(data.keys() - {"caches"}):
        raise _unreadable(path, f'unknown key "{unknown[0]}"; only [[caches]] may stand here')
    entries = data.get("caches", [])
    if not isinstance(entries, list):
        raise _unreadable(path, '"caches" is written [[caches]]')
    return entries


def _cache(path: Path, entry: Any) -> Cache:
    if not isinstance(entry, dict) or entry.keys() != {"url", "public-keys"}:
        raise _unreadable(path, 'each of [[caches]] has "url" and "public-keys", and nothing else')
    url, keys = entry["url"], entry["public-keys"]
    if not isinstance(url, str) or not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise _unreadable(path, '"url" is a string and "public-keys" a list of strings')
    try:
        return Cache(check_url(url), tuple(check_public_key(key) for key in keys))
    except JupyflakeError as error:
        raise _unreadable(path, error.message) from error


def _write(caches: Sequence[Cache]) -> None:
    """Replace the list of caches; comments before it stay."""
    import tomlkit  # noqa: PLC0415  (reading needs none of it)

    from jupyflake.edits import write_together  # noqa: PLC0415

    directory = require_directory()
    path = directory / FILE_NAME
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.is_file() else tomlkit.document()
    document.pop("caches", None)
    if caches:
        tables = tomlkit.aot()
        for cache in caches:
            table = tomlkit.table()
            table["url"] = cache.url
            table["public-keys"] = list(cache.public_keys)
            tables.append(table)
        document["caches"] = tables
    make_private(directory)
    write_together({path: tomlkit.dumps(document)})


def make_private(directory: Path) -> None:
    """Make a directory for settings and keys, which only the user may read, if it is not there."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise JupyflakeError(
            "JF604",
            f"{directory} cannot be made: {error.strerror}",
            hint="set JUPYFLAKE_CONFIG_DIR to a directory that you may write to",
        ) from error


def _unreadable(path: Path, reason: str) -> JupyflakeError:
    return JupyflakeError(
        "JF608",
        reason.splitlines()[0],
        where=str(path),
        hint="correct the file, or remove it and use `jupyflake cache use` again",
    )
