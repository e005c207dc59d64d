"""Public reports about images of others, each a test that names its source: what was wrong there holds here.

What only the image decides is asked in one engine, and as much as possible in one container.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from engines import RunningEngine

pytestmark = pytest.mark.parametrize("engine", ["docker"], indirect=True)

# The server's own Python, which the wrapped command names.
SERVER_PYTHON = '"$(sed -n s/environment=//p "$(command -v jupyter)")/bin/python3"'


@pytest.fixture
def script(engine: RunningEngine, image: str, directory: Path) -> Any:
    """Give a function that runs a script of bash in the image, without a network: its options, then the text."""

    def run(*words: str) -> list[str]:
        *options, text = words
        (directory / "script").write_text(text, encoding="utf-8")
        volume = f"{directory}:/mnt/script"
        command = ("run", "--rm", "--network=none", "--volume", volume, *options, image, "bash", "/mnt/script/script")
        return engine.run(*command).stdout.splitlines()

    return run


HEALTH = r"""
check() { # name, then the runtime directory
  for _ in $(seq 300); do
    if url=$(healthcheck --url 2> /dev/null); then break; fi
    sleep 0.1
  done
  echo "$1 ${url%%\?*}"
  newest=$(ls -t "$2"/jpserver-*.json | head -n 1)
  kill -9 "$(sed -n 's/.*"pid": \([0-9]*\).*/\1/p' "$newest")"
  if healthcheck 2> /dev/null; then echo "$1: a server that is gone is said to be well"; fi
}
runtime=$HOME/.local/share/jupyter/runtime
JUPYTER_PORT=9999 start-notebook.py &
check port "$runtime"
GEN_CERT=1 DOCKER_STACKS_JUPYTER_CMD=server start-notebook.py --ServerApp.base_url=/x/ &
check https "$runtime"
export JUPYTER_RUNTIME_DIR=/tmp/r
DOCKER_STACKS_JUPYTER_CMD=notebook start-notebook.sh &
check runtime "$JUPYTER_RUNTIME_DIR"
unset JUPYTER_RUNTIME_DIR
export HTTP_PROXY=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9
NOTEBOOK_ARGS=--ServerApp.base_url=/y DOCKER_STACKS_JUPYTER_CMD=nbclassic start-notebook.py &
check proxy "$runtime"
start-notebook.py --ServerApp.sock=/tmp/s.sock &
check socket "$runtime"
ls "$runtime"/jpserver-*.json | wc -l
"""


def test_health_follows_the_server(script: Any) -> None:
    """It follows port, scheme, base URL, runtime directory and socket, whatever proxies and killed servers are there.

    jupyter/docker-stacks #1709, #1817, #2073, #1698, #1704.
    """
    assert script(HEALTH) == [
        "port http://127.0.0.1:9999/",
        "https https://127.0.0.1:8888/x/",
        "runtime http://127.0.0.1:8888/",
        "proxy http://127.0.0.1:8888/y/",
        "socket http+unix://%2Ftmp%2Fs.sock/",
        "4",
    ]


ANYBODY = r"""
import getpass, json, os, ssl, tempfile
paths = ssl.get_default_verify_paths()
print(getpass.getuser(), os.access(os.path.expanduser("~"), os.W_OK))
files = [os.environ["SSL_CERT_FILE"], os.environ["NIX_SSL_CERT_FILE"], paths.cafile]
print([os.path.isfile(file) for file in files])
for directory in (None, "/var/tmp", os.path.expanduser("~/work")):
    open(tempfile.mkdtemp(dir=directory) + "/x", "w").close()
"""
KERNELS = r"""
cat > /tmp/r <<'END'
cat("→ é 漢", format(as.POSIXct(0), "%H:%M"), "")
Sys.setenv(TZ = "Europe/Paris")
cat(format(as.POSIXct(0), "%H:%M\n"))
END
cat > /tmp/py311 <<'END'
import os, time
print("→ é 漢", time.strftime("%H:%M", time.localtime(0)), end=" ")
os.environ["TZ"] = "Europe/Paris"
time.tzset()
print(time.strftime("%H:%M", time.localtime(0)))
END
cp /tmp/py311 /tmp/py313
for kernel in py311 py313 r; do
  mv "/tmp/$kernel" "/tmp/ñ $kernel"
  jupyter run --kernel="$kernel" "/tmp/ñ $kernel"
