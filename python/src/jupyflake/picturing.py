"""Measures what a project's environments take in the store, and draws it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyflake import process, ready, store, targets
from jupyflake.errors import JupyflakeError
from jupyflake.manifest.model import SERVER
from jupyflake.picture.parts import StorePath, groups, parts, readable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jupyflake.session import Session

_FORMATS = (".svg", ".png", ".dot")


def picture(session: Session, kernels: Sequence[str], output: Path | None, options: ready.Options) -> None:
    """Build what is missing, then write the picture to a file, or Graphviz' text to standard output without one.

    Raises JF143 for an ending that is no format.
    """
    require_format(output)
    project = session.project()
    for kernel in kernels:
        targets.require_kernel(project, kernel)
    names = list(kernels) or [*project.manifest.kernels, SERVER]
    roots = {
        name: ready.build(session, "environment-jupyter" if name == SERVER else f"kernel-{name}", options)
        for name in names
    }
    closures = {name: closure(root) for name, root in roots.items()}
    found = parts(closures)
    title = project.manifest.project.name
    if output is None:
        from jupyflake.picture import formats  # noqa: PLC0415  (the libraries for pictures are slow to load)

        session.console.result(formats.dot(title, closures, found).rstrip("\n"))
        return
    path = session.directory / output
    write(path, title, closures)
    total = sum(part.size for part in found)
    data = {
        "file": str(path),
        "size": total,
        "environments": _sizes(closures),
        "packages": [{"name": part.name, "size": part.size, "environments": list(part.users)} for part in found],
    }
    session.console.result(f"{output}: {readable(total)} in {len(found)} packages", data=data)


def require_format(output: Path | None) -> None:
    """Make sure that a file's ending says what kind of picture it is to be.

    Raises JF143 for an ending that is no format.
    """
    if output is not None and output.suffix not in _FORMATS:
        raise JupyflakeError(
            "JF143", f"{output} is neither .svg, .png nor .dot", hint=f"--output {output.stem or 'graph'}.svg"
        )


def write(path: Path, title: str, closures: Mapping[str, Sequence[StorePath]]) -> None:
    """Write the picture of some environments, in the format of the file's ending."""
    from jupyflake.picture import drawing, formats  # noqa: PLC0415  (the libraries for pictures are slow to load)

    found = parts(closures)
    if path.suffix == ".dot":
        path.write_text(formats.dot(title, closures, found), encoding="utf-8")
        return
    drawn = drawing.draw(title, _sizes(closures), groups(found), formats.width_of)
    path.write_bytes(formats.png(drawn) if path.suffix == ".png" else formats.svg(drawn).encode())


def _sizes(closures: Mapping[str, Sequence[StorePath]]) -> dict[str, int]:
    return {name: sum(each.size for each in paths) for name, paths in closures.items()}


def closure(root: Path) -> list[StorePath]:
    """Ask Nix for all that a store path needs, with the sizes."""
    command: list[str | Path] = ["nix", "path-info", "--recursive", "--json", root]
    told = json.loads(process.run(command, env=store.nix_environment()).stdout)
    # Nix 2.19 and newer give a table by path, older ones a list.
    rows: list[dict[str, Any]] = (
        [{"path": path, **row} for path, row in told.items()] if isinstance(told, dict) else told
    )
    return [StorePath(_full(row["path"]), row["narSize"], tuple(map(_full, row["references"]))) for row in rows]


def _full(path: str) -> str:
    """Give a path with its store, which the newest releases leave out."""
    return path if path.startswith("/") else f"{store.store_directory()}/{path}"
