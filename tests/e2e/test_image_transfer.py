"""Images on their way: only what is not there is sent, what arrives is what was built, and it says when it can't."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from registries import PASSWORD, USER, registry
from support import cli as command_line
from support import copy_project, environment, free_port, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from engines import RunningEngine
    from machines import Small
    from support import Result

# More than what a change of the project's own moves, the topmost layers; the whole image is a thousand times that.
SMALL = 2_000_000
OPTIONS = """
[image]
ports = [8050]
created = "2026-01-31T12:00:00Z"
max-layers = 100
extra-paths."/srv/course" = "course"
extra-paths."/srv/a.txt" = "course/a.txt"
labels.quoted = 'a "b" $HOME'
env.MOTTO = "one\\ntwo $HOME"
"""


def cli(*words: str | Path, cwd: Path, check: bool = True, more: Mapping[str, str] | None = None) -> Result:
    """Run our command line with some variables."""
    return command_line(*words, cwd=cwd, env=environment(**(more or {})), check=check)


def answer(*words: str | Path, cwd: Path, more: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run our command line and give what it says in JSON."""
    said: dict[str, Any] = json.loads(cli(*words, "--json", "--locked", cwd=cwd, more=more).stdout)
    return said


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, image: str) -> Path:
    """Make the root project with further options of its image, and a directory that goes into it."""
    assert image
    directory = copy_project(tmp_path_factory.mktemp("options") / "kurssi ä")
    (directory / "course").mkdir()
    (directory / "course" / "a.txt").write_text("a", encoding="utf-8")
    manifest = directory / "jupyter.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + OPTIONS, encoding="utf-8")
    return directory


