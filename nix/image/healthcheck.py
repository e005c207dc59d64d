"""Is the server of this container well? Exits with 0 or 1; with `--url` it also prints its address, token included.

A running server describes itself in jpserver-*.json of its runtime directory: scheme, port and base URL.
Files of servers that are gone may lie beside it, so the newest that answers counts.
"""

from __future__ import annotations

import glob
import http.client
import json
import os
import socket
import ssl
import sys
from typing import Any
from urllib.parse import quote

TIMEOUT = 2.0
EVERYWHERE = {"", "*", "0.0.0.0", "::", "localhost"}  # noqa: S104  (compared with, not bound to)
OK = 200


def runtime_directories() -> list[str]:
    """List where start.sh may have put the runtime directory; the first of them may be the user's choice."""
    found = []
    if chosen := os.environ.get("JUPYTER_RUNTIME_DIR"):
        found.append(chosen)
    if data := os.environ.get("JUPYTER_DATA_DIR"):
        found.append(f"{data}/runtime")
    found.append("/mnt/.jupyter/runtime")
    temporary = os.environ.get("TMPDIR", "/tmp")  # noqa: S108  (looked into, nothing is written)
    homes = [os.environ.get("HOME", "/"), "/home/*", f"{temporary}/home-*", "/tmp/home-*", "/dev/shm/home-*"]  # noqa: S108
    for home in homes:
        found += sorted(glob.glob(f"{home}/.local/share/jupyter/runtime"))
    return found


def servers() -> list[dict[str, Any]]:
    """Read what servers say about themselves, the newest first."""
    files = [file for place in runtime_directories() for file in glob.glob(f"{glob.escape(place)}/jpserver-*.json")]
    found = []
    for _, file in sorted({(-os.stat(file).st_mtime, file) for file in files}):
        try:
            with open(file, encoding="utf-8") as text:
                found.append(json.load(text))
        except (OSError, ValueError):
            # Gone meanwhile, or being written.
            continue
    return found


def get(server: dict[str, Any], path: str) -> int:
    """Ask the server and give the status, without proxies and without trust in certificates: it's our own neighbour."""
    headers = {"Authorization": f"token {server['token']}"} if server.get("token") else {}
    if server.get("sock"):
        connection = http.client.HTTPConnection("localhost", timeout=TIMEOUT)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(TIMEOUT)
        connection.sock.connect(server["sock"])
    elif server["secure"]:
        trusting = ssl._create_unverified_context()  # noqa: S323, SLF001
        connection = http.client.HTTPSConnection(address(server), server["port"], timeout=TIMEOUT, context=trusting)
    else:
        connection = http.client.HTTPConnection(address(server), server["port"], timeout=TIMEOUT)
    try:
        connection.request("GET", server["base_url"] + path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def address(server: dict[str, Any]) -> str:
    """Give the address to reach the server at from within the container."""
    host = str(server.get("hostname", ""))
    return "127.0.0.1" if host in EVERYWHERE else host


def answers(server: dict[str, Any]) -> bool:
    """Tell whether this server, and not another on its port, answers: only it knows the token."""
    try:
        # A server with a password knows no token, and one of JupyterHub asks the hub: that it answers must do.
        return get(server, "api/status" if server.get("token") else "api") == OK
    except (OSError, http.client.HTTPException, KeyError):
        return False


def url(server: dict[str, Any]) -> str:
    """Give the address for a browser on the machine that runs the container, or of its socket."""
    query = f"?token={server['token']}" if server.get("token") else ""
    if server.get("sock"):
        return f"http+unix://{quote(server['sock'], safe='')}{server['base_url']}{query}"
    scheme = "https" if server["secure"] else "http"
    return f"{scheme}://127.0.0.1:{server['port']}{server['base_url']}{query}"


def main() -> int:
    """Find a server that is well."""
    for server in servers():
        if answers(server):
            if "--url" in sys.argv[1:]:
                print(url(server))
            return 0
    print("no Jupyter server answers in this container", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
