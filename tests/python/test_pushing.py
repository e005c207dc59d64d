"""Where an image may go, and what is said when it is not taken there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyflake import planned, pushing
from jupyflake.console import Console
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "demo:1.0"
READY = """case $1 in serve) echo '{"event": "ready", "port": 5001}'; cat > /dev/null;; esac"""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("registry.example/demo", "registry.example/demo:1.0"),
        ("docker://registry.example/team/demo:2.0", "registry.example/team/demo:2.0"),
        ("localhost/demo", "localhost/demo:1.0"),
        ("127.0.0.1:5000/a/b_c", "127.0.0.1:5000/a/b_c:1.0"),
        ("[::1]:5000/demo", "[::1]:5000/demo:1.0"),
        ("oci:build/image", "oci:build/image"),
        ("docker-archive:a b.tar", "docker-archive:a b.tar"),
    ],
)
def test_destination(given: str, expected: str) -> None:
    """A registry's name gets the image's tag where it has none; paths stay as they are."""
    assert pushing.destination(given, NAME) == expected


def test_destination_is_the_name() -> None:
    """An image whose name has its registry needs no other word."""
    assert pushing.destination(None, "registry.example/demo:3") == "registry.example/demo:3"


@pytest.mark.parametrize(
    "given",
    [None, "demo", "team/demo", "registry.example/Demo", "registry.example/demo:a b", "oci:", "https://x.y/z", ""],
)
def test_no_destination(given: str | None) -> None:
    """What names no registry and no path is refused with a whole example."""
    with pytest.raises(JupyflakeError) as caught:
        pushing.destination(given, NAME)
    assert (caught.value.code, caught.value.exit_code) == ("JF562", 2)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("demo:1.0", '"demo:1.0" has no registry in it'),
        ("registry.example/demo:a b", '"registry.example/demo:a b" is not a name of an image'),
        ("registry.example/Demo", '"registry.example/Demo" is not a name of an image'),
    ],
)
def test_what_is_wrong_with_it(given: str, said: str) -> None:
    """A missing registry and characters that no name has are told apart."""
    with pytest.raises(JupyflakeError) as caught:
        pushing.destination(given, NAME)
    assert caught.value.message == said


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("docker-archive:{0}", "{0} is a directory"),
        ("docker-archive:{0}/file/a.tar", "docker-archive:{0}/file/a.tar cannot be written: File exists"),
        ("oci:{0}/file", "oci:{0}/file cannot be written: File exists"),
        ("oci:{0}/file/oci", "oci:{0}/file/oci cannot be written: Not a directory"),
    ],
)
def test_places_that_cannot_be_written(tmp_path: Path, target: str, said: str) -> None:
    """A file in the place of a directory, and the other way round, are named, and stay what they are."""
    (tmp_path / "file").write_text("before", encoding="utf-8")
    image = planned.Image(NAME, "/", program=Path("/bin/true"), plan=tmp_path / "plan.json")
    with pytest.raises(JupyflakeError) as caught:
        pushing.push(image, target.format(tmp_path), Console(quiet=True))
    assert (caught.value.code, caught.value.message) == ("JF563", said.format(tmp_path))
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["before"]


@pytest.fixture
def push(program: Any, tmp_path: Path) -> Callable[..., pushing.Pushed]:
    """Give a function that pushes an image of nothing; what skopeo is told is in `log`."""
    path = program("image", READY)
    image = planned.Image(NAME, "/", "0" * 64, "sha256:1", 5, program=path, plan=tmp_path / "plan.json")

    def call(script: str, target: str = "registry.example/demo:1.0", **options: bool) -> pushing.Pushed:
        program("skopeo", f"echo \"$@\" > '{tmp_path / 'log'}'\n{script}")
        return pushing.push(image, target, Console(quiet=True), **options)

    return call


@pytest.mark.parametrize(
    ("target", "options", "plain"),
    [
        ("registry.example/demo:1.0", {}, False),
        ("registry.example/demo:1.0", {"plain": True}, True),
        ("127.0.0.1:5000/demo:1.0", {}, True),
    ],
)
def test_skopeo_copies(
    push: Callable[..., pushing.Pushed], tmp_path: Path, target: str, options: dict[str, bool], *, plain: bool
) -> None:
    """Digests stay, and TLS is left out only where it was asked for, or on this machine."""
    assert push("exit 0", target, **options).through == "skopeo"
    words = (tmp_path / "log").read_text(encoding="utf-8").split()
    assert "--preserve-digests" in words
    assert ("--dest-tls-verify=false" in words) is plain
    assert words[-2:] == ["docker://127.0.0.1:5001/demo:1.0", f"docker://{target}"]


@pytest.mark.parametrize(
    ("said", "code", "hint"),
    [
        ("unauthorized: authentication required", "JF561", "skopeo login registry.example"),
        ("requested access to the resource is denied", "JF561", "skopeo login registry.example"),
        ("http: server gave HTTP response to HTTPS client", "JF560", "--plain-http"),
        ("dial tcp: lookup registry.example: no such host", "JF560", "not sent twice"),
    ],
)
def test_registry_refuses(push: Callable[..., pushing.Pushed], said: str, code: str, hint: str) -> None:
    """The registry's own words come without the noise around them, with what to do."""
    with pytest.raises(JupyflakeError) as caught:
        push(f"""echo 'time="2026-01-01T00:00:00Z" level=fatal msg="{said}"' >&2; exit 1""")
    assert caught.value.code == code
    assert caught.value.message.endswith(said) or "speaks no TLS" in caught.value.message
    assert hint in str(caught.value.hint)


