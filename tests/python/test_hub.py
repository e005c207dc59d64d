"""Helm values for a hub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyflake import hub
from jupyflake.cli import main
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "sha256:" + "0a" * 32
MANIFEST = """\
[project]
name = "{name}"
base = "debian/trixie"
[kernels.py]
language = "python"
display-name = '''Python "3" · ä: # $x'''
[kernels.r]
language = "r"
[image]
hub = true
tag = "1.0"
"""


@pytest.fixture(autouse=True)
def programs(program: Any) -> Any:
    """Have neither skopeo nor an engine but those that a test makes."""
    return program


def _project(directory: Path, name: str) -> Path:
    (directory / name).mkdir()
    (directory / name / "jupyter.toml").write_text(MANIFEST.format(name=name), encoding="utf-8")
    return directory / name


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("demo", "demo", "latest"),
        ("demo:1.0", "demo", "1.0"),
        ("r.example:5000/team/demo", "r.example:5000/team/demo", "latest"),
        (f"r.example:5000/team/demo:1.0@{DIGEST}", "r.example:5000/team/demo", f"1.0@{DIGEST}"),
        (f"r.example/demo@{DIGEST}", "r.example/demo", f"latest@{DIGEST}"),
    ],
)
def test_references(text: str, name: str, version: str) -> None:
    """What registries and engines write is read, a port is no tag, and it is written so that a chart can join it."""
    reference = hub.parse_reference(text)
    assert (reference.name, reference.version) == (name, version)
    assert str(reference) == f"{name}:{version}"


@pytest.mark.parametrize("text", ["", "Demo", "demo:", "demo@sha256:12", "demo:a b", "demo@", "a//b", "-x"])
def test_wrong_references_are_refused(text: str) -> None:
    """A text that no registry takes is named."""
    with pytest.raises(JupyflakeError) as caught:
        hub.parse_reference(text)
    assert caught.value.code == "JF570"
    assert f'"{text}"' in caught.value.message


def test_a_profile_for_each_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first project is the default; each profile names its kernels and its pinned image."""
    one, two = _project(tmp_path, "one"), _project(tmp_path, "two")
    images = [f"r.example/{name}:1.0@{DIGEST}" for name in ("one", "two")]
    words = [word for image in images for word in ("--image", image)]
    assert main(["export", "hub-values", "--json", str(one), str(two), *words]) == 0
    captured = capsys.readouterr()
    server = json.loads(captured.out)["singleuser"]
    assert server["image"] == {"name": "r.example/one", "tag": f"1.0@{DIGEST}"}
    assert server["storage"] == {"homeMountPath": "/home/jovyan"}
    assert [profile["kubespawner_override"]["image"] for profile in server["profileList"]] == images
    assert [profile.get("default") for profile in server["profileList"]] == [True, None]
    assert server["profileList"][0]["description"] == 'Python "3" · ä: # $x, r'
    assert captured.err == ""


def test_yaml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Texts are quoted, so nothing in them means something to YAML; without a digest a warning says so."""
    assert main(["export", "hub-values", str(_project(tmp_path, "one"))]) == 0
    captured = capsys.readouterr()
    assert captured.out == (
        """\
singleuser:
  image:
    name: "one"
    tag: "1.0"
  uid: 1000
  fsGid: 100
  cmd: "jupyterhub-singleuser"
  defaultUrl: "/lab"
  storage:
    homeMountPath: "/home/jovyan"
  profileList:
    - display_name: "one"
      description: "Python \\"3\\" · ä: # $x, r"
      kubespawner_override:
        image: "one:1.0"
      default: true
"""
    )
    assert "one:1.0 has no digest" in captured.err


def test_what_cannot_be_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An image without jupyterhub, and images that don't match the projects, are errors with a way out."""
    project = _project(tmp_path, "one")
    assert main(["export", "hub-values", str(project), "--image", "a", "--image", "b"]) == 2
    assert "JF570" in capsys.readouterr().err
    manifest = project / "jupyter.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("hub = true", ""), encoding="utf-8")
    assert main(["export", "hub-values", str(project)]) == 1
    said = capsys.readouterr().err
    assert "JF571" in said
    assert "hub = true, under [image]" in said


@pytest.mark.parametrize(
    "case",
    [
        ("r.example/one:1.0", {"skopeo": f"echo {DIGEST}"}, f"r.example/one:1.0@{DIGEST}"),
        ("r.example/one:1.0", {"skopeo": "exit 1", "podman": f'echo \'["x@y", "r.example/one@{DIGEST}"]\''}, DIGEST),
        ("r.example/one:1.0", {"docker": "echo null; exit 1"}, "(nobody could be asked)"),
        ("r.example/one:1.0", {"docker": f"echo '[\"other.example/one@{DIGEST}\"]'"}, "(nobody could be asked)"),
        (
            "r.example/one:1.0",
            {"skopeo": "echo 'level=fatal msg=\"manifest unknown\"' >&2; exit 1"},
            "(manifest unknown)",
        ),
        ("one:1.0", {"skopeo": f"echo {DIGEST}"}, "(its name has no registry)"),
    ],
)
def test_digest_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], programs: Any, case: tuple[str, dict[str, str], str]
) -> None:
    """The registry knows the digest, or the engine that pushed it; where nobody does, the warning says why."""
    image, scripts, expected = case
    for name, script in scripts.items():
        programs(name, script)
    assert main(["export", "hub-values", str(_project(tmp_path, "one")), "--image", image]) == 0
    captured = capsys.readouterr()
    told = captured.err if expected.startswith("(") else captured.out
    assert expected in told
    assert ("has no digest" in captured.err) is expected.startswith("(")


@pytest.mark.parametrize(("hub", "warned"), [("4.1.6", True), ("5.2", False), ("5", False)])
def test_hub_of_another_version(tmp_path: Path, capsys: pytest.CaptureFixture[str], hub: str, *, warned: bool) -> None:
    """A hub of another major version than the image's jupyterhub is warned of (jupyterhub/jupyterhub #1083, #1361)."""
    project = _project(tmp_path, "one")
    wheel = {"name": "jupyterhub", "version": "5.4.0", "file": "jupyterhub-5.4.0-py3-none-any.whl", "path": "a"}
    lock = {
        "version": 1,
        "manifest": "0" * 64,
        "systems": ["x86_64-linux"],
        "environments": {},
        "bootstrap": [],
        "wheels": [{**wheel, "size": 1, "sha256": "0" * 64, "use": {"jupyter": ["x86_64-linux"]}}],
        "debs": [],
    }
    (project / "jupyter.lock").write_text(json.dumps(lock), encoding="utf-8")
    assert main(["export", "hub-values", str(project), "--hub", hub]) == 0
    said = capsys.readouterr().err
    assert (f"the hub has JupyterHub {hub}, and the image of one has 5.4.0" in said) is warned
    assert ('"jupyterhub==4.*"' in said) is warned


def test_no_hub_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An address where no hub answers is said, without the login in it."""
    words = ["export", "hub-values", str(_project(tmp_path, "one")), "--hub", "http://me:secret@127.0.0.1:9/hub"]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "error[JF572]: no JupyterHub says its version at http://***@127.0.0.1:9/hub/api/" in said
    assert "--hub 5.2.1" in said
