"""Loading an image into an engine: what it lacks and no more; engines are scripts that answer as real ones do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyflake import loading, planned
from jupyflake.console import Console
from jupyflake.engine import Engine
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "0123abcd" * 8
DOCKER = Engine("docker", (20, 10, 24))
PODMAN = Engine("podman", (4, 3, 1))
SUMMARY = {
    "compression": "none",
    "digest": "sha256:1",
    "id": ID,
    "layers": 1,
    "reference": "registry.example/team/demo:1.0",
    "size": 5,
    "workdir": "/home/jovyan",
}
SERVE = """echo '{"event": "ready", "port": 5001}'
echo '{"event": "layer", "digest": "sha256:2", "size": 5, "name": "numpy"}'
echo '{"event": "sent", "bytes": 5}'
cat > /dev/null"""


@pytest.fixture
def image(program: Any, tmp_path: Path) -> planned.Image:
    """Make an image of a few bytes."""
    script = f"case $1$3 in write--summary) echo '{json.dumps(SUMMARY)}';; serve*) {SERVE};;"
    path = program("image", f"{script} write*) echo written 5 >&2; echo bytes;; esac")
    return planned.describe(path, tmp_path / "plan.json")


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the engines on this machine."""
    for variable in ("DOCKER_HOST", "CONTAINER_HOST"):
        monkeypatch.delenv(variable, raising=False)


def engine(program: Any, log: Path, script: str, name: str = "docker") -> Callable[[], list[str]]:
    """Put an engine on PATH; what it is told is in the list that the result gives."""
    program(name, f"echo \"$@\" >> '{log}'\n{script}")
    return lambda: log.read_text(encoding="utf-8").splitlines()


def test_image_that_is_there_is_not_sent(program: Any, image: planned.Image, tmp_path: Path) -> None:
    """An engine that has this very image under its name gets nothing."""
    told = engine(program, tmp_path / "log", f"echo 'sha256:{ID}'")
    assert loading.load(DOCKER, image, Console(quiet=True)).loaded is False
    assert [line.split()[0] for line in told()] == ["image"]


def test_image_without_its_name_is_named(program: Any, image: planned.Image, tmp_path: Path) -> None:
    """An engine that has the image, but an older one under the name, only gets the name."""
    told = engine(program, tmp_path / "log", "case $1 in image) echo sha256:ffff;; tag) ;; *) exit 9;; esac")
    assert loading.load(DOCKER, image, Console(quiet=True)).loaded is False
    assert told()[-1] == f"tag {ID} registry.example/team/demo:1.0"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (DOCKER, ("pull --quiet 127.0.0.1:5001/demo:1.0", "rmi --no-prune 127.0.0.1:5001/demo:1.0")),
        (
            PODMAN,
            (
                "pull --quiet --tls-verify=false 127.0.0.1:5001/demo:1.0",
                "untag 127.0.0.1:5001/demo:1.0 127.0.0.1:5001/demo:1.0",
            ),
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Engine) else "",
)
def test_engine_takes_what_it_lacks(
    program: Any, image: planned.Image, tmp_path: Path, where: Engine, words: tuple[str, str]
) -> None:
    """The engine pulls under a name for the moment, and has the image under its own name in the end."""
    mark = tmp_path / "pulled"
    script = f"case $1 in image) exit 1;; pull) echo > '{mark}';; tag) test -e '{mark}';; esac"
    told = engine(program, tmp_path / "log", script, where.name)
    loaded = loading.load(where, image, Console(quiet=True))
    assert (loaded.loaded, loaded.sent, loaded.layers) == (True, 5, 1)
    pull, forget = words
    assert told()[2:] == [pull, f"tag {ID} registry.example/team/demo:1.0", forget]


@pytest.mark.parametrize("case", ["remote", "variable", "refused"])
def test_engine_elsewhere_gets_all(
    program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    """An engine that can't reach this machine gets the archive through a pipe, with its progress shown."""
    script = f"case $1$3 in write--summary) echo '{json.dumps(SUMMARY)}';; write*) echo written 5 >&2; echo bytes;;"
    path = program("image", script + """ serve*) echo '{"event": "ready", "port": 5001}'; cat > /dev/null;; esac""")
    taken = tmp_path / "taken"
    refused = "echo 'dial tcp 127.0.0.1:5001: connect: connection refused' >&2; exit 1"
    engine(program, tmp_path / "log", f"case $1 in load) cat > '{taken}';; pull) {refused};; *) exit 1;; esac")
    if case == "variable":
        monkeypatch.setenv("DOCKER_HOST", "ssh://other")
    where = Engine("docker", (20,), remote=case == "remote")
    loaded = loading.load(where, planned.describe(path, tmp_path / "plan.json"), Console())
    assert (loaded.loaded, loaded.sent) == (True, 5)
    assert taken.read_text(encoding="utf-8") == "bytes\n"
    said = capsys.readouterr().err
    assert "into docker: 100 %" in said
    assert "written" not in said


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("failed to register layer: write /x: no space left on device", "JF505"),
        ("error: something else", "JF504"),
    ],
)
def test_engine_refuses(program: Any, image: planned.Image, tmp_path: Path, said: str, code: str) -> None:
    """An engine that doesn't take the image is quoted, and gives it no name; a full disk has its own code."""
    told = engine(program, tmp_path / "log", f"case $1 in pull) echo '{said}' >&2; exit 1;; *) exit 1;; esac")
    with pytest.raises(JupyflakeError) as caught:
        loading.load(DOCKER, image, Console(quiet=True))
    assert caught.value.code == code
    assert code == "JF505" or said in caught.value.message
    assert [line.split()[0] for line in told()] == ["image", "tag", "pull", "rmi"]


def test_archive_file(program: Any, tmp_path: Path) -> None:
    """An archive is loaded from its file, and the name of what is in it is told."""
    engine(program, tmp_path / "log", "echo 'Loaded image: demo:1.0'")
    archive = tmp_path / "a.tar"
    archive.write_bytes(b"")
    assert loading.load_archive(DOCKER, archive, Console(quiet=True)) == "demo:1.0"
    with pytest.raises(JupyflakeError) as caught:
        loading.load_archive(DOCKER, tmp_path / "no.tar", Console(quiet=True))
    assert (caught.value.code, caught.value.where) == ("JF504", str(tmp_path / "no.tar"))
