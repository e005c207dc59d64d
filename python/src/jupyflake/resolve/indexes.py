"""Indexes that sources name: their addresses, from the manifest or from this machine's uv settings."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyflake.errors import JupyflakeError
from jupyflake.fetch.credentials import configurations, named_indexes
from jupyflake.manifest.requirements import python_name
from jupyflake.manifest.shape import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyflake.resolve.plan import PythonRequest
    from jupyflake.resolve.uv import Resolution

# uv's own variables that list indexes.
_TIMEOUT = (5, 10)
_VARIABLES = ("UV_INDEX", "UV_DEFAULT_INDEX")


def addresses(manifest: Mapping[str, str], named: Mapping[str, str | None]) -> dict[str, str]:
    """Give the addresses of the indexes that the sources (by their place in the manifest) name.

    Raises JF297 for a name that nobody has an address for.
    """
    machine = named_indexes()
    # What the manifest names serves named packages only, and is asked where a name is unknown.
    found = dict(manifest)
    for where, name in sorted(named.items()):
        if name is None:
            continue
        url = manifest.get(name) or machine.get(name)
        if url is None:
            known = sorted({*manifest, *machine})
            near = nearest(name, known)
            listed = f"there are {', '.join(known)}" if known else "there are none"
            raise JupyflakeError(
                "JF297",
                f'{where}: neither [indexes] nor uv\'s settings have an index "{name}"; {listed}',
                hint=f'index = "{near}"'
                if near
                else f'{name} = "https://…", in [indexes], or UV_INDEX={name}=https://…',
            )
        found[name] = url
    return found


def explained(error: JupyflakeError, package: str | None, request: PythonRequest) -> JupyflakeError:
    """Say more of a package that uv has not found: that its index lets nobody in, or that a named index has it."""
    if error.code != "JF205" or package is None:
        return error
    import requests  # noqa: PLC0415  (only in an error)

    from jupyflake.fetch.credentials import certificates, index_access  # noqa: PLC0415

    own = request.sources.indexes.get(package)
    asked = [own] if own else list(request.sources.addresses)
    access = index_access(request.sources.addresses)
    for name in asked:
        url = f"{request.sources.addresses[name].rstrip('/')}/{package}/"
        try:
            answer = requests.head(
                url, timeout=_TIMEOUT, allow_redirects=True, auth=access.login(url), verify=certificates()
            )
        except requests.RequestException:
            continue
        if own and answer.status_code in {requests.codes.unauthorized, requests.codes.forbidden}:
            variable = f"UV_INDEX_{re.sub(r'[^A-Za-z0-9]', '_', own).upper()}"
            return JupyflakeError(
                "JF209",
                f"{request.where}: the index {own}, which {package} comes from, refuses: {answer.status_code}",
                hint=f"the login into ~/.netrc, or {variable}_USERNAME and {variable}_PASSWORD",
            )
        if own:
            message = f"{request.where}: the index {own} has no package {package}"
            return JupyflakeError("JF205", message, hint=f"another index for it in [sources], or none: {package} = …")
        if answer.ok:
            return JupyflakeError(
                "JF205",
                f"{error.message}; the index {name} has one, and serves what [sources] names only",
                hint=f'{package} = {{ index = "{name}" }}, in [sources]',
            )
    return error


def without(names: frozenset[str], variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Take indexes that sources name out of uv's variables: they serve the named packages only."""
    found = dict(os.environ if variables is None else variables)
    for variable in _VARIABLES:
        words = re.split(r"\s+", found.get(variable, "").strip())
        kept = [word for word in words if word.partition("=")[0] not in names or "://" in word.partition("=")[0]]
        if variable in found and kept != words:
            found[variable] = " ".join(kept)
            if not kept:
                del found[variable]
    return found


def configuration(names: frozenset[str]) -> str | None:
    """Give uv's settings of this machine without the indexes that sources name, where they have one."""
    merged: dict[str, Any] = {}
    for data in configurations():
        listed = [*merged.get("index", []), *data.get("index", [])]
        merged = {**data, **merged, **({"index": listed} if listed else {})}
    kept = [index for index in merged.get("index", []) if index.get("name") not in names]
    if kept == merged.get("index", []):
        return None
    import tomlkit  # noqa: PLC0415  (few machines name indexes)

    return tomlkit.dumps({**merged, "index": kept})


def exclusively(
    request: PythonRequest,
    ask: Callable[[PythonRequest], Resolution],
    needless: Callable[[PythonRequest], frozenset[str]],
) -> Resolution:
    """Resolve so that packages with an index of their own come from there, whoever depends on them.

    uv holds to that for what is asked for directly only: what comes in by others is asked for, too. `needless` gives
    those that nothing else asks for.
    """
    direct = {python_name(line) for line in request.requirements}
    others = request.sources.indexes.keys() - direct
    added: set[str] = set()

    def asked() -> PythonRequest:
        return replace(request, requirements=(*request.requirements, *sorted(added)))

    while True:
        try:
            resolution = ask(asked())
        except JupyflakeError:
            # It may be that only the right index has what is needed.
            if added >= others:
                raise
            added |= others
            continue
        coming = (resolution.versions.keys() & others) - added
        if coming:
            added |= coming
            continue
        left = (needless(asked()) & added) if added else set()
        if not left:
            return resolution
        others, added = others - left, added - left
