"""Nix' own commands around binary caches: looking, copying, signing, making keys."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from jupyflake import process
from jupyflake.errors import JupyflakeError
from jupyflake.remotes import Remotes
from jupyflake.store import nix_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyflake.console import Console

# Stores that are made of files: Nix signs what it writes there.
_FILES = ("file", "http", "https", "s3")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PATHS_AT_ONCE = 500


def look(url: str) -> None:
    """Make sure that there is a cache at an address."""
    parts = urlsplit(url)
    # Nix makes a directory that is not there.
    if parts.scheme == "file" and not (Path(unquote(parts.path)) / "nix-cache-info").is_file():
        raise _unusable(url, "there is no binary cache in this directory")
    _nix(url, "store", "ping", "--store", url)


def make_key(name: str, path: Path) -> str:
    """Make a pair of keys; the secret one goes into a new file that only the user can read, the public one is given."""
    if not _NAME.fullmatch(name):
        raise JupyflakeError(
            "JF414",
            f'"{name}" cannot be the name of a key: it has other characters than letters, digits and . _ -',
            hint="jupyflake cache key team-1",
            exit_code=2,
        )
    secret = _nix("", "key", "generate-secret", "--key-name", name).strip()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise JupyflakeError(
            "JF414",
            f"{path} is there already, and a key that is lost cannot be made again",
            hint=f"another name, or --output FILE; its public key: nix key convert-secret-to-public < {path}",
        ) from error
    except OSError as error:
        raise JupyflakeError(
            "JF414", f"{path} cannot be written: {error.strerror}", hint="--output FILE where you may write"
        ) from error
    with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  (an open descriptor)
        file.write(secret)
    return public_key(path)


def public_key(path: Path) -> str:
    """Give the public key for a file with a secret one."""
    try:
        secret = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text"
        raise JupyflakeError(
            "JF414", f"the secret key {path} cannot be read: {reason}", hint="jupyflake cache key NAME makes one"
        ) from error
    try:
        return process.run(
            ["nix", "key", "convert-secret-to-public"], env=nix_environment(offline=True), input=secret
        ).stdout.strip()
    except process.ProcessFailed as error:
        raise JupyflakeError(
            "JF414", f"{path} does not hold a secret key", hint="jupyflake cache key NAME makes one"
        ) from error


def push(url: str, paths: Sequence[str], secret_key: Path | None, console: Console) -> None:
    """Copy paths with all that they need, signed if there is a key."""
    sign: Sequence[str] = ()
    target = url
    if secret_key is not None:
        sign = ("store", "sign", "--recursive", "--key-file", str(secret_key.absolute()))
        if urlsplit(url).scheme in _FILES:
            # Signed on the way, so that nothing is there without a signature, and this machine's store stays as it is.
            target += f"{'&' if urlsplit(url).query else '?'}secret-key={quote(str(secret_key.absolute()))}"
    with console.progress(0, f"copying to {process.redact(url)}") as progress:

        def tell(line: str) -> None:
            if found := re.match(r"copying path '\S+/[0-9a-z]{32}-([^']+)'", line):
                progress.describe(f"copying {found[1][:40]}")
            console.detail(line)

        for start in range(0, len(paths), _PATHS_AT_ONCE):
            batch = paths[start : start + _PATHS_AT_ONCE]
            if sign and target == url:
                # Other stores look at signatures before they take something.
                _nix(url, *sign, *batch)
            _nix(url, "copy", "--to", target, *batch, on_line=tell)
            # What was there before has no signature yet; only Nix' old protocol cannot add it.
            if sign and urlsplit(url).scheme != "ssh":
                _nix(url, *sign, "--store", url, *batch)


def _nix(url: str, *arguments: str, on_line: Callable[[str], None] | None = None) -> str:
    try:
        return process.run(["nix", *arguments], env=nix_environment(offline=True), on_line=on_line).stdout
    except process.ProcessFailed as error:
        raise _explained(url, error) from error


def _explained(url: str, error: process.ProcessFailed) -> JupyflakeError:
    remotes = Remotes()
    for line in error.stderr.splitlines():
        remotes.feed(line)
    told = [line for line in error.stderr.splitlines() if line.startswith("error:")] or [
        line for line in error.stderr.splitlines() if line.strip()
    ]
    last = re.sub(r"^(\s*error:)+\s*", "", told[-1]) if told else f"exit code {error.returncode}"
    reason = next(iter(remotes.unreachable.values()), process.redact(last.strip()))
    if "not privileged" in error.stderr:
        return JupyflakeError(
            "JF414",
            "the Nix daemon does not let this user sign what is in the store",
            hint="the same command as root, or as one of trusted-users in /etc/nix/nix.conf",
        )
    if "secret key" in reason or "key file" in reason:
        return JupyflakeError(
            "JF414", f"the secret key is not usable: {reason}", hint="jupyflake cache key NAME makes one"
        )
    if refused := remotes.cache_error():
        return JupyflakeError(
            "JF411",
            f"{process.redact(url)} refuses what is not signed: {refused.message}",
            hint="--secret-key FILE with a key that it trusts",
        )
    return _unusable(url, reason)


def _unusable(url: str, reason: str) -> JupyflakeError:
    if re.search(r"HTTP error 40[13]|credentials", reason):
        hint = "check the address; credentials for its host go into ~/.netrc"
    elif re.search(r"HTTP error (405|501)|upload", reason):
        hint = "push to the directory that the server shows, as file:///…, or to ssh://user@host"
    elif "don't know how to open" in reason:
        hint = "an address that begins with https://, s3://, ssh:// or file://"
    else:
        hint = f"nix store ping --store {process.redact(url)} until that works"
    return JupyflakeError("JF411", f"the cache {process.redact(url)} cannot be used: {reason}", hint=hint)
