"""What is known of store paths and layers from before: paths never change, so neither do their sizes and digests."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any, TypeAlias

from layers import StorePath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from planning import Layer

# Of the tar, of what travels, and the size of what travels.
Digests: TypeAlias = tuple[str, str, int]
# With every change of what a layer's bytes are made of, or of what decides its place, old knowledge is void.
FORMAT = 2


def mark(layer: Layer, spec: Mapping[str, Any]) -> str:
    """Give the name under which a layer's digests are kept: of all that its bytes depend on."""
    parts = [FORMAT, spec["storeDir"], spec.get("compression", "none"), layer["size"], layer["paths"], layer["entries"]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def read(known: Path | None, marks: Iterable[str]) -> dict[str, Digests]:
    """Give the digests that are known."""
    if known is None:
        return {}
    there = _load(known / "layers.json")
    return {mark: (str(each[0]), str(each[1]), int(each[2])) for mark in marks if (each := there.get(mark))}


def write(known: Path | None, found: Mapping[str, Digests]) -> None:
    """Keep the digests of this image's layers, and those that were known."""
    if known is not None:
        _add(known / "layers.json", found)


def measures(
    known: Path | None, paths: Sequence[str], measure: Callable[[Sequence[str]], Iterable[StorePath]]
) -> list[StorePath]:
    """Give sizes and kinds of paths, measuring those only that nothing is known of."""
    file = known / "paths.json" if known else None
    there = _load(file) if file else {}
    found = {path: StorePath(path, int(there[path][0]), str(there[path][1])) for path in paths if path in there}
    new = [path for path in paths if path not in found]
    found |= {each.path: each for each in measure(new)}
    if file and new:
        _add(file, {path: (found[path].size, found[path].kind) for path in new})
    return [found[path] for path in paths]


def _load(file: Path) -> dict[str, Any]:
    """Read what is kept; a file that can't be read is as good as none."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return {}
    known: dict[str, Any] = content["known"]
    return known


def _add(file: Path, more: Mapping[str, object]) -> None:
    content = {"format": FORMAT, "known": {**_load(file), **more}}
    file.parent.mkdir(parents=True, exist_ok=True)
    # Two at a time may both write; each file is whole, and what one loses is computed again.
    new = file.with_name(f"{file.name}.{os.getpid()}")
    new.write_text(json.dumps(content), "utf-8")
    new.replace(file)
