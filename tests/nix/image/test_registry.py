"""The image as a registry on the loopback, and as an OCI directory."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LARGE = bytes(3 << 20)
OCI = "application/vnd.oci.image.manifest.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture
def plan(streamer: Any, store: Any, tmp_path: Path) -> Path:
    """Plan an image of two paths with labels."""
    store.add("a-1", {"bin/a": LARGE})
    store.add("b-1", {"bin/b": b"b"})
    labels = {"org.opencontainers.image.title": "démo", "other": "x"}
    planned = streamer.planning.plan(store.spec(config={"Labels": labels}), store.graph(), root=store.root)
    target = tmp_path / "plan.json"
    target.write_text(json.dumps(planned), encoding="utf-8")
    return target


@pytest.fixture
def serve(streamer: Any, plan: Path) -> Callable[[str], contextlib.AbstractContextManager[tuple[int, list[str]]]]:
    """Give a function that serves the image and gives the port, and at the end what the program told."""

    @contextlib.contextmanager
    def serving(form: str) -> Iterator[tuple[int, list[str]]]:
        words = [sys.executable, "-I", streamer.directory, "serve", str(plan), form]
        told: list[str] = []
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdin is not None
            try:
                yield json.loads(process.stdout.readline())["port"], told
            finally:
                process.stdin.close()
                told += process.stdout.read().splitlines()
        assert process.returncode == 0

    return serving


def ask(port: int, path: str, method: str = "GET") -> tuple[int, http.client.HTTPMessage, bytes]:
    """Ask the registry."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(("form", "kind"), [("oci", OCI), ("docker", DOCKER)])
def test_pull(serve: Any, plan: Path, form: str, kind: str) -> None:
    """From the tag to the last layer all is there, under the digest of its bytes."""
    planned = json.loads(plan.read_text(encoding="utf-8"))
    with serve(form) as (port, told):
        assert ask(port, "/v2/")[0] == 200
        status, headers, data = ask(port, "/v2/team/demo/manifests/1.0")
        assert (status, headers["Content-Type"]) == (200, kind)
        digest = headers["Docker-Content-Digest"]
        assert digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert ask(port, f"/v2/team/demo/manifests/{digest}")[2] == data
        manifest = json.loads(data)
        assert manifest["config"]["digest"] == f"sha256:{planned['id']}"
        for part in [manifest["config"], *manifest["layers"]]:
            status, headers, blob = ask(port, f"/v2/x/blobs/{part['digest']}", "HEAD")
            assert (status, headers["Content-Length"], blob) == (200, str(part["size"]), b"")
            blob = ask(port, f"/v2/x/blobs/{part['digest']}")[2]
            assert (len(blob), f"sha256:{hashlib.sha256(blob).hexdigest()}") == (part["size"], part["digest"])
    events = [json.loads(line) for line in told]
    assert [event["digest"] for event in events if event["event"] == "layer"] == [
        layer["digest"] for layer in manifest["layers"]
    ]
    sent = sum(event["bytes"] for event in events if event["event"] == "sent")
    assert sent == sum(layer["size"] for layer in manifest["layers"])


def test_annotations(streamer: Any, plan: Path) -> None:
    """Labels of the specification are annotations too, where the form has them."""
    planned = json.loads(plan.read_text(encoding="utf-8"))
    assert json.loads(streamer.oci.manifest(planned, OCI))["annotations"] == {"org.opencontainers.image.title": "démo"}
    assert "annotations" not in json.loads(streamer.oci.manifest(planned, DOCKER))


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/v2/demo/manifests/2.0", "GET", 404),
        ("/v2/demo/blobs/sha256:00", "GET", 404),
        ("/v2/demo/blobs/../../etc/passwd", "GET", 404),
        ("/", "GET", 404),
        ("/v2/demo/blobs/uploads/", "POST", 501),
        ("/v2/demo/manifests/1.0", "DELETE", 501),
    ],
)
def test_nothing_else(serve: Any, path: str, method: str, status: int) -> None:
    """Whatever isn't of this image is not there, and nothing can be changed."""
    with serve("oci") as (port, _):
        answer = ask(port, path, method)
        assert answer[0] == status
        assert method != "GET" or json.loads(answer[2])["errors"][0]["code"]


def test_who_goes_away(serve: Any, plan: Path) -> None:
    """A client that hangs up in the middle of a layer is no error; the next one gets all."""
    planned = json.loads(plan.read_text(encoding="utf-8"))
    digest = max(planned["layers"], key=lambda layer: layer["size"])["blob"]
    with serve("oci") as (port, told):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", f"/v2/x/blobs/sha256:{digest}")
        connection.getresponse().read(10)
        connection.close()
        assert hashlib.sha256(ask(port, f"/v2/x/blobs/sha256:{digest}")[2]).hexdigest() == digest
    assert not [line for line in told if '"error"' in line]


def test_directory(streamer: Any, plan: Path, tmp_path: Path) -> None:
    """All blobs are under their digests; a second time none is written; other images of the directory stay."""
    planned = json.loads(plan.read_text(encoding="utf-8"))
    target = tmp_path / "oci"
    written: list[bool] = []
    for image in (planned, planned, {**planned, "tag": "other"}):
        streamer.oci.directory(image, target, lambda _, there: written.append(not there))
    count = len(planned["layers"])
    assert written == [True] * count + [False] * 2 * count
    for blob in (target / "blobs" / "sha256").iterdir():
        assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name
    manifests = json.loads((target / "index.json").read_text(encoding="utf-8"))["manifests"]
    assert [each["annotations"]["org.opencontainers.image.ref.name"] for each in manifests] == ["other", "1.0"]


def test_known_layers_are_not_read(streamer: Any, store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one path more, only layers that changed are read again; the plan is the same as one from nothing."""
    store.add("a-1", {"bin/a": LARGE})
    store.add("b-1", {"bin/b": b"b"})
    known = tmp_path / "known"
    streamer.planning.plan(store.spec(), store.graph(), root=store.root, known=known)
    store.add("c-1", {"bin/c": LARGE})
    fresh = streamer.planning.plan(store.spec(), store.graph(), root=store.root)
    read = tmp_path / "read"
    write = streamer.planning.write

    def noting(layer: Any, *rest: Any) -> None:
        # Workers are other processes.
        with read.open("a", encoding="utf-8") as file:
            file.write(f"{layer['paths']}\n")
        write(layer, *rest)

    monkeypatch.setattr(streamer.planning, "write", noting)
    assert streamer.planning.plan(store.spec(), store.graph(), root=store.root, known=known) == fresh
    lines = read.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1
    assert "c-1" in lines[0]


@pytest.mark.parametrize("content", ["", "[]", '{"format": 0, "known": {"x": 1}}', "\0"])
def test_knowledge_that_is_no_good(streamer: Any, store: Any, tmp_path: Path, content: str) -> None:
    """Whatever is in the files of known digests, the plan is right."""
    store.add("a-1", {"bin/a": b"a"})
    for name in ("layers.json", "paths.json"):
        (tmp_path / name).write_text(content, encoding="utf-8")
    fresh = streamer.planning.plan(store.spec(), store.graph(), root=store.root)
    assert streamer.planning.plan(store.spec(), store.graph(), root=store.root, known=tmp_path) == fresh
