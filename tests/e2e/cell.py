"""Runs code in a new kernel of a Jupyter server, as a notebook's cell, and prints what it printed.

Runs under the server's own Python, which has a WebSocket client: cell.py ADDRESS TOKEN KERNEL CODE
"""

import json
import sys
import urllib.request
import uuid

import websocket  # type: ignore[import-not-found]

address, token, name, code = sys.argv[1:]
address = address.rstrip("/")
authorization = {"Authorization": f"token {token}"}


def ask(path: str, method: str, body: bytes | None = None) -> bytes:
    """Ask the server."""
    request = urllib.request.Request(f"{address}/api/kernels{path}", data=body, headers=authorization, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        given: bytes = answer.read()
    return given


kernel = json.loads(ask("", "POST", json.dumps({"name": name}).encode()))["id"]
channel = websocket.create_connection(
    f"ws{address.removeprefix('http')}/api/kernels/{kernel}/channels", timeout=90, header=authorization
)
header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": "", "session": "x", "version": "5.3"}
content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
channel.send(
    json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"})
)
failed = False
while True:
    message = json.loads(channel.recv())
    if message["parent_header"].get("msg_id") != header["msg_id"]:
        continue
    if message["msg_type"] == "stream":
        sys.stdout.write(message["content"]["text"])
    elif message["msg_type"] == "error":
        failed = True
        sys.stderr.write("\n".join(message["content"]["traceback"]))
    elif message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
        break
channel.close()
ask(f"/{kernel}", "DELETE")
sys.exit(failed)
