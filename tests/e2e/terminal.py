"""Types a command into a terminal of a Jupyter server and prints what the terminal shows.

Runs under the server's own Python, which has a WebSocket client: terminal.py ADDRESS TOKEN COMMAND
"""

import json
import sys
import time
import urllib.request

import websocket  # type: ignore[import-not-found]

address, token, command = sys.argv[1:]
request = urllib.request.Request(f"{address}/api/terminals?token={token}", data=b"{}")
with urllib.request.urlopen(request) as answer:
    name = json.load(answer)["name"]
channel = websocket.create_connection(
    f"ws{address.removeprefix('http')}/terminals/websocket/{name}?token={token}",
    timeout=20,
)
channel.send(json.dumps(["stdin", f"{command}; echo 'that was'' all'\r"]))
shown = ""
deadline = time.monotonic() + 20
while "that was all" not in shown and time.monotonic() < deadline:
    kind, *rest = json.loads(channel.recv())
    if kind == "stdout":
        shown += rest[0]
    elif kind == "disconnect":
        break
sys.stdout.write(shown)
channel.close()
