"""Indexes that sources name: their addresses, from the manifest or from this machine's uv settings."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.fetch.credentials import named_indexes
from jupyflake.manifest.requirements import python_name
from jupyflake.manifest.shape import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyflake.resolve.plan import PythonRequest
    from jupyflake.resolve.uv import Resolution

# uv's own variables that list indexes.
_VARIABLES = ("UV_INDEX", "UV_DEFAULT_INDEX")


def addresses(manifest: Mapping[str, str], named: Mapping[str, str | None]) -> dict[str, str]:
    """Give the addresses of the indexes that the sources (by their place in the manifest) name.

    Raises JF297 for a name that nobody has an address for.
    """
    machine = named_indexes()
    found: dict[str, str] = {}
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