def test_marks_of_an_upload_are_left_out(push: Callable[..., pushing.Pushed]) -> None:
    """The address of an upload, quoted in an error, is given without what only the registry can read."""
    said = "Patch http://r.example/v2/a/blobs/uploads/1?_state=abc%3D: write: broken pipe"
    with pytest.raises(JupyflakeError) as caught:
        push(f"echo '{said}' >&2; exit 1")
    assert caught.value.message.endswith("Patch http://r.example/v2/a/blobs/uploads/1: write: broken pipe")


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("exit 1", "was ended"),
        ("""echo '{"event": "error", "message": "a layer is too short"}'; cat > /dev/null""", "a layer is too short"),
    ],
)
def test_reader_ends_before_its_time(
    push: Callable[..., pushing.Pushed], program: Any, then: str, message: str
) -> None:
    """Where the program that reads the image ends, or cannot read a layer, the push ends at once and says why."""
    program("image", f"""case $1 in serve) echo '{{"event": "ready", "port": 5001}}'; {then};; esac""")
    program("sleep", f"exec {shutil.which('sleep', path=os.defpath)} 60")
    with pytest.raises(JupyflakeError, match=message) as caught:
        push("exec sleep")
    assert caught.value.code == "JF563"


ENGINES = {
    "docker": """echo '{"ServerVersion": "20.10.24"}'""",
    "podman": """echo '{"host": {"security": {}}, "version": {"Version": "4.3.1"}}'""",
}


@pytest.mark.parametrize("name", ENGINES)
def test_engine_pushes(
    name: str, program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, push: Callable[..., pushing.Pushed]
) -> None:
    """Without skopeo the engine pushes what it has; the digest is the one that it says, not the one of our manifest."""
    digest = f"sha256:{'ab' * 32}"
    other = "podman" if name == "docker" else "docker"
    log = tmp_path / "engine"
    program(
        name,
        f"""echo "$@" >> '{log}'
case "$1 $2" in
  info*) {ENGINES[name]};;
  network*) ;;
  "image inspect") echo sha256:{"0" * 64};;
  push*) while [ $# -gt 1 ]; do [ "$1" != --digestfile ] || printf %s {digest} > "$2"; shift; done
         echo "1.0: digest: {digest} size: 5";;
esac""",
    )
    monkeypatch.setattr("shutil.which", lambda program: None if program == "skopeo" else f"/usr/bin/{program}")
    program(other, "exit 1")
    pushed = push("exit 1", "127.0.0.1:5000/team/demo:1.0")
    assert (pushed.through, pushed.digest, pushed.sent) == (name, digest, 0)
    told = log.read_text(encoding="utf-8").splitlines()
    assert f"tag {'0' * 64} 127.0.0.1:5000/team/demo:1.0" in told
    assert any(line.startswith("push") and line.endswith("127.0.0.1:5000/team/demo:1.0") for line in told)
    assert told[-1].split()[0] == {"docker": "rmi", "podman": "untag"}[name]


def test_archive_is_whole_or_not_there(program: Any, tmp_path: Path) -> None:
    """An archive that could not be written leaves what was there before, and no half of it."""
    target = tmp_path / "out" / "image.tar"
    path = program(
        "image", "echo half; echo 'error: a layer came out differently; run `nix-store --repair`' >&2; exit 1"
    )
    image = planned.Image(NAME, "/", program=path, plan=tmp_path / "plan.json")
    target.parent.mkdir()
    target.write_text("before", encoding="utf-8")
    with pytest.raises(JupyflakeError) as caught:
        pushing.push(image, f"docker-archive:{target}", Console(quiet=True))
    assert (caught.value.code, caught.value.hint) == ("JF563", "nix-store --repair")
    assert [file.read_text(encoding="utf-8") for file in target.parent.iterdir()] == ["before"]


def test_image_of_nixpkgs_is_no_plan(tmp_path: Path) -> None:
    """An image that is an archive only says so, and how it gets to a registry."""
    image = planned.Image(NAME, "/", archive=tmp_path / "image.tar.gz")
    with pytest.raises(JupyflakeError) as caught:
        pushing.push(image, f"oci:{tmp_path}", Console(quiet=True))
    assert caught.value.code == "JF563"