@dataclass(frozen=True)
class Shop:
    """A registry that wants a login, and the variable by which skopeo finds ours."""

    address: str
    login: Mapping[str, str]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Run a registry, and log in as a person does."""
    directory = tmp_path_factory.mktemp("registry")
    login = {"REGISTRY_AUTH_FILE": str(directory / "auth.json")}
    with registry(directory / "r") as address:
        words = ("skopeo", "login", "--tls-verify=false", "--username", USER, "--password-stdin", address)
        run(*words, stdin=PASSWORD, env=environment(**login))
        yield Shop(address, login)
    shutil.rmtree(directory)


def test_push_sends_what_the_registry_lacks(shop: Shop, changed: Path, tmp_path: Path) -> None:
    """The first push sends all, the second nothing, one after a change what is new; the digests are those announced."""
    plain = copy_project(tmp_path / "plain")
    name = f"{shop.address}/team/demo"
    first = answer("image", "push", f"{name}:1.0", cwd=plain, more=shop.login)
    assert first["sent"] == first["size"]
    assert answer("image", "push", f"{name}:1.0", cwd=plain, more=shop.login)["sent"] == 0
    second = answer("image", "push", f"{name}:1.1", cwd=changed, more=shop.login)
    assert 0 < second["sent"] < SMALL
    look = ("skopeo", "inspect", "--tls-verify=false")
    for pushed, project in ((first, plain), (second, changed)):
        where = f"docker://{pushed['destination']}"
        seen = run(*look, "--format", "{{.Digest}}", where, env=environment(**shop.login)).stdout.strip()
        assert seen == pushed["digest"] == answer("image", "inspect", cwd=project)["digest"]
    raw = json.loads(run(*look, "--raw", where, env=environment(**shop.login)).stdout)
    assert raw["annotations"]["org.opencontainers.image.created"] == "2026-01-31T12:00:00Z"
    assert len(raw["layers"]) <= 100


def test_login(shop: Shop, changed: Path, tmp_path: Path) -> None:
    """A registry that wants a login says so in one line with the command; the password is never shown."""
    words = ("image", "push", f"{shop.address}/team/demo:1.1", "--locked")
    nobody = {"REGISTRY_AUTH_FILE": str(tmp_path / "auth.json")}
    refused = cli(*words, cwd=changed, check=False, more=nobody)
    assert refused.code == 1
    assert f"error[JF561]: {shop.address}" in refused.stderr
    assert f"  try: skopeo login {shop.address}" in refused.stderr
    pushed = cli(*words, "--verbose", cwd=changed, more=shop.login)
    assert PASSWORD not in pushed.text


def test_engine_takes_what_it_lacks(engine: RunningEngine, changed: Path) -> None:
    """An engine that has an older image is sent the new layers only; options arrive as they were written.

    What it has is what was announced and starts: nlewo/nix2container #112, cachix/devenv #957, skopeo #2204.
    Files and directories of the project are where they were asked for: cachix/devenv #1334.
    """
    words = ("image", "load", "--engine", engine.name)
    loaded = answer(*words, cwd=changed, more=engine.variables)
    assert loaded["loaded"] is True
    assert 0 < loaded["sent"] < SMALL
    name = loaded["reference"]
    try:
        config = json.loads(engine.run("image", "inspect", name).stdout)[0]
        assert config["Id"].removeprefix("sha256:") == loaded["id"]
        assert sorted(config["Config"]["ExposedPorts"]) == ["8050/tcp", "8888/tcp"]
        assert config["Config"]["Labels"]["quoted"] == 'a "b" $HOME'
        assert config["Created"].startswith("2026-01-31T12:00:00")
        script = 'cat /srv/course/a.txt /srv/a.txt; printf %s "$MOTTO"; test ! -w /srv/course/a.txt'
        said = engine.run("run", "--rm", "--network=host", name, "sh", "-c", script).stdout
        assert said == "aaone\ntwo $HOME"
        # No name is left of how it came.
        assert "127.0.0.1" not in engine.run("images").stdout
        assert answer(*words, cwd=changed, more=engine.variables)["loaded"] is False
    finally:
        # The name is the root project's; other tests go on with that.
        engine.run("rmi", "--force", name)
        cli(*words, "--locked", cwd=copy_project(changed.parent / engine.name), more=engine.variables)


def test_directory_and_archive(small: Small, tmp_path: Path) -> None:
    """An OCI directory gets what it lacks; an archive is whole; nothing of the environment is in either."""
    canary = "kanarialintu"
    secrets = {"JUPYTER_TOKEN": canary, "UV_INDEX_URL": f"https://user:{canary}@index.example/simple"}
    # Another image, so that it is built with these variables.
    project = variant(small, tmp_path / "project", "ports = [8051]")
    target = tmp_path / "oci dir"
    pushed = answer("image", "push", f"oci:{target}", cwd=project, more=secrets)
    assert pushed["sent"] == pushed["size"]
    assert answer("image", "push", f"oci:{target}", cwd=project, more=secrets)["sent"] == 0
    digest = run("skopeo", "inspect", "--format", "{{.Digest}}", f"oci:{target}:latest").stdout.strip()
    assert digest == pushed["digest"]
    archive = tmp_path / "a.tar"
    answer("image", "push", f"docker-archive:{archive}", cwd=project)
    assert pushed["id"] in json.loads(run("tar", "-xOf", archive, "manifest.json").stdout)[0]["Config"]
    found = run("grep", "-rl", canary, target, archive, check=False)
    assert found.code == 1, found.text
    shutil.rmtree(target)
    archive.unlink()


def variant(small: Small, target: Path, options: str) -> Path:
    """Copy the small project and give its image an option."""
    target.mkdir()
    shutil.copy(small.directory / "jupyter.lock", target)
    text = (small.directory / "jupyter.toml").read_text(encoding="utf-8")
    (target / "jupyter.toml").write_text(f"{text}\n[image]\n{options}\n", encoding="utf-8")
    return target


def test_the_time_changes_no_layer(small: Small, tmp_path: Path) -> None:
    """The same image comes of the same lock; another `created` is another image of the very same layers.

    NixOS/nixpkgs #26593, #281443; rehosting/penguin #925.
    """
    inspected = [
        answer("image", "inspect", cwd=variant(small, tmp_path / name, option))
        for name, option in (("a", "ports = []"), ("b", ""), ("c", 'created = "2026-01-31T12:00:00Z"'))
    ]
    first, second, later = inspected
    assert first == second
    assert (first["created"], later["created"]) == ("1970-01-01T00:00:01Z", "2026-01-31T12:00:00Z")
    assert first["id"] != later["id"]
    assert first["layers"] == later["layers"]
    # All that is inside belongs to somebody.
    paths = [path for layer in first["layers"] for path in layer["paths"]]
    assert sorted(paths) == sorted(path for package in first["packages"] for path in package["paths"])


def test_what_is_in_it(small: Small, tmp_path: Path) -> None:
    """People see in 80 columns who brings how much, and a picture of all of it; the parts come to the whole."""
    project = variant(small, tmp_path / "project", "")
    shown = cli("image", "inspect", "--locked", "--output", "image.svg", cwd=project)
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "jupyter: the server, and what every image has" in shown.stdout
    assert "jupyterlab-" in (project / "image.svg").read_text(encoding="utf-8")
    told = answer("image", "inspect", cwd=project)
    assert set(told["environments"]) == {"py313", "jupyter"}
    own = sum(sizes["own"] for sizes in told["environments"].values())
    shared = sum(package["size"] for package in told["packages"] if len(package["environments"]) == 2)
    assert own + shared == sum(package["size"] for package in told["packages"])
    assert told["environments"]["py313"]["own"] < told["environments"]["jupyter"]["own"]


def test_a_path_that_is_not_there(small: Small, tmp_path: Path) -> None:
    """A file of the image that the project lacks is named (cachix/devenv #1334)."""
    project = variant(small, tmp_path / "project", 'extra-paths."/srv/course" = "missing"')
    refused = cli("image", "inspect", "--locked", cwd=project, check=False)
    assert refused.code == 1
    assert 'extra-paths."/srv/course" of [image] names missing, which is not in the project' in refused.stderr


def test_compressed(engine: RunningEngine, small: Small, tmp_path: Path) -> None:
    """Engines take an archive of compressed layers, and see in it the image that isn't compressed."""
    archive = answer("image", "build", cwd=variant(small, tmp_path / "gzip", 'compression = "gzip"'))
    words = ("image", "load", "--engine", engine.name)
    loaded = answer(*words, "--archive", archive["archive"], cwd=tmp_path / "gzip", more=engine.variables)
    plain = variant(small, tmp_path / "plain", 'compression = "none"')
    again = answer(*words, cwd=plain, more=engine.variables)
    assert again["loaded"] is False
    engine.run("rmi", "--force", loaded["reference"])


def test_no_registry_there(changed: Path) -> None:
    """Where nobody answers, one line names the registry and says that nothing is lost."""
    refused = cli("image", "push", f"127.0.0.1:{free_port()}/a/b", "--locked", cwd=changed, check=False)
    assert refused.code == 1
    assert "error[JF560]" in refused.stderr
    assert "not sent twice" in refused.stderr
