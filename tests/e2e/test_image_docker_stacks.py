"""What people rely on in docker-stacks' base-notebook holds for our image: that project's own tests in our words.

What differs from engine to engine runs in both; what only the image decides, in one.
"""

from __future__ import annotations

import os
import re
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from containers import get, server
from support import free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    from engines import RunningEngine

    Program = Callable[..., CompletedProcess[str]]

in_docker = pytest.mark.parametrize("engine", ["docker"], indirect=True)


def complaints(text: str) -> list[str]:
    """Give what start.sh said."""
    return [line for line in text.splitlines() if line.startswith("jupyflake:")]


def test_root_becomes_the_user_of_the_variables(program: Program) -> None:
    """NB_USER, NB_UID, NB_GID and NB_GROUP name the user; its home and the directories of CHOWN_EXTRA are its own."""
    variables = {"NB_USER": "ada", "NB_UID": "1010", "NB_GID": "1020", "NB_GROUP": "folk", "CHOWN_EXTRA": "/srv,/opt"}
    options = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
    script = "id; pwd; echo $HOME $USER; touch ~/x ~/work/y && stat -c '%F %U %G' ~ /srv /opt"
    said = program("--user", "root", "--volume", "/srv", "--volume", "/opt", *options, "--", "sh", "-c", script)
    assert said.stdout.splitlines() == [
        "uid=1010(ada) gid=1020(folk) groups=1020(folk),100(users)",
        "/home/ada",
        "/home/ada ada",
        *["directory ada folk"] * 3,
    ]
    assert complaints(said.stderr) == []


def test_a_mounted_directory_stays_in_the_renamed_home(program: Program, directory: Path) -> None:
    """With NB_USER the directory mounted at jovyan's work is the new user's too, and nothing of it is lost."""
    (directory / "kept.txt").write_text("kept", encoding="utf-8")
    options = ("--user", "root", "--env", "NB_USER=ada", "--volume", f"{directory}:/home/jovyan/work")
    assert program(*options, "--", "cat", "/home/ada/work/kept.txt").stdout == "kept"
    assert [path.name for path in directory.iterdir()] == ["kept.txt"]


def test_chown_home(program: Program, directory: Path) -> None:
    """CHOWN_HOME gives a mounted home, which belongs to somebody else, to the user."""
    os.chown(directory, 4321, 4321)
    options = ("--user", "root", "--env", "CHOWN_HOME=yes", "--volume", f"{directory}:/home/jovyan")
    program(*options, "--", "touch", "/home/jovyan/x")
    assert (directory.stat().st_uid, (directory / "x").stat().st_uid) == (1000, 1000)


@in_docker
@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("NB_UID=12a", "NB_UID=12a is no number"),
        ("NB_USER=a b", "NB_USER=a b is no name"),
        ("GRANT_SUDO=yes", "there is no sudo"),
    ],
)
def test_a_value_that_cannot_be_heeded_is_named(program: Program, variable: str, said: str) -> None:
    """A wrong number or name is said in one line, and the container starts as jovyan."""
    completed = program("--user", "root", "--env", variable, "--", "id", "-un")
    assert completed.stdout == "jovyan\n"
    (line,) = complaints(completed.stderr)
    assert said in line


@in_docker
def test_what_needs_root_is_named(program: Program) -> None:
    """Without root the variables of the user are left alone, and one line says which and why."""
    completed = program("--env", "NB_USER=ada", "--env", "CHOWN_HOME=yes", "--env", "NB_UID=1000", "--", "id", "-un")
    assert completed.stdout == "jovyan\n"
    assert complaints(completed.stderr) == [
        "jupyflake: not heeded, since the container was not started as root (`--user root`): NB_USER=ada CHOWN_HOME=yes"
    ]


