"""What registries, engines and hubs say of themselves: the digest of an image that was pushed, the version of a hub."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyflake import process, pushing
from jupyflake.engine import ENGINES
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from jupyflake.hub import Reference

_TIMEOUT = 30
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_VERSION = re.compile(r"\d+(\.\w+)*")


def pin(reference: Reference, *, plain: bool = False) -> tuple[Reference, str]:
    """Give the reference with its digest: its registry's, or what an engine remembers of a push.

    Where nobody tells, the reference comes back as it is, with why. `plain` allows a registry without TLS.
    """
    if reference.digest is not None:
        return reference, ""
    reason = "nobody could be asked"
    if reference.registry and shutil.which("skopeo"):
        digest, reason = _of_registry(reference, plain=plain)
        if digest:
            return replace(reference, digest=digest), ""
    for engine in filter(shutil.which, ENGINES):
        if digest := _of_engine(engine, reference):
            return replace(reference, digest=digest), ""
    return reference, reason if reference.registry else "its name has no registry"


def _of_registry(reference: Reference, *, plain: bool) -> tuple[str, str]:
    words = ["skopeo", "--command-timeout", f"{_TIMEOUT}s", "inspect", "--no-tags", "--format", "{{.Digest}}"]
    words += ["--tls-verify=false"] if plain or pushing.is_on_this_machine(str(reference)) else []
    completed = process.run([*words, f"docker://{reference}"], check=False)
    digest = completed.stdout.strip()
    if completed.returncode == 0 and _DIGEST.fullmatch(digest):
        return digest, ""
    return "", pushing.reason(completed.stderr.splitlines())


def _of_engine(engine: str, reference: Reference) -> str:
    """Give the digest under which an engine has pushed the image, or pulled it from there."""
    words = [engine, "image", "inspect", "--format", "{{json .RepoDigests}}", str(reference)]
    completed = process.run(words, check=False)
    try:
        names = json.loads(completed.stdout) or []
    except ValueError:
        return ""
    found = [str(name).removeprefix(f"{reference.name}@") for name in names]
    return next((digest for digest in found if _DIGEST.fullmatch(digest)), "")


def hub_version(hub: str) -> str:
    """Give a hub's version, which may be named itself; an address is asked.

    Raises JF572 where no hub answers there.
    """
    if _VERSION.fullmatch(hub):
        return hub
    import requests  # noqa: PLC0415  (only for addresses)

    from jupyflake.fetch.credentials import certificates  # noqa: PLC0415

    address = f"{hub.rstrip('/').removesuffix('/hub')}/hub/api/"
    try:
        answer = requests.get(address, timeout=_TIMEOUT, verify=certificates())
        version = str(answer.json()["version"])
    except (requests.RequestException, ValueError, TypeError, KeyError) as error:
        raise JupyflakeError(
            "JF572",
            f"no JupyterHub says its version at {process.redact(address)}",
            hint="--hub with the version itself, as in --hub 5.2.1",
        ) from error
    return version
