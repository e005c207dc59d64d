"""What Nix' log tells of other machines: caches that it takes from, and machines that build for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.process import redact

if TYPE_CHECKING:
    from jupyflake.console import Console

_STORE_PATH = r"'?/\S+?/[0-9a-z]{32}-(?P<name>[^\s']+)'?"

# Nix' wordings, from 2.8 to today's.
_UNSIGNED = (
    re.compile(rf"substitute for {_STORE_PATH} from '[^']+'.*not signed by any of the keys"),
    re.compile(rf"substituter '[^']+' does not have a valid signature for path {_STORE_PATH}"),
    re.compile(rf"cannot add path {_STORE_PATH} because it lacks a (?:valid )?signature"),
)
_UNREACHABLE = re.compile(r"unable to download '([^']+)/(?:nix-cache-info|[0-9a-z]{32}\.narinfo)': ([^;\n]+)")
_NO_CACHE = re.compile(r"'([^']+)' does not appear to be a binary cache")
# Nix says the same of a server that wants credentials.
_NOTHING_THERE = "there is no binary cache at this address, or it wants other credentials"
_OTHER_PREFIX = re.compile(r"binary cache '([^']+)' is for Nix stores with prefix '([^']+)', not '([^']+)'")
_LEFT_OUT = re.compile(
    r"ignoring (?:untrusted substituter '|the (?:user|client)-specified setting '(?:extra-)?substituters')"
)
_KEYS_LEFT_OUT = re.compile(r"ignoring the (?:user|client)-specified setting '(?:extra-)?trusted-public-keys'")
_BROKEN = (
    re.compile(rf"hash mismatch importing path {_STORE_PATH}"),
    re.compile(r"file '(nar/[^']+)' does not exist in binary cache"),
    re.compile(r"some substitutes for the outputs of derivation '[^']*/[0-9a-z]{32}-([^']+)\.drv' failed"),
)
_NO_BUILDER = re.compile(r"cannot build on '([^']+)': (?:error: )?(.+)")
_BAD_BUILDER = re.compile(r"bad machine specification: (.+)")
_NO_BUILD = re.compile(r"unable to start any build|Failed to find a machine for remote build")


@dataclass
class Remotes:
    """What has been told so far; each cache and machine is kept with the first reason."""

    unreachable: dict[str, str] = field(default_factory=dict)
    _unsigned: dict[str, None] = field(default_factory=dict)
    _left_out: bool = False
    _keys_left_out: bool = False
    _broken: list[str] = field(default_factory=list)
    _builders: dict[str, str] = field(default_factory=dict)
    _bad_builder: str | None = None
    _no_build: bool = False

    def feed(self, text: str) -> None:
        """Take one message of Nix, without colours."""
        if (found := _UNREACHABLE.search(text)) and "retrying" not in text:
            self.unreachable.setdefault(found[1], redact(found[2].strip()))
        elif found := _NO_CACHE.search(text):
            self.unreachable.setdefault(found[1].rstrip("/"), _NOTHING_THERE)
        elif found := _OTHER_PREFIX.search(text):
            self.unreachable.setdefault(found[1].rstrip("/"), f"it is for stores in {found[2]}, and this is {found[3]}")
        elif any(pattern.search(text) for pattern in _UNSIGNED):
            self._unsigned[next(each["name"] for pattern in _UNSIGNED if (each := pattern.search(text)))] = None
        elif _LEFT_OUT.search(text):
            self._left_out = True
        elif _KEYS_LEFT_OUT.search(text):
            self._keys_left_out = True
        elif found := next((each for pattern in _BROKEN if (each := pattern.search(text))), None):
            self._broken.append(found[1])
        elif found := _BAD_BUILDER.search(text):
            self._bad_builder = redact(found[1])
        elif found := _NO_BUILDER.search(text):
            self._builders.setdefault(redact(found[1]), redact(found[2].strip().splitlines()[-1]))
        self._no_build = self._no_build or bool(_NO_BUILD.search(text))

    def warn(self, console: Console) -> None:
        """Tell what did not prevent the result."""
        for url, reason in self.unreachable.items():
            console.warn(f"the cache {redact(url)} is left out: {reason}")
        if self._unsigned:
            console.warn(self._refused())
        if self._left_out:
            console.warn(
                "the Nix daemon lets only trusted users choose caches, so they are left out: an administrator can add "
                "them to trusted-substituters and trusted-public-keys in /etc/nix/nix.conf"
            )
        for uri, reason in self._builders.items():
            console.warn(f"the builder {uri} was left out: {reason}")

    def cache_error(self) -> JupyflakeError | None:
        """Say why what a cache was to give is not there."""
        if self._unsigned and self._keys_left_out:
            return JupyflakeError(
                "JF412",
                "the Nix daemon lets only trusted users trust keys, so nothing was taken from the cache",
                hint="have an administrator add the key to trusted-public-keys in /etc/nix/nix.conf, "
                "or `jupyflake cache remove URL` to build here",
            )
        if self._unsigned:
            return JupyflakeError(
                "JF412",
                self._refused(),
                hint="jupyflake cache use URL --public-key KEY with the key of who fills the cache, "
                "or `jupyflake cache remove URL` to build here",
            )
        if self._broken:
            return JupyflakeError(
                "JF413",
                f"the cache does not give {self._broken[0]} as it was announced",
                hint="jupyflake cache remove URL to build here, and tell who fills the cache",
            )
        return None

    def builder_error(self) -> JupyflakeError | None:
        """Say why no machine builds."""
        if self._bad_builder:
            return JupyflakeError(
                "JF415",
                f"--builders is not understood: {self._bad_builder}",
                hint='--builders "ssh://user@host x86_64-linux"',
                exit_code=2,
            )
        if self._builders:
            uri, reason = next(iter(self._builders.items()))
            return JupyflakeError(
                "JF415",
                f"the builder {uri} cannot be used: {reason}",
                hint=f"nix store ping --store {uri} until that works (NIX_SSHOPTS has options for ssh)",
            )
        if self._no_build:
            return JupyflakeError(
                "JF415",
                "no machine may build: this one has --max-jobs 0, and no builder fits",
                hint='--builders "ssh://user@host SYSTEM" for this system, or leave out --max-jobs 0',
            )
        return None

    def _refused(self) -> str:
        first, *others = self._unsigned
        also = f" (and {len(others)} more)" if others else ""
        return f"{first}{also} in the cache is not signed by a key that is trusted here, so it was not taken"