IDENTITIES = {
    "--user 1010:1010 --group-add users": "uid=1010 gid=1010 groups=1010,100(users) /home/jovyan",
    "--user 1010": "uid=1010(jovyan) gid=0(root) groups=0(root) /home/jovyan",
    "--user root -e NB_GID=110": "uid=1000(jovyan) gid=110(jovyan) groups=110(jovyan),100(users) /home/jovyan",
    "--user root -e NB_USER=ada -e CHOWN_HOME=1": "uid=1000(ada) gid=100(users) groups=100(users) /home/ada",
    "--user root -e NB_USER=root -e NB_UID=0 -e NB_GID=0": "uid=0(root) gid=0(root) groups=0(root) /home/jovyan",
}


@in_docker
def test_identities(program: Program) -> None:
    """Numbers with and without a name, added groups, and root where it is asked for: all have a home to write to."""
    said = {
        options: program(*options.split(), "--", "sh", "-c", 'touch ~/x ~/work/y && echo "$(id) $HOME"').stdout.strip()
        for options in IDENTITIES
    }
    assert said == IDENTITIES


@in_docker
def test_hooks_of_a_single_file(program: Program, directory: Path) -> None:
    """One file can be mounted into a directory of hooks, and extensions of the server are whole and enabled."""
    (directory / "99-test.sh").write_text("echo hook of $(id -un)", encoding="utf-8")
    mounted = f"{directory}/99-test.sh:/usr/local/bin/before-notebook.d/99-test.sh:ro"
    listed = "jupyter server extension list 2>&1; jupyter labextension list 2>&1"
    said = program("--user", "root", "--volume", mounted, "--env", "NO_COLOR=1", "--", "sh", "-c", listed).stdout
    assert said.startswith("hook of root\n")
    plain = re.sub(r"\x1b\[\d*m", "", said)
    assert {"jupyterlab enabled", "notebook enabled", "jupyter_server_terminals enabled"} <= {
        line.strip() for line in plain.splitlines()
    }
    assert re.search(r"lab-extension v\S+ enabled OK", plain)
    assert not [line for line in plain.splitlines() if " X" in line or "error" in line.lower()]


@in_docker
def test_open_to_both_kinds_of_addresses(engine: RunningEngine, image: str) -> None:
    """The server listens at addresses of IPv4 and IPv6; options of the command win, and here want no token."""
    if not Path("/proc/net/if_inet6").exists():
        pytest.skip("this machine has no IPv6")
    script = """
        start-notebook.py --IdentityProvider.token= 2> /dev/null &
        until healthcheck 2> /dev/null; do sleep 0.2; done
        for host in 127.0.0.1 '[::1]'; do wget -q -O - "http://$host:8888/lab" | grep -c -m 1 JupyterLab; done
    """
    words = ("--network=none", "--sysctl", "net.ipv6.conf.lo.disable_ipv6=0", image, "sh", "-c", script)
    assert engine.run("run", "--rm", *words).stdout.split() == ["1", "1"]


@in_docker
def test_hooks(program: Program, directory: Path) -> None:
    """Scripts in the two directories run in order, those before the server as root; a failure stops nothing."""
    files = {
        "start-notebook.d/1.sh": 'export FIRST="$(id -un) first"',
        "start-notebook.d/2.sh": "false",
        "before-notebook.d/1.sh": 'SECOND="$(id -un) $NB_USER"; export SECOND; unset NOWHERE; echo "$NOWHERE"',
        "before-notebook.d/2-program": "#!/bin/sh\necho program: $SECOND",
        "before-notebook.d/3-text": "no program",
    }
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755 if "program" in name else 0o644)
    volumes = [
        word
        for each in ("start-notebook.d", "before-notebook.d")
        for word in ("--volume", f"{directory / each}:/usr/local/bin/{each}")
    ]
    completed = program("--user", "root", *volumes, "--", "sh", "-c", 'echo "$FIRST, $SECOND, $(id -un)"')
    assert completed.stdout.split("\n") == ["", "program: root jovyan", "root first, root jovyan, jovyan", ""]
    failed, left_out = complaints(completed.stderr)
    assert "2.sh has failed" in failed
    assert "3-text is left out" in left_out


