"""What the types of `[image]` cannot say: how the image is written, and what is put into it beside the project."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyflake.manifest.shape import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPRESSIONS = ("none", "gzip", "zstd")
# The upper one is where Docker's overlay file system ends.
LAYERS = (2, 125)
PORTS = 1 << 16
_TARGET = re.compile(r"(/[A-Za-z0-9._@+-]+)+")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})")


def problems(image: dict[str, Any]) -> Iterator[Problem]:
    """Give what is wrong with the options."""
    compression = image.get("compression", COMPRESSIONS[0])
    if compression not in COMPRESSIONS:
        yield Problem(
            "JF160",
            ("image", "compression"),
            f'unknown compression "{compression}"; there are {", ".join(COMPRESSIONS)}',
            f'compression = "{nearest(compression, [*COMPRESSIONS]) or COMPRESSIONS[1]}"',
        )
    created = image.get("created")
    if created is not None and not _is_time(created):
        yield Problem(
            "JF160",
            ("image", "created"),
            f'"{created}" is no fixed time with a zone (the same lock gives the same image, so it is never "now")',
            'created = "2026-01-31T12:00:00Z"',
        )
    low, high = LAYERS
    if not low <= image.get("max-layers", high) <= high:
        yield Problem(
            "JF160",
            ("image", "max-layers"),
            f"an image has from {low} to {high} layers, not {image['max-layers']}: engines end there",
            "max-layers = 100",
        )
    for index, port in enumerate(image.get("ports", [])):
        if not 0 < port < PORTS:
            yield Problem("JF160", ("image", "ports", index), f"{port} is no port: they go from 1 to 65535", "8050")
    for target, source in image.get("extra-paths", {}).items():
        if not _TARGET.fullmatch(target) or {".", ".."} & set(target.split("/")):
            yield Problem(
                "JF160",
                ("image", "extra-paths", target),
                f'"{target}" is no absolute path of a file or directory in the image',
                '"/srv/course"',
                at_key=True,
            )
        elif not source or source.startswith("/") or ".." in source.split("/"):
            yield Problem(
                "JF160",
                ("image", "extra-paths", target),
                f'"{source}" is outside of the project: a path relative to jupyter.toml is meant',
                f'extra-paths."{target}" = "course"',
            )


def _is_time(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