done
date -d @0 +%H:%M
"""


@pytest.mark.parametrize("user", ["54321:0", "54321:54321"])
def test_anybody_can_work(script: Any, user: str) -> None:
    """Any number has a name, a home, certificates, places for files, time zones, UTF-8, and kernels that execute.

    NixOS/nixpkgs #374290; NixOS/nix #13523, #5851, #8074; jupyter/docker-stacks #465; LnL7/nix-docker #12;
    ropensci/rix #50; cube-js/cube #10378; bugsink/bugsink #416; goclaw #1372; NixOS/nixpkgs #243831.
    """
    python = f"{SERVER_PYTHON} - <<'END'\n{ANYBODY}\nEND\n"
    assert script("--user", user, "--env", "TZ=Asia/Tokyo", python + KERNELS) == [
        "jovyan True",
        "[True, True, True]",
        *["→ é 漢 09:00 01:00"] * 3,
        "09:00",
    ]


INSIDE = r"""
import json, os, struct, subprocess
machines = {62: "x86_64", 183: "aarch64"}
listed = json.loads(subprocess.check_output(["jupyter", "kernelspec", "list", "--json"]))
for name, spec in sorted(listed["kernelspecs"].items()):
    program = os.path.realpath(spec["spec"]["argv"][0])
    head = open(program, "rb").read(20)
    while head.startswith(b"#!"):
        program = os.path.realpath(open(program).readline()[2:].split()[0])
        head = open(program, "rb").read(20)
    assert head.startswith(b"\x7fELF"), program
    print(name, machines[struct.unpack("<H", head[18:20])[0]] == os.uname().machine)
# What refers to a path that isn't there.
store, missing = set(os.listdir("/nix/store")), []
for path in store:
    for directory, directories, files in os.walk(f"/nix/store/{path}"):
        for each in (*directories, *files):
            place = os.path.join(directory, each)
            if os.path.islink(place) and os.readlink(place).startswith("/nix/store/"):
                if os.readlink(place).split("/")[3] not in store:
                    missing.append(place)
print(len(store) > 130, missing)
"""


def test_all_of_it_is_inside(script: Any) -> None:
    """More than 130 store paths are there with all that they link to, and programs are for the machine's architecture.

    NixOS/nixpkgs #80086, #16696, #132492; nlewo/nix2container #173; NixOS/nix.dev #827; tweag/jupyenv #165.
    """
    assert script(f"{SERVER_PYTHON} - <<'END'\n{INSIDE}\nEND\n") == ["py311 True", "py313 True", "r True", "True []"]


def test_kernels_start_with_a_volume_over_the_home(script: Any, tmp_path: Path) -> None:
    """An empty volume over the home, as a hub mounts it, takes nothing away that a kernel needs.

    jupyterhub/repo2docker #549, #554, #129, #507.
    """
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 1000, 100)
    said = script("--volume", f"{home}:/home/jovyan", "--env", "TZ=Asia/Tokyo", KERNELS)
    assert said == [*["→ é 漢 09:00 01:00"] * 3, "09:00"]


CERTIFICATES = r"""
import http.server, os, ssl, sys, threading
import requests
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/mnt/own/own.pem")
server = http.server.HTTPServer(("127.0.0.1", 8443), http.server.SimpleHTTPRequestHandler)
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(requests.get("https://localhost:8443/").status_code)
"""


def test_certificates_of_a_company(script: Any, directory: Path) -> None:
    """A list of authorities that is mounted over the image's counts for Python's requests.

    NixOS/nixpkgs #374290, NixOS/nix #13523.
    """
    own = directory / "own"
    own.mkdir()
    os.chown(own, 1000, 100)
    volume = ("--volume", f"{own}:/mnt/own")
    script(*volume, "make-certificate /mnt/own/own.pem && cat $SSL_CERT_FILE /mnt/own/own.pem > /mnt/own/all.crt")
    python = f"cd /tmp; {SERVER_PYTHON} - <<'END'\n{CERTIFICATES}\nEND\n"
    for name in ("ca-certificates.crt", "ca-bundle.crt"):
        mounted = ("--volume", f"{own}/all.crt:/etc/ssl/certs/{name}:ro")
        assert script(*volume, *mounted, python) == ["200"], name


def test_written_by_its_owner_alone(script: Any, tmp_path: Path) -> None:
    """What belongs to user 2000 is written by user 2000; another hears which option would let it.

    jupyter/docker-stacks #114, #885, #175, #542, #1003.
    """
    work = tmp_path / "work"
    work.mkdir()
    os.chown(work, 2000, 2000)
    text = "touch ~/work/a.ipynb && stat -c %u ~/work/a.ipynb || echo refused"
    mounted = ("--volume", f"{work}:/home/jovyan/work")
    assert script(*mounted, text) == ["refused"]
    assert script(*mounted, "--user", "2000:2000", text) == ["2000"]
