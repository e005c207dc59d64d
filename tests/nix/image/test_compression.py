"""Layers that travel compressed: the same bytes each time, and the same image within."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

ZSTD = shutil.which("zstd") or "zstd is missing: sudo apt install zstd"


def unpack(compression: str, data: bytes) -> bytes:
    """Undo the compression with another program than the one that made it."""
    if compression == "none":
        return data
    if compression == "gzip":
        return gzip.decompress(data)
    return subprocess.run([ZSTD, "-dc"], input=data, capture_output=True, check=True).stdout


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_archive(streamer: Any, store: Any, tmp_path: Path, compression: str) -> None:
    """File and stream are the same bytes, twice; each layer unpacks to the tar of which the configuration tells."""
    store.add("a-1", {"bin/a": bytes(3 << 20), "share/a": b"a"})
    store.add("b-1", {"bin/b": b"b" * 70_000})
    spec = store.spec(compression=compression)
    targets = [tmp_path / name for name in ("one.tar", "two.tar")]
    for target in targets:
        planned = streamer.archive.build(spec, store.graph(), str(target), root=store.root, zstd=ZSTD)
    assert planned == streamer.planning.plan(spec, store.graph(), root=store.root, zstd=ZSTD)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(planned), encoding="utf-8")
    piped = subprocess.run([sys.executable, "-I", streamer.directory, "write", plan], capture_output=True, check=True)
    assert piped.stdout == targets[0].read_bytes() == targets[1].read_bytes()
    with tarfile.open(targets[0]) as opened:
        names = [f"{layer['digest']}.tar" for layer in planned["layers"]]
        contents = [opened.extractfile(name) for name in names]
        blobs = [content.read() for content in contents if content]
    for layer, blob in zip(planned["layers"], blobs, strict=True):
        assert (len(blob), hashlib.sha256(blob).hexdigest()) == (layer["blobSize"], layer["blob"])
        assert hashlib.sha256(unpack(compression, blob)).hexdigest() == layer["digest"]
    assert sorted(path.name for path in tmp_path.glob("*.tar*")) == ["one.tar", "two.tar"]


def test_image_is_the_same(streamer: Any, store: Any) -> None:
    """The image's id is of what is unpacked: compression doesn't change it."""
    store.add("a-1", {"bin/a": b"a"})
    ids = {
        streamer.planning.plan(store.spec(compression=each), store.graph(), root=store.root, zstd=ZSTD)["id"]
        for each in ("none", "gzip", "zstd")
    }
    assert len(ids) == 1


def test_program_that_fails(streamer: Any, store: Any) -> None:
    """A compressor that fails is an error, not a layer that ends early."""
    store.add("a-1", {"bin/a": b"a"})
    with pytest.raises(OSError, match="zstd failed"):
        streamer.planning.plan(
            store.spec(compression="zstd"), store.graph(), root=store.root, zstd=shutil.which("false")
        )
