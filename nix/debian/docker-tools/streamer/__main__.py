"""Plan an image from its specification, and write its archive.

    streamer plan SPEC GRAPH OUTPUT ZSTD KNOWN
    streamer build SPEC GRAPH OUTPUT ZSTD
    streamer write PLAN [--progress | --summary]
    streamer serve PLAN oci|docker
    streamer oci PLAN DIRECTORY

`build` plans and writes the archive into a file. `write` writes it to standard output; with `--summary` what is in it,
as JSON, instead. `serve` is a registry on the loopback until standard input ends, `oci` writes an OCI directory; both
tell what they do in lines of JSON. KNOWN is a directory that keeps digests of layers, ZSTD the program; both may be
empty.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import archive
import oci
import planning

if TYPE_CHECKING:
    from planning import Image, Layer


def main(arguments: list[str]) -> int:
    """Run one of the commands."""
    # Tens of thousands of small values, and none is garbage to look for.
    gc.disable()
    match arguments:
        case ["plan", spec, graph, output, zstd, known]:
            described, closure = json.loads(Path(spec).read_text("utf-8")), Path(graph).read_text("utf-8")
            kept = Path(known) if known else None
            planned = planning.plan(described, closure, root=spec, zstd=zstd, known=kept)
            Path(output).write_text(json.dumps(planned, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
        case ["build", spec, graph, output, zstd]:
            described, closure = json.loads(Path(spec).read_text("utf-8")), Path(graph).read_text("utf-8")
            archive.build(described, closure, output, root=spec, zstd=zstd)
        case ["serve", plan, "oci" | "docker" as form]:
            import registry  # noqa: PLC0415  (HTTP takes long to import, and others don't need it)

            registry.serve(_read(plan), oci.OCI if form == "oci" else oci.DOCKER)
        case ["oci", plan, directory]:
            oci.directory(_read(plan), Path(directory), _tell)
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
        "compression": planned["compression"],
        "digest": oci.digest(oci.manifest(planned)),
        "id": planned["id"],
        "layers": len(planned["layers"]),
        "reference": f"{planned['name']}:{planned['tag']}",
        "size": archive.total(planned),
        "workdir": json.loads(planned["config"])["config"].get("WorkingDir", "/"),
    }


def _tell(layer: Layer, there: bool) -> None:  # noqa: FBT001  (a callback)
    size = 0 if there else layer["blobSize"]
    oci.tell(event="layer", digest=f"sha256:{layer['blob']}", size=size, name=planning.comment(layer))
    oci.tell(event="sent", bytes=size)


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
