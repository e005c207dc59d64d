"""Building in a container: what is in its way; engines are scripts that answer as real ones do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyflake import incontainer, process, ready
from jupyflake.console import Console
from jupyflake.engine import Engine
from jupyflake.errors import JupyflakeError
from jupyflake.session import Session

if TYPE_CHECKING:
    from pathlib import Path

DOCKER = Engine("docker", (20, 10, 24))
MANIFEST = '[project]\nname = "demo"\nbase = "{base}"\n\n[kernels.python3]\nlanguage = "python"\n'


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Make a project, and a cache of its own."""
    monkeypatch.setenv("JUPYFLAKE_CACHE_DIR", str(tmp_path / "cache"))
    directory = tmp_path / "demo"
    directory.mkdir()
    (directory / "jupyter.toml").write_text(MANIFEST.format(base="debian/trixie"), encoding="utf-8")
    return Session(Console(quiet=True), directory)


def failure(session: Session) -> JupyflakeError:
    """Give the error that building ends with."""
    with pytest.raises(JupyflakeError) as caught:
        incontainer.load_image(session, DOCKER, "registry.example/builder:1", ready.Options())
    return caught.value


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        (
            "case $1 in image) echo 'Error: No such image: it' >&2;; pull) echo 'no basic auth' >&2;; esac; exit 1",
            "JF565",
            "docker has no builder image registry.example/builder:1: no basic auth",
        ),
        ("echo 'permission denied' >&2; exit 1", "JF566", "look for the builder image: permission denied"),
        ("case $1 in image) echo sha256:1;; run) exit 9;; esac", "JF568", "no builder image"),
        (
            "case $1 in image) echo sha256:1;; run) echo 'no volumes today' >&2; exit 125;; esac",
            "JF566",
            "prepare the volume jupyflake-store: no volumes today",
        ),
        (
            "case $1 in image) echo sha256:1;; run) echo 'cp: No space left on device' >&2; exit 1;; esac",
            "JF505",
            "the disk is full",
        ),
        (
            "case $1$2 in image*) echo sha256:1;; run--detach) echo 'invalid mount' >&2; exit 125;; esac",
            "JF566",
            "start the builder: invalid mount",
        ),
        (
            "case $1$2 in image*) echo sha256:1;; run--detach) echo c0ffee;; exec*) echo riscv64;; esac",
            "JF566",
            "prepare Nix in the container",
        ),
    ],
)
def test_an_engine_that_refuses_is_quoted(program: Any, session: Session, script: str, code: str, words: str) -> None:
    """Each step that an engine refuses has its error, with the engine's own words."""
    program("docker", script)
    error = failure(session)
    assert error.code == code
    assert words in error.message
    assert error.hint


def test_the_container_gets_nothing_of_the_machine(program: Any, session: Session, tmp_path: Path) -> None:
    """No network, no variable, no directory to write to; and whatever fails once it runs, it does not stay."""
    log = tmp_path / "log"
    answers = "case $1$2 in image*) echo sha256:1;; run--detach) echo c0ffee;; exec*) exit 1;; esac"
    program("docker", f"echo \"$@\" >> '{log}'\n{answers}")
    failure(session)
    told = [line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith(("run ", "rm --force "))]
    assert [line.split()[0] for line in told] == ["run", "run", "rm"]
    assert all("--network=none" in line and "--env" not in line for line in told[:2])
    mounts = [word for word in told[1].split() if word.startswith("type=bind")]
    assert len(mounts) == 3
    assert all(word.endswith(",readonly") for word in mounts)
    assert told[2] == "rm --force c0ffee"


def test_a_builder_of_a_registry_is_pulled(program: Any, session: Session, tmp_path: Path) -> None:
    """An image that the engine lacks is pulled, where its name says from where."""
    mark = tmp_path / "pulled"
    image = f"image) test -e '{mark}' && echo sha256:1 || {{ echo not known >&2; exit 1; }};;"
    program("docker", f"case $1 in pull) echo > '{mark}';; {image} *) exit 9;; esac")
    assert failure(session).code == "JF568"


@pytest.mark.parametrize("own", ["base", "flake"])
def test_what_needs_more_than_the_lock_is_refused(session: Session, own: str) -> None:
    """Nixpkgs, and a flake of one's own, would need a network in the container."""
    if own == "base":
        text = MANIFEST.format(base="nixpkgs")
        (session.directory / "jupyter.toml").write_text(text, encoding="utf-8")
    else:
        (session.directory / "flake.nix").write_text("{ outputs = _: { }; }\n", encoding="utf-8")
    assert failure(session).code == "JF567"


def test_programs_run_elsewhere_until_the_end(program: Any) -> None:
    """A program's other command counts within the block only."""
    program("here", "echo here $1")
    program("there", "echo there $1 $2")
    with process.elsewhere({"here": ["there", "in"]}):
        assert process.run(["here", "word"]).stdout == "there in word\n"
    assert process.run(["here", "word"]).stdout == "here word\n"
