"""How long JupyterLab takes to answer and to run a first cell, against a plain virtual environment.

    python benchmarks/startup-lab.py [--rounds N]

Ours: the root example's `jupyter lab` from its development shell, and a cell in the kernel py313.
Peer: one environment by `uv venv` of the same interpreter, with the same wheels of the server and that kernel (the
server's version of those that both have), its own `jupyter lab`, and a cell in its kernel python3.

The clock starts with the command. It stops a first time when Lab's page and the server's API answer, and a second
time when a kernel that is started then has returned the result of `6 * 7`. Each has a home and a state of its own that
a first, uncounted round has used: settings are there, and bytecode is compiled (a plain environment does that at its
first start; that round is printed too). Both see the machine's PATH: where it has Node.js, the plain Lab starts that
each time. Rounds alternate, so that a busy machine hits both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = 0.5
TOKEN = "a-token-of-the-benchmark"
KERNEL = "py313"
DEADLINE = 120.0
SETTINGS = "extra-experimental-features = nix-command flakes\nsubstitute = false"
EXPRESSION = f"""
let
  project = (import {ROOT}/nix {{ }}).fromManifest {{ src = {ROOT}; system = builtins.currentSystem; }};
  inherit (project) environments;
in
{{
  shell = project.shell.drvPath;
  activate = "${{project.shell.activate}}";
  server = "${{environments.jupyter}}/bin/python3";
  python = "${{environments.jupyter.python}}/bin/python${{environments.jupyter.pythonVersion}}";
  wheels = map (map (wheel: {{ inherit (wheel) file pname; src = "${{wheel.src}}"; }})) [
    environments.jupyter.wheels
    environments.{KERNEL}.wheels
  ];
}}
"""


def run(*command: str | Path, log: bool = False) -> str:
    """Run a program; give what it prints."""
    settings = SETTINGS + ("\nbuild-users-group =" if os.geteuid() == 0 else "")
    completed = subprocess.run(
        [str(word) for word in command],
        env={**os.environ, "NIX_CONFIG": settings},
        stdout=subprocess.PIPE,
        stderr=None if log else subprocess.PIPE,
        text=True,
        check=False,
    )
    if completed.returncode:
        sys.exit(f"error: {command[0]} failed\n{completed.stderr or ''}  try: jupyflake build, then again")
    return completed.stdout.strip()


class Lab:
    """One of the two, with a directory of its own."""

    def __init__(self, command: list[str], kernel: str, directory: Path) -> None:
        """Name the command that starts it and the kernel that runs the cell."""
        self._command = command
        self._kernel = kernel
        self._directory = directory
        directory.mkdir()
        (directory / "jupyter.toml").write_text("")
        kept = ("JUPYTER", "JUPYFLAKE", "IPYTHON", "PYTHON", "VIRTUAL_ENV", "MPL", "XDG_")
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(kept)},
            "HOME": str(directory),
            "JUPYTER_TOKEN": TOKEN,
        }

    def start(self, client: subprocess.Popen[str]) -> tuple[float, float]:
        """Give the seconds to the first answer and to the cell's result."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        assert client.stdin is not None
        assert client.stdout is not None
        with (self._directory / "log").open("w") as log:
            started = time.perf_counter()
            server = subprocess.Popen(
                [*self._command, "--no-browser", f"--ServerApp.port={port}", "--allow-root"],
                cwd=self._directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                for page in ("/api", f"/lab?token={TOKEN}"):
                    self._wait(address + page, started)
                answered = time.perf_counter() - started
                client.stdin.write(f"{address} {self._kernel}\n")
                client.stdin.flush()
                assert client.stdout.readline() == "42\n", f"see {log.name}"
                return answered, time.perf_counter() - started
            finally:
                os.killpg(server.pid, signal.SIGTERM)
                server.wait(timeout=30)

    def _wait(self, url: str, started: float) -> None:
        while True:
            try:
                with urllib.request.urlopen(url, timeout=DEADLINE) as answer:
                    answer.read()
                    return
            except urllib.error.URLError:
                if time.perf_counter() - started > DEADLINE:
                    sys.exit((self._directory / "log").read_text() + "error: Lab does not answer\n")
                time.sleep(0.002)


async def run_cell(address: str, kernel: str) -> str:
    """Start a kernel through the server, run a cell in it and give its result."""
    from tornado.httpclient import HTTPRequest  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415  (of Lab)
    from tornado.websocket import websocket_connect  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415

    headers = {"Authorization": f"token {TOKEN}"}
    wanted = urllib.request.Request(
        f"{address}/api/kernels", json.dumps({"name": kernel}).encode(), headers, method="POST"
    )
    with urllib.request.urlopen(wanted) as answer:  # noqa: ASYNC210
        started = json.load(answer)
    channels = f"{address}/api/kernels/{started['id']}/channels".replace("http", "ws", 1)
    socket = await websocket_connect(HTTPRequest(channels, headers=headers))
    header = {
        "msg_id": "1",
        "msg_type": "execute_request",
        "username": "",
        "session": "s",
        "version": "5.4",
        "date": "",
    }
    content = {"code": "6 * 7", "silent": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    await socket.write_message(json.dumps(message))
    while True:
        received = json.loads(await socket.read_message())
        if received["msg_type"] == "execute_result":
            return str(received["content"]["data"]["text/plain"])


def serve_client() -> None:
    """Run cells, one for each line with an address and a kernel: started once, so that its own start is in no time."""
    for line in sys.stdin:
        print(asyncio.run(run_cell(*line.split())), flush=True)  # noqa: T201


def make_peer(wheels: list[list[dict[str, str]]], python: str, directory: Path) -> list[str]:
    """Make the virtual environment; give its command."""
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        sys.exit("error: the peer, uv, is not on PATH\n  try: pip install uv")
    (directory / "wheels").mkdir()
    server, kernel = wheels
    chosen = {**{wheel["pname"]: wheel for wheel in kernel}, **{wheel["pname"]: wheel for wheel in server}}
    for wheel in chosen.values():
        shutil.copyfile(wheel["src"], directory / "wheels" / wheel["file"])
    target = directory / "venv"
    options = ["--quiet", "--no-config", "--offline", "--cache-dir", str(directory / "cache")]
    run(uv, "venv", *options, "--python", python, target)
    files = [str(path) for path in (directory / "wheels").iterdir()]
    run(uv, "pip", "install", *options, "--no-deps", "--python", target / "bin/python", *files)
    return [str(target / "bin/jupyter"), "lab"]


def main() -> None:
    """Measure both, alternating, and print the ratios of the medians."""
    parser = argparse.ArgumentParser(description="start of JupyterLab, against a plain virtual environment")
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    data = json.loads(run("nix-instantiate", "--eval", "--strict", "--json", "--read-write-mode", "--expr", EXPRESSION))
    run("nix-store", "--realise", data["shell"], log=True)
    directory = Path(tempfile.mkdtemp(prefix="jupyflake-benchmark-"))
    client = subprocess.Popen(
        [data["server"], __file__, "--client"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        script = f'. {data["activate"]}; exec jupyter lab "$@"'
        ours = Lab(["sh", "-c", script, "sh"], KERNEL, directory / "ours")
        peer = Lab(make_peer(data["wheels"], data["python"], directory), "python3", directory / "peer")
        first = ours.start(client), peer.start(client)
        times = [(ours.start(client), peer.start(client)) for _ in range(rounds)]
    finally:
        client.terminate()
        client.wait()
        shutil.rmtree(directory, ignore_errors=True)
    for index, what in enumerate(("Lab answers", "first cell returns")):
        medians = []
        for side, label in enumerate(("jupyflake", "uv venv")):
            column = [row[side][index] for row in times]
            medians.append(statistics.median(column))
            single = " ".join(f"{value:.2f}" for value in column)
            sys.stdout.write(
                f"{what:<20}{label:<10}{medians[-1]:6.2f} s  ({single}); very first start {first[side][index]:.2f}\n"
            )
        ratio = medians[0] / medians[1]
        sys.stdout.write(f"ratio: {ratio:.2f}; target at most {TARGET}: {'met' if ratio <= TARGET else 'MISSED'}\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["--client"]:
        serve_client()
    else:
        main()