@in_docker
def test_names_of_the_start_scripts(program: Program) -> None:
    """Each name that is in people's scripts starts the server that it should, with the variables' options."""
    script = """
        start-notebook.py --version
        DOCKER_STACKS_JUPYTER_CMD=server NOTEBOOK_ARGS="--debug --log-level='10'" start-notebook.sh --version
        NOTEBOOK_ARGS="'" start-notebook.sh
        start.sh echo once
        env -u _START_SH_EXECUTED /usr/local/bin/start-notebook.py --version
        JUPYTERHUB_API_TOKEN=x start-notebook.py --version || true
    """
    completed = program("--", "sh", "-c", script)
    executed = [line.split(": ", 1)[1] for line in completed.stderr.splitlines() if line.startswith("Executing:")]
    assert executed == [
        "jupyter lab --version",
        "jupyter server --debug --log-level=10 --version",
        "jupyter lab --version",
        "jupyterhub-singleuser --version",
    ]
    assert "once" in completed.stdout.splitlines()
    quote, missing = complaints(completed.stderr)
    assert "NOTEBOOK_ARGS can't be read: No closing quotation" in quote
    assert "hub = true" in missing


@in_docker
def test_variables_of_a_terminal(program: Program) -> None:
    """Variables to be unset are, a locale that is not there is said and replaced, and a kernel's programs are found."""
    options = ["JUPYTER_ENV_VARS_TO_UNSET=SECRET,OTHER", "SECRET=1", "OTHER=2", "LC_ALL=fi_FI.UTF-8", "KEPT=3"]
    words = [word for option in options for word in ("--env", option)]
    script = 'env | grep -E "^(JUPYTER_ENV|SECRET|OTHER|LC_ALL|KEPT|NB_)" | sort'
    completed = program(*words, "--", "sh", "-c", script)
    assert completed.stdout.split() == ["KEPT=3", "LC_ALL=C.UTF-8", "NB_GID=100", "NB_UID=1000", "NB_USER=jovyan"]
    (line,) = complaints(completed.stderr)
    assert "LC_ALL=fi_FI.UTF-8 is no locale" in line
    # f2py is numpy's; the server's environment has no numpy.
    version = program("--env", "JUPYFLAKE_KERNEL=py311", "--", "f2py", "-v").stdout
    assert version.startswith("1.")


@in_docker
def test_command_of_binder_over_https(engine: RunningEngine, image: str) -> None:
    """BinderHub's command is taken as it is, with a generated certificate, and no kernel inherits the token."""
    address = ["--ip=127.0.0.1", f"--port={free_port()}"]
    settings = ["base_url=/user/ada/", "trust_xheaders=True", "default_url=/lab", "allow_origin_pat=.*"]
    words = [f"--{app}.{setting}" for app in ("NotebookApp", "ServerApp") for setting in settings]
    variables = ("--env", "GEN_CERT=yes", "--env", "JUPYTER_TOKEN=sesame", "--env", "NB_UMASK=027")
    with server(engine, image, *variables, command=["jupyter", "notebook", *address, *words]) as (name, url):
        port = address[1].rpartition("=")[2]
        assert url == f"https://127.0.0.1:{port}/user/ada/?token=sesame"
        assert get(url, "api/status")
        script = """
            stat -c %a ~/.local/share/jupyter/notebook.pem
            /etc/jupyter/docker_healthcheck.py && echo healthy
            grep Umask "/proc/$(ls ~/.local/share/jupyter/runtime | sed -n 's/jpserver-\\([0-9]*\\).json/\\1/p')/status"
        """
        said = engine.run("exec", name, "sh", "-c", script).stdout.split()
        assert said == ["600", "healthy", "Umask:", "0027"]
        certificate = ssl.get_server_certificate(("127.0.0.1", int(port)))
        # The server's own certificate is one that a browser can be told to trust.
        trusting = ssl.create_default_context(cadata=certificate)
        with urllib.request.urlopen(url.replace("127.0.0.1", "localhost").replace("?", "api?"), context=trusting):
            pass
        kernel = urllib.request.Request(url.replace("?", "api/kernels?"), data=b'{"name": "py313"}')
        with urllib.request.urlopen(kernel, context=ssl._create_unverified_context(), timeout=30):  # noqa: SLF001
            pass
        script = """
            for process in /proc/[0-9]*; do
              if tr '\\0' ' ' < "$process/cmdline" | grep -q '^/nix/.*ipykernel_launcher'; then
                tr '\\0' '\\n' < "$process/environ" | grep -c -e ^JUPYTER_TOKEN= -e ^NB_USER=
              fi
            done
        """
        assert engine.run("exec", name, "sh", "-c", script).stdout == "1\n"


