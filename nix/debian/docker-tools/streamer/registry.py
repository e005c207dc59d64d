"""The image as a read-only registry on the loopback: an engine takes from it what it lacks, and only that is read.

Sources: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
"""

from __future__ import annotations

import http.server
import json
import os
import re
import socketserver
import sys
import threading
from typing import TYPE_CHECKING, Any

import oci
import planning

if TYPE_CHECKING:
    from planning import Image

PLACE = re.compile(r"/v2/[a-z0-9/._-]+/(manifests|blobs)/([A-Za-z0-9:._-]+)")
ERRORS = {"manifests": "MANIFEST_UNKNOWN", "blobs": "BLOB_UNKNOWN"}


class Server(socketserver.ForkingMixIn, http.server.HTTPServer):
    """A process a connection: engines ask for several layers at a time, and each costs the processor something."""

    max_children = 64

    def __init__(self, planned: Image, form: str) -> None:
        self.planned = planned
        manifests = {kind: oci.manifest(planned, kind) for kind in (oci.OCI, oci.DOCKER)}
        self.manifests = {oci.digest(data): (kind, data) for kind, data in manifests.items()}
        self.preferred = oci.digest(manifests[form])
        self.layers = {f"sha256:{layer['blob']}": layer for layer in planned["layers"]}
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, *_: Any) -> None:
        """Leave alone who goes away in the middle; say all else in one line."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            oci.tell(event="error", message=f"{type(error).__name__}: {error}")


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers the requests by which images are pulled."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_HEAD(self) -> None:
        """Answer without the content."""
        self._answer(content=False)

    def do_GET(self) -> None:
        """Answer with the content."""
        self._answer(content=True)

    def _answer(self, *, content: bool) -> None:
        path = self.path.split("?", 1)[0]
        if path == "/v2/":
            self._send(b"{}", "application/json", content=content)
        elif not (found := PLACE.fullmatch(path)):
            self._refuse("NAME_UNKNOWN", content=content)
        elif not self._found(*found.groups(), content=content):
            self._refuse(ERRORS[found[1]], content=content)

    def _found(self, what: str, reference: str, *, content: bool) -> bool:
        server = self.server
        if what == "manifests":
            wanted = server.preferred if reference == server.planned["tag"] else reference
            if wanted not in server.manifests:
                return False
            kind, data = server.manifests[wanted]
            self._send(data, kind, wanted, content=content)
        elif reference == f"sha256:{server.planned['id']}":
            self._send(server.planned["config"].encode(), "application/octet-stream", reference, content=content)
        elif reference in server.layers:
            self._send_layer(reference, content=content)
        else:
            return False
        return True

    def _send_layer(self, reference: str, *, content: bool) -> None:
        layer = self.server.layers[reference]
        self._head(layer["blobSize"], "application/octet-stream", reference)
        if content:
            told = 0

            def count(done: int) -> None:
                nonlocal told
                oci.tell(event="sent", bytes=done - told)
                told = done

            self.wfile.flush()
            oci.tell(event="layer", digest=reference, size=layer["blobSize"], name=planning.comment(layer))
            planning.write_blob(layer, self.server.planned, self.connection.fileno(), count)
            count(layer["blobSize"])

    def _send(self, data: bytes, kind: str, reference: str = "", *, content: bool, status: int = 200) -> None:
        self._head(len(data), kind, reference, status)
        if content:
            self.wfile.write(data)

    def _refuse(self, code: str, *, content: bool) -> None:
        data = json.dumps({"errors": [{"code": code, "message": self.path}]}).encode()
        self._send(data, "application/json", content=content, status=404)

    def _head(self, size: int, kind: str, reference: str = "", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        if reference:
            self.send_header("Docker-Content-Digest", reference)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing of single requests."""


def serve(planned: Image, form: str) -> None:
    """Serve until standard input ends: whoever started this is gone then."""
    with Server(planned, form) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        oci.tell(event="ready", port=server.server_address[1])
        while os.read(sys.stdin.fileno(), 1):
            pass
        server.shutdown()
