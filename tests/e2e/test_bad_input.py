"""Bad input and bad circumstances: one line that says what, one that says what next, and nothing half-written."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import CLI, ROOT, cli, copy_project, environment, run, snapshot, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support import Result

HEAD = '[project]\nname = "bad"\nbase = "debian/trixie"\n\n'
KERNEL = '[kernels.py]\nlanguage = "python"\npython = "3.13"\npackages = [%s]\n'


def fails(
    project: Path,
    *words: str,
    code: str,
    says: str,
    exit_code: int = 1,
    before: tuple[str, ...] = (),
    env: dict[str, str] | None = None,
) -> Result:
    """Run the command line: it must fail as it should, and leave every file as it was."""
    files = snapshot(project)
    answer = run(*before, CLI, *words, cwd=project, env=env, check=False)
    assert answer.code == exit_code, answer.text
    assert "Traceback" not in answer.text
    errors = [line for line in answer.stderr.splitlines() if line.startswith("error")]
    assert len(errors) == 1, answer.text
    assert re.match(rf"error\[{code}\]: ", errors[0]), answer.text
    assert says in errors[0], answer.text
    assert re.search(r"^  try: \S", answer.stderr, re.MULTILINE), answer.text
    left = {name: text for name, text in snapshot(project).items() if not name.startswith(".jupyter")}
    assert left == files
    return answer


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """Make a directory for a project."""
    directory = tmp_path / "project"
    directory.mkdir()
    return directory


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy the root project with its lock."""
    return copy_project(tmp_path / "project")


def write(directory: Path, text: str) -> Path:
    """Write a manifest."""
    (directory / "jupyter.toml").write_text(text, encoding="utf-8")
    return directory


@pytest.mark.parametrize(
    ("packages", "says"),
    [
        ('"no-such-package-of-jupyflake"', "no-such-package-of-jupyflake"),
        ('"pandas==2.2.3", "numpy<1.26"', "numpy"),
        ('"numpy==1.19.5"', "numpy"),
        ('"docopt==0.6.2"', "docopt"),
    ],
    ids=["unknown package", "impossible set", "no wheel for this Python", "no wheel at all"],
)
@pytest.mark.network
def test_cannot_be_resolved(packages: str, says: str, empty: Path) -> None:
    """What has no solution is explained with the package's name, and no lock is written."""
    fails(write(empty, HEAD + KERNEL % packages), "lock", code="JF2..", says=says)


@pytest.mark.network
def test_unknown_debian_package(empty: Path) -> None:
    """A tool that the suite lacks is named."""
    fails(write(empty, f'{HEAD}{KERNEL % ""}tools = ["no-such-tool"]\n'), "lock", code="JF2..", says="no-such-tool")


@pytest.mark.network
def test_unknown_r_package(empty: Path) -> None:
    """An R package that the suite lacks is named."""
    text = f'{HEAD}[kernels.r]\nlanguage = "r"\npackages = ["nosuchpackage"]\n'
    fails(write(empty, text), "lock", code="JF2..", says="nosuchpackage")


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        (f'{HEAD}[kernels.py]\nlanguage = "pyhton"\n', "6:", "pyhton"),
        (f"{HEAD}[kernels.py\n", "5:", ""),
        (f'{HEAD}[kernels.py]\nlanguage = "python"\npakages = []\n', "7:", "pakages"),
        (f'{HEAD}[kernels."my kernel"]\nlanguage = "python"\n', "5:", "my kernel"),
        (f'{HEAD}[kernels.py]\nlanguage = "python"\npython = "2.7"\n', "7:", "2.7"),
    ],
    ids=["unknown language", "bad TOML", "unknown key", "kernel name", "unknown Python"],
)
def test_manifest_with_a_fault(text: str, place: str, says: str, empty: Path) -> None:
    """A fault in the manifest is reported with file, line and column."""
    answer = fails(write(empty, text), "lock", code="JF1..", says=says)
    assert f"jupyter.toml:{place}" in answer.stderr


def test_no_project(empty: Path) -> None:
    """A directory without a manifest is told how to get one."""
    assert "jupyflake init" in fails(empty, "build", code="JF105", says="jupyter.toml").stderr


def test_unknown_command(empty: Path) -> None:
    """A command that does not exist is wrong use."""
    fails(empty, "bulid", code="JF100", says="bulid", exit_code=2)


@pytest.mark.parametrize("command", [("fetch",), ("build", "--frozen"), ("build", "--locked")], ids=" ".join)
def test_missing_lock(command: tuple[str, ...], project: Path) -> None:
    """Without a lock the command that makes one is named."""
    (project / "jupyter.lock").unlink()
    assert "jupyflake lock" in fails(project, *command, code="JF201", says="jupyter.lock").stderr


@pytest.mark.parametrize("command", [("fetch",), ("build", "--locked"), ("lock", "--check")], ids=" ".join)
def test_stale_lock(command: tuple[str, ...], project: Path) -> None:
    """A lock that is older than the manifest is noticed before anything is done."""
    manifest = project / "jupyter.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"pandas>=3"', '"pandas>=3.0"'), encoding="utf-8")
    assert "jupyflake lock" in fails(project, *command, code="JF202", says="jupyter.lock").stderr


