"""Plan an image from its specification, and write its archive.

    streamer plan SPEC GRAPH OUTPUT
    streamer build SPEC GRAPH OUTPUT
    streamer write PLAN [--progress | --summary]

`build` plans and writes the archive into a file. `write` writes it to standard output; with `--summary` name, id and
size as JSON instead.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import archive
import planning

if TYPE_CHECKING:
    from planning import Image


def main(arguments: list[str]) -> int:
    """Run one of the two commands."""
    match arguments:
        case ["plan", spec, graph, output]:
            planned = planning.plan(
                json.loads(Path(spec).read_text("utf-8")), Path(graph).read_text("utf-8"), root=spec
            )
            Path(output).write_text(json.dumps(planned, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
        case ["build", spec, graph, output]:
            described = json.loads(Path(spec).read_text("utf-8"))
            archive.build(described, Path(graph).read_text("utf-8"), output, root=spec)
        case ["write", plan, "--summary"]:
            print(json.dumps(summary(_read(plan))))
        case ["write", plan, "--progress"]:
            archive.to_stream(_read(plan), sys.stdout.fileno(), archive.to_stderr)
        case ["write", plan]:
            if os.isatty(sys.stdout.fileno()):
                print("the image is an archive: write it to a file, or into `docker load`", file=sys.stderr)
                return 2
            archive.to_stream(_read(plan), sys.stdout.fileno())
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


def summary(planned: Image) -> dict[str, object]:
    """Say which image it is, without writing it."""
    return {
        "id": planned["id"],
        "layers": len(planned["layers"]),
        "reference": f"{planned['name']}:{planned['tag']}",
        "size": archive.total(planned),
        "workdir": json.loads(planned["config"])["config"].get("WorkingDir", "/"),
    }


def _read(plan: str) -> Image:
    planned: Image = json.loads(Path(plan).read_text("utf-8"))
    return planned


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:
        # Whoever read the archive has ended, and says why.
        os.close(sys.stdout.fileno())
        sys.exit(1)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
