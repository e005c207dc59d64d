"""The image in real engines: whoever runs it, on whatever directory, it starts, says what is wrong, stops at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest
from containers import get, server
from support import CLI, PORT_IN_URL, ROOT, copy_project, free_port, has_plot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engines import RunningEngine

# The number of nobody in the image, in nobody's group.
STRANGER = (4321, 4321)


def test_user(program: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Programs run as jovyan 1000:100, in the home, with UTF-8, certificates, fonts and time zones."""
    script = """
        id; pwd; locale_ok=$(printf 'ä' | wc -m); echo "characters $locale_ok"
        head -c 20 "$SSL_CERT_FILE" >/dev/null && test -r "$FONTCONFIG_FILE" && echo files
        TZ=Europe/Helsinki date -d '2026-07-01T12:00:00Z' +%H:%M; which env sed awk less || true
        touch /tmp/x /var/tmp/x ~/x ~/work/x /mnt/x && echo writable
    """
    said = program("--", "sh", "-c", script).stdout
    assert "uid=1000(jovyan) gid=100(users)" in said
    for line in ("/home/jovyan", "characters 1", "files", "15:00", "writable", "/usr/bin/sed"):
        assert line in said.splitlines()


def test_subcommands(program: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """As in 2015, what follows the image may be a subcommand of Jupyter; programs go first, and options are Lab's."""
    kernels = json.loads(program("--", "kernelspec", "list", "--json").stdout)["kernelspecs"]
    assert sorted(kernels) == ["py311", "py313", "r"]
    assert program("--", "echo", "a b").stdout == "a b\n"
    assert program("--", "--version").stdout == program("--", "jupyter", "lab", "--version").stdout


@pytest.mark.parametrize(("uid", "gid"), [(4321, 0), (4321, 4321), (1000, 100)])
def test_any_user(program: Callable[..., subprocess.CompletedProcess[str]], uid: int, gid: int) -> None:
    """A number that nobody knows, in group 0 (OpenShift) or its own, has a home to write to and hears no complaint."""
    completed = program("--user", f"{uid}:{gid}", "--", "sh", "-c", "touch ~/x && echo $HOME $USER && id -u")
    assert completed.stdout.split() == ["/home/jovyan", "jovyan", str(uid)]
    assert "jupyflake:" not in completed.stderr


def test_name_for_a_number(engine: RunningEngine, program: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """In group 0 the number gets the name of the image's user; podman has named it by itself before."""
    expected = {"docker": "jovyan", "podman": "4321"}[engine.name]
    assert program("--user", "4321:0", "--", "whoami").stdout.strip() == expected


def test_root_becomes_jovyan(program: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Started as root, a container runs as the user that NB_UID and NB_GID name, or stays root where it is told to."""
    assert program("--user", "0", "--", "id", "-u").stdout == "1000\n"
    options = ("--user", "0", "--env", "NB_UID=4321", "--env", "NB_GID=4322")
    assert program(*options, "--", "sh", "-c", "id -un; id -u; id -g").stdout.split() == ["jovyan", "4321", "4322"]
    assert program("--user", "0", "--env", "NB_UID=0", "--", "id", "-u").stdout == "0\n"


def test_hardened(engine: RunningEngine, image: str) -> None:
    """A read-only file system without capabilities is enough for a server; what that costs is said in one line."""
    options = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
    options += ["--read-only-tmpfs=false"] if engine.name == "podman" else []
    with server(engine, image, *options) as (name, url):
        assert get(url, "api/status")
        complaints = [line for line in engine.run("logs", name).stderr.splitlines() if "jupyflake:" in line]
        assert len(complaints) == 1
        assert "/home/jovyan can't be written by user 1000:100" in complaints[0]


def test_work_is_the_home_of_notebooks(engine: RunningEngine, image: str, directory: Path) -> None:
    """A directory mounted at work is what the browser shows, and holds nothing but what is saved in it."""
    (directory / "a.txt").write_text("a", encoding="utf-8")
    with server(engine, image, "--volume", f"{directory}:/home/jovyan/work") as (_, url):
        content = get(url, "api/contents")
        assert isinstance(content, dict)
        assert [file["name"] for file in content["content"]] == ["a.txt"]
    assert [path.name for path in directory.iterdir()] == ["a.txt"]


def test_recipe_of_2015(engine: RunningEngine, image: str, directory: Path) -> None:
    """A directory mounted at /mnt is the home of notebooks and, in .jupyter, of the state."""
    (directory / "a.txt").write_text("a", encoding="utf-8")
    with server(engine, image, "--volume", f"{directory}:/mnt") as (_, url):
        content = get(url, "api/contents")
        assert isinstance(content, dict)
        assert [file["name"] for file in content["content"]] == ["a.txt"]
        assert list((directory / ".jupyter" / "runtime").glob("jpserver-*.json"))


UNWRITABLE = {
    "strange": (STRANGER, "", "--user 4321:4321"),
    "root": ((0, 0), "", "chown 1000:100"),
    "read-only": ((1000, 100), ":ro", "`:ro`"),
}


@pytest.mark.parametrize("place", ["/mnt", "/home/jovyan/work"])
@pytest.mark.parametrize("case", UNWRITABLE)
def test_unwritable_directory(engine: RunningEngine, image: str, directory: Path, place: str, case: str) -> None:
    """A mounted directory that can't be written is named with its cure, and the server starts all the same.

    jupyter/docker-stacks #114, #885, #175, #542, #1003.
    """
    owner, mode, cure = UNWRITABLE[case]
    os.chown(directory, *owner)
    with server(engine, image, "--volume", f"{directory}:{place}{mode}") as (name, url):
        assert get(url, "api/status")
        complaints = [line for line in engine.run("logs", name).stderr.splitlines() if "jupyflake:" in line]
        assert len(complaints) == 1
        assert place in complaints[0]
        assert cure in complaints[0]


def test_token(engine: RunningEngine, image: str) -> None:
    """Nothing is open without the token, which differs from start to start and is in no record of the engine."""
    with server(engine, image) as (name, url), server(engine, image) as (_, other):
        token = url.partition("token=")[2]
        assert len(token) > 20
        assert token != other.partition("token=")[2]
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{url.partition('?')[0]}api/contents", timeout=10)
        assert token not in engine.run("inspect", name).stdout
        # All that is said goes to standard error.
        logs = engine.run("logs", name)
        assert logs.stdout == ""
        assert "is running at" in logs.stderr


def test_stop(engine: RunningEngine, image: str) -> None:
    """A server with a running kernel stops within two seconds of SIGTERM, and says nothing of being killed."""
    with server(engine, image) as (name, url):
        address, _, query = url.partition("?")
        kernel = urllib.request.Request(f"{address}api/kernels?{query}", data=b'{"name": "py313"}')
        with urllib.request.urlopen(kernel, timeout=30):
            time.sleep(2)
        before = time.monotonic()
        engine.run("stop", "--time", "10", name)
        assert time.monotonic() - before < 2.5
        assert engine.run("inspect", "--format", "{{.State.ExitCode}}", name).stdout.strip() in ("0", "143")


def test_health(engine: RunningEngine, image: str, directory: Path) -> None:
    """The health check follows port and base URL, and isn't misled by what servers of the past left behind."""
    stale = directory / ".jupyter" / "runtime" / "jpserver-1.json"
    stale.parent.mkdir(parents=True)
    stale.write_text('{"port": 1, "base_url": "/", "secure": false, "token": "x", "hostname": ""}', encoding="utf-8")
    for path in (stale, *stale.parents[:2]):
        os.chown(path, 1000, 100)
    with server(engine, image, "--volume", f"{directory}:/mnt", "--env", "JUPYFLAKE_TEST=1") as (name, url):
        assert engine.run("exec", name, "healthcheck").returncode == 0
        assert "token=x" not in url
    assert engine.run("run", "--rm", "--network=host", image, "healthcheck", check=False).returncode == 1


def test_nothing_of_the_machine(program: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Neither variables nor files of the image hold a secret or a path of the machine that built it."""
    said = program("--", "env").stdout
    assert not [line for line in said.splitlines() if "TOKEN" in line or "PASSWORD" in line or str(ROOT) in line]


@pytest.mark.parametrize("owner", [(1000, 100), (0, 0)], ids=["somebody's", "root's"])
def test_jupyflake_run(engine: RunningEngine, tmp_path: Path, owner: tuple[int, int]) -> None:
    """`jupyflake run` prints a URL that works, what is saved is the owner's, and Ctrl-C leaves no container behind."""
    project = copy_project(tmp_path / "projekti ja työ")
    os.chown(project, *owner)
    words: list[str | Path] = [CLI, "run", "--engine", engine.name, "--locked", "--port", str(free_port())]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(words, cwd=project, env=engine.environment(), stdout=subprocess.PIPE, stderr=log)
        try:
            assert process.stdout is not None
            line = process.stdout.readline().decode()
            assert PORT_IN_URL.search(line), (tmp_path / "log").read_text(encoding="utf-8")
            content = get(line.strip(), "api/contents")
            assert isinstance(content, dict)
            assert "jupyter.toml" in [file["name"] for file in content["content"]]
            address, _, query = line.strip().partition("?")
            body = b'{"type": "file", "format": "text", "content": "saved"}'
            saving = urllib.request.Request(f"{address}api/contents/new.txt?{query}", data=body, method="PUT")
            with urllib.request.urlopen(saving, timeout=30):
                assert (project / "new.txt").stat().st_uid == owner[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    assert process.returncode == 0
    assert engine.run("ps", "--all", "--quiet").stdout == ""


@pytest.mark.parametrize("kernel", ["py313", "py311", "r"])
def test_notebook(engine: RunningEngine, tmp_path: Path, kernel: str) -> None:
    """A notebook of each kernel executes in the image, with its plot, and belongs to the directory's owner."""
    project = copy_project(tmp_path / "työ")
    for path in (project, *project.iterdir()):
        os.chown(path, *STRANGER)
    words = ["jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", f"{kernel}.ipynb"]
    completed = subprocess.run(
        [CLI, "run", "--engine", engine.name, "--locked", "--", *words],
        cwd=project,
        env=engine.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    assert has_plot(project / f"{kernel}.ipynb")
    assert (project / f"{kernel}.ipynb").stat().st_uid == STRANGER[0]


def test_load_twice(engine: RunningEngine) -> None:
    """An image that the engine has is not sent again."""
    words: list[str | Path] = [CLI, "image", "load", "--engine", engine.name, "--json", "--locked"]
    completed = subprocess.run(words, cwd=ROOT, env=engine.environment(), capture_output=True, text=True, check=True)
    assert json.loads(completed.stdout)["loaded"] is False