def test_stale_lock_is_noticed_by_nix_too(project: Path) -> None:
    """Plain Nix, without the command line, says the same."""
    manifest = project / "jupyter.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"pandas>=3"', '"pandas>=3.0"'), encoding="utf-8")
    answer = run(
        *("nix", "eval", "--file", ROOT / "nix" / "flake.nix", "--argstr", "src", project),
        "packages.x86_64-linux.default.drvPath",
        check=False,
    )
    assert answer.code != 0
    assert "jupyter.lock is older than jupyter.toml: run `jupyflake lock`" in answer.stderr


@pytest.mark.network
def test_hash_mismatch(project: Path) -> None:
    """A file that is not the one of the lock is refused by name."""
    content = json.loads((project / "jupyter.lock").read_text(encoding="utf-8"))
    wheel = next(wheel for wheel in content["wheels"] if wheel["name"] == "six")
    text = (project / "jupyter.lock").read_text(encoding="utf-8")
    other = wheel["sha256"][::-1]
    (project / "jupyter.lock").write_text(text.replace(wheel["sha256"], other), encoding="utf-8")
    answer = fails(project, "fetch", code="JF301", says=f"six {wheel['version']}")
    assert other in answer.stderr
    assert wheel["sha256"] in answer.stderr


@pytest.mark.network
def test_no_network(empty: Path) -> None:
    """Without a network, locking says so."""
    write(empty, HEAD + KERNEL % '"six"')
    cache = environment(XDG_CACHE_HOME=str(empty.parent / "cache"), UV_CACHE_DIR=str(empty.parent / "uv"))
    fails(empty, "lock", code="JF[23]..", says="", before=("unshare", "--net", "--map-root-user"), env=cache)


def test_nothing_needs_the_network_after_fetch(shell: Path, project: Path) -> None:
    """With the network cut, what is locked and fetched is built and entered."""
    assert shell
    answer = run("unshare", "--net", "--map-root-user", CLI, "develop", "--", "jupyter", "--version", cwd=project)
    assert "jupyterlab" in answer.stdout


def test_no_nix(project: Path, tmp_path: Path) -> None:
    """A machine without Nix is told how to get it."""
    env = environment(PATH=without(["nix"], tmp_path / "bin"))
    fails(project, "build", code="JF6..", says="nix", env=env)


def test_nix_without_flakes(shell: Path, project: Path, tmp_path: Path) -> None:
    """Where flakes are off they are switched on for the call, and Nix' configuration is not touched."""
    configuration = tmp_path / "nix.conf"
    configuration.write_text("experimental-features =\n", encoding="utf-8")
    env = environment(NIX_CONFIG=None, NIX_CONF_DIR=str(tmp_path), NIX_USER_CONF_FILES=str(configuration))
    answer = cli("build", "--json", cwd=project, env=env)
    assert json.loads(answer.stdout)["path"] == str(shell)
    assert configuration.read_text(encoding="utf-8") == "experimental-features =\n"


@pytest.fixture
def taken() -> Iterator[str]:
    """Listen on a port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


@pytest.mark.parametrize("command", ["lab", "run"])
def test_port_in_use(command: str, taken: str, project: Path) -> None:
    """A port that somebody listens on is named before anything is started."""
    fails(project, command, "--port", taken, code="JF506", says=taken)


def test_no_container_engine(project: Path, tmp_path: Path) -> None:
    """A machine without docker and podman is told how to get one."""
    env = environment(PATH=without(["docker", "podman", "dockerd"], tmp_path / "bin"))
    fails(project, "run", code="JF501", says="container engine", env=env)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")


@needs_root
@pytest.mark.network
def test_disk_full_while_locking(tmp_path: Path) -> None:
    """A lock that does not fit on the disk leaves the old files, with the space to be freed named."""
    project = tmp_path / "small"
    project.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", project)
    try:
        write(project, HEAD + KERNEL % '"six"')
        (project / "ballast").write_bytes(bytes(40 * 1024))
        files = snapshot(project)
        answer = cli("lock", cwd=project, check=False)
        assert answer.code == 1, answer.text
        assert re.search(r"^error\[JF604\]: .*[Nn]o space", answer.stderr, re.MULTILINE), answer.text
        assert snapshot(project) == files
    finally:
        run("umount", project)


@needs_root
@pytest.mark.network
def test_disk_full_while_fetching(empty: Path, tmp_path: Path) -> None:
    """A download that does not fit on the disk is an error of one line, and the next try succeeds."""
    write(empty, HEAD + KERNEL % '"six==1.16.0"')
    cli("lock", cwd=empty)
    small = tmp_path / "small"
    small.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small)
    try:
        (small / "ballast").write_bytes(bytes(56 * 1024))
        env = environment(XDG_CACHE_HOME=str(small), TMPDIR=str(small), UV_CACHE_DIR=str(tmp_path / "uv"))
        remove_from_store("six-1.16.0-py2.py3-none-any.whl")
        fails(empty, "fetch", code="JF[36]..", says="the disk is full", env=env)
    finally:
        run("umount", small)
    cli("fetch", cwd=empty)


def remove_from_store(name: str) -> None:
    """Delete a downloaded file from the store, so that it has to be fetched."""
    for path in Path("/nix/store").glob(f"*-{name}"):
        run("nix-store", "--delete", path)
