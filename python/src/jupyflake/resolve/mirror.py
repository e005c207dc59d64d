"""Where this machine gets Debian from: its own apt settings, or two environment variables."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import process
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Iterable

MIRROR = "JUPYFLAKE_DEBIAN_MIRROR"
SECURITY_MIRROR = "JUPYFLAKE_DEBIAN_SECURITY_MIRROR"
KEYRING = "JUPYFLAKE_DEBIAN_KEYRING"

_KEYRINGS = ("/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp")
_DISTRIBUTIONS = "(bullseye|bookworm|trixie|forky|duke|sid|oldoldstable|oldstable|stable|testing|unstable)"
_RELEASE = re.compile(rf"^{_DISTRIBUTIONS}(-updates|-backports|-proposed-updates)?$")
_SECURITY_RELEASE = re.compile(rf"^{_DISTRIBUTIONS}(-security|/updates)$")
_FORMAT = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)"


@dataclass(frozen=True)
class Mirror:
    """The roots of the two archives, without a slash at the end, and who signs them."""

    roots: dict[str, str]
    keyring: str | None
    # Whether the security archive is one that the machine names, not a guess.
    security_known: bool

    def url(self, archive: str, path: str) -> str:
        """Give the address of a file in an archive."""
        from urllib.parse import quote  # noqa: PLC0415  (one use)

        return f"{self.roots[archive]}/{quote(path)}"


def find() -> Mirror:
    """Find the machine's mirror."""
    targets = () if os.environ.get(MIRROR) else _targets()
    return choose(targets, dict(os.environ), [path for path in _KEYRINGS if Path(path).is_file()])


def choose(targets: Iterable[tuple[str, str, str]], environment: dict[str, str], keyrings: list[str]) -> Mirror:
    """Choose among the (root, release, signed-by) of the machine's sources; the environment comes first."""
    main: dict[str, list[tuple[str, str]]] = {}
    security: dict[str, list[tuple[str, str]]] = {}
    for root, release, signed_by in targets:
        for found, pattern in ((main, _RELEASE), (security, _SECURITY_RELEASE)):
            if pattern.match(release):
                found.setdefault(root.rstrip("/"), []).append((release, signed_by))
    # Others name their releases as Debian does, but only Debian's mirrors have several of these.
    likely: str = max(main, key=lambda each: len({release for release, _ in main[each]}), default="")
    root = environment.get(MIRROR, "").rstrip("/") or likely
    if not root:
        raise JupyflakeError(
            "JF606",
            "no Debian mirror is known: this machine's apt sources name none",
            hint=f"set {MIRROR} to the address of a Debian mirror",
        )
    known = environment.get(SECURITY_MIRROR, "").rstrip("/") or next(iter(security), "")
    key = next((each for _, each in main.get(root, []) if each.startswith("/") and Path(each).is_file()), None)
    return Mirror(
        roots={"debian": _real(root), "debian-security": _real(known or f"{root}-security")},
        keyring=environment.get(KEYRING) or key or next(iter(keyrings), None),
        security_known=bool(known),
    )


@lru_cache
def settings() -> tuple[tuple[str, str], ...]:
    """Give the machine's own apt settings, as pairs."""
    pairs = []
    for line in process.run(["apt-config", "dump"]).stdout.splitlines():
        match = re.match(r'^(\S+) "(.*)";$', line)
        if match:
            pairs.append((match.group(1), match.group(2)))
    return tuple(pairs)


def settings_or_none() -> tuple[tuple[str, str], ...]:
    """Give the machine's apt settings, none where it has no apt."""
    try:
        return settings()
    except JupyflakeError as error:
        if error.code != "JF601":
            raise
        return ()


def acquire_settings() -> list[tuple[str, str]]:
    """Give those about transport and trust; what is downloaded besides packages is left out."""
    left_out = ("acquire::indextargets", "acquire::languages", "acquire::gzipindexes", "acquire::changelogs")
    return [
        (key, value)
        for key, value in settings()
        if key.lower().startswith("acquire::") and not key.lower().startswith(left_out)
    ]


def _targets() -> tuple[tuple[str, str, str], ...]:
    try:
        completed = process.run(
            ["apt-get", "indextargets", "--no-release-info", "--format", _FORMAT, "Created-By: Packages"]
        )
    except JupyflakeError as error:
        if error.code != "JF601":
            raise
        raise JupyflakeError(
            "JF601",
            "this machine has no apt, so no Debian mirror is known",
            hint=f"set {MIRROR} to the address of a Debian mirror; to lock, use a Debian machine",
        ) from error
    rows = (line.split("|") for line in completed.stdout.splitlines())
    return tuple((row[0], row[1], row[3]) for row in rows if len(row) == 4 and row[2] == "main")  # noqa: PLR2004


def _real(root: str) -> str:
    """Take the first line of a list of mirrors (`mirror+file:`), as cloud images have it."""
    if not root.startswith("mirror+file:"):
        return root
    path = Path(re.sub(r"^mirror\+file:/*", "/", root))
    try:
        lines = path.read_text(encoding="utf-8").split()
    except OSError:
        return root
    return next((line.rstrip("/") for line in lines if "://" in line), root)
