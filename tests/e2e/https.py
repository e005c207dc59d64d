"""A server that speaks HTTPS with a certificate that nobody knows."""

from __future__ import annotations

import contextlib
import ssl
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from support import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving_https(directory: Path) -> Iterator[tuple[str, Path]]:
    """Make a certificate in a directory and serve it; give its address and its file."""
    certificate, key = directory / "cert.pem", directory / "key.pem"
    options = ("-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2", "-subj", "/CN=127.0.0.1")
    names = ("-addext", "subjectAltName=IP:127.0.0.1")
    run("openssl", "req", *options, *names, "-keyout", key, "-out", certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    handler = partial(_Silent, directory=str(directory))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}/cert.pem", certificate
        server.shutdown()