@in_docker
def test_given_certificate_and_password(engine: RunningEngine, image: str, directory: Path, program: Program) -> None:
    """With a password instead of a token and a mounted certificate the server asks for the password, and is healthy."""
    program("--volume", f"{directory}:/mnt", "--", "make-certificate", "/mnt/own.pem")
    code = "import sys; from jupyter_server.auth import passwd; print(passwd('sesame', 'sha256'))"
    hashed = program("--", "sh", "-c", f'exec $(sed -n s/environment=//p $(which jupyter))/bin/python3 -c "{code}"')
    options = [f"--PasswordIdentityProvider.hashed_password={hashed.stdout.strip()}"]
    options += ["--ServerApp.certfile=/etc/ssl/notebook/own.pem", "--ServerApp.keyfile=/etc/ssl/notebook/own.pem"]
    volume = ("--volume", f"{directory}:/etc/ssl/notebook:ro")
    with server(engine, image, *volume, command=["start-notebook.py", *options]) as (_, url):
        assert url.startswith("https://")
        assert "token" not in url
        assert get(url, "api")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            get(url, "api/contents")
        trusting = ssl.create_default_context(cafile=str(directory / "own.pem"))
        with urllib.request.urlopen(url.replace("127.0.0.1", "localhost") + "login", context=trusting) as page:
            assert "login_submit" in page.read().decode()


@in_docker
def test_a_home_that_cannot_be_written(engine: RunningEngine, image: str, directory: Path) -> None:
    """With root's volume over the home, and a socket instead of a port, the server runs and is found to be well."""
    os.chown(directory, 0, 0)
    options = ("--volume", f"{directory}:/home/jovyan", "--env", "JUPYTER_TOKEN=sesame")
    words = ("run", "--detach", "--network=host", *options, image, "--ServerApp.sock=/tmp/server.sock")
    name = engine.run(*words).stdout.strip()
    try:
        deadline = time.monotonic() + 30
        while engine.run("exec", name, "healthcheck", check=False).returncode != 0:
            assert time.monotonic() < deadline, engine.run("logs", name).stderr
            time.sleep(0.2)
        (line,) = complaints(engine.run("logs", name).stderr)
        assert "/home/jovyan can't be written by user 1000:100" in line
        assert "mount a writable volume at /home/jovyan" in line
    finally:
        engine.run("rm", "--force", name)


@in_docker
def test_restarts(engine: RunningEngine, image: str) -> None:
    """With RESTARTABLE=yes a server that has ended starts again, and the container still stops at once."""
    with server(engine, image, "--env", "RESTARTABLE=yes", command=["start-notebook.py"]) as (name, _):
        script = "kill -9 $(ls ~/.local/share/jupyter/runtime | sed -n 's/jpserver-\\([0-9]*\\).json/\\1/p')"
        engine.run("exec", name, "sh", "-c", script)
        deadline = time.monotonic() + 30
        while "starts again" not in engine.run("logs", name).stderr:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        before = time.monotonic()
        engine.run("stop", "--time", "10", name)
        assert time.monotonic() - before < 2.5
