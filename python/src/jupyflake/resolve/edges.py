"""Who needs whom among locked wheels: uv reads their metadata, and decides extras and markers as when it locked."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import process
from jupyflake.resolve.plan import Metadata
from jupyflake.resolve.unbuilt import UnansweredError, unanswered
from jupyflake.resolve.unstated import unstated
from jupyflake.resolve.uv import compiling, environment
from jupyflake.resolve.uv_errors import explain
from jupyflake.store import flat_path, store_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyflake.lock import Wheel
    from jupyflake.resolve.plan import PythonRequest

_PACKAGE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?(?:==| @ )")
_VIA = re.compile(r"\s*#(?: {3}|\s+via )(\S+)")


def edges(
    request: PythonRequest,
    system: str,
    wheels: Sequence[Wheel],
    tell: Callable[[Wheel], Metadata | None],
) -> dict[str, frozenset[str]]:
    """Give the packages of an environment with what each needs of the others.

    Wheels that are all in the Nix store are read there; else uv's cache is asked, and the index last. `tell` knows
    what a source says of itself.
    """
    sources = {wheel.name: wheel for wheel in wheels if not wheel.file.endswith(".whl")}
    while True:
        try:
            return _edges(request, system, wheels)
        except UnansweredError as unknown:
            told = tell(sources[unknown.name]) or Metadata(unknown.name, unknown.version)
            request = replace(request, metadata=(*request.metadata, told))


def _edges(request: PythonRequest, system: str, wheels: Sequence[Wheel]) -> dict[str, frozenset[str]]:
    indexed = [wheel for wheel in wheels if wheel.name not in request.sources.local]
    more = unstated(wheel.name for wheel in wheels)
    pinned = replace(
        request,
        requirements=(*request.requirements, *sorted({need for needs in more.values() for need in needs})),
        constraints=tuple(f"{wheel.name}=={wheel.version}" for wheel in indexed),
    )
    with tempfile.TemporaryDirectory(prefix="jupyflake-uv-") as directory:
        folder = Path(directory)
        command = [*compiling(pinned, system, folder), "--no-header", "--annotation-style", "split"]
        failure = ""
        for options in _sources(folder / "wheels", indexed):
            completed = process.run([*command, *options], cwd=folder, env=environment(pinned), check=False)
            if completed.returncode == 0:
                found = read(completed.stdout)
                return {name: needs | frozenset(more.get(name, ())) for name, needs in found.items()}
            failure = completed.stderr
            unknown = unanswered(failure, request)
            if unknown:
                raise unknown
    raise explain(failure, pinned, system).error


def read(text: str) -> dict[str, frozenset[str]]:
    """Turn uv's "via" comments round: package → what it needs."""
    needs: dict[str, set[str]] = {}
    via: list[tuple[str, str]] = []
    current = ""
    for line in text.splitlines():
        package, because = _PACKAGE.match(line), _VIA.match(line)
        if package:
            current = package[1]
            needs.setdefault(current, set())
        elif because:
            via.append((because[1], current))
    for user, package_name in via:
        # Others are files: "-r requirements.in".
        if user in needs:
            needs[user].add(package_name)
    return {name: frozenset(found) for name, found in needs.items()}


def _sources(folder: Path, wheels: Sequence[Wheel]) -> list[list[str]]:
    paths = {wheel.file: Path(flat_path(store_name(wheel.file), wheel.sha256)) for wheel in wheels}
    if not all(path.exists() for path in paths.values()):
        return [["--offline"], []]
    folder.mkdir()
    for file, path in paths.items():
        (folder / file).symlink_to(path)
    return [["--offline", "--no-index", "--find-links", str(folder)], ["--offline"], []]
