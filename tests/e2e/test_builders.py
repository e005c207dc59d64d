"""Remote builders for real: OpenSSH's server on the loopback, before a second store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from machines import Machine, Ssh, machine, sshd
from support import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from machines import Small

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Make the machine that builds; its store is empty."""
    with machine(tmp_path_factory.mktemp("builder") / "machine") as made:
        yield made


@pytest.fixture(scope="module")
def ssh(builder: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ssh]:
    """Open the builder to ssh."""
    with sshd(builder, tmp_path_factory.mktemp("ssh") / "server") as opened:
        yield opened


@pytest.fixture(scope="module")
def client(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Make the machine that has the project's packages and its environment, but no changed kernel."""
    with machine(tmp_path_factory.mktemp("client") / "machine") as made:
        made.give(small.inputs())
        yield made


def test_builder_builds_and_gives_back(
    small: Small, ssh: Ssh, builder: Machine, client: Machine, tmp_path: Path
) -> None:
    """With --max-jobs 0 the builder does all of it, and the result is in the client's store."""
    project = small.changed(tmp_path / "project", "remote")
    answer = client.cli(
        "build",
        "kernel-py313",
        "--frozen",
        "--json",
        "--builders",
        f"{ssh.url} {small.system} - 2",
        "--max-jobs",
        "0",
        cwd=project,
        env={"NIX_SSHOPTS": ssh.options},
    )
    path = json.loads(answer.stdout)["path"]
    assert client.has(path)
    assert builder.made(path)
    assert not client.made(path)
    specification = client.run("find", "-L", path, "-name", "kernel.json").stdout.split()[0]
    assert "remote" in client.run("cat", specification).stdout


def test_builder_that_does_not_answer(small: Small, client: Machine, tmp_path: Path) -> None:
    """Where only it may build, the error names it; where this machine may build as well, a warning does."""
    project = small.changed(tmp_path / "project", "down")
    words = ("build", "kernel-py313", "--frozen", "--builders", f"ssh://127.0.0.1 {small.system}")
    settings = {"NIX_SSHOPTS": f"-p {free_port()} -o BatchMode=yes"}
    answer = client.cli(*words, "--max-jobs", "0", cwd=project, env=settings, check=False)
    assert answer.code == 1
    errors = [line for line in answer.stderr.splitlines() if line.startswith("error")]
    assert len(errors) == 1, answer.text
    assert errors[0].startswith("error[JF415]: the builder ssh://127.0.0.1 cannot be used: "), answer.text
    assert "Connection refused" in errors[0]
    assert "  try: nix store ping --store ssh://127.0.0.1" in answer.stderr
    answer = client.cli(*words, cwd=project, env=settings)
    assert "warning: the builder ssh://127.0.0.1 was left out: " in answer.stderr


@pytest.mark.parametrize(
    ("builders", "code", "says"),
    [
        ("ssh://127.0.0.1 x86_64-linux - two", 2, "--builders is not understood"),
        ("ssh://127.0.0.1 mips-linux", 1, "no builder fits"),
    ],
)
def test_builders_that_cannot_be(
    *, builders: str, code: int, says: str, small: Small, client: Machine, tmp_path: Path
) -> None:
    """A specification that Nix cannot read, or for another system, is one line."""
    project = small.changed(tmp_path / "project", "never")
    words = ("build", "kernel-py313", "--frozen", "--builders", builders, "--max-jobs", "0")
    answer = client.cli(*words, cwd=project, check=False)
    assert answer.code == code
    errors = [line for line in answer.stderr.splitlines() if line.startswith("error")]
    assert len(errors) == 1, answer.text
    assert errors[0].startswith("error[JF415]: ")
    assert says in errors[0]
    assert "  try: " in answer.stderr


def test_a_store_behind_ssh_is_a_cache(
    small: Small, ssh: Ssh, builder: Machine, client: Machine, tmp_path: Path
) -> None:
    """What is pushed to a machine by ssh is in its store, and others take it from there by ssh."""
    settings = {"NIX_SSHOPTS": ssh.options}
    url = ssh.url.replace("ssh://", "ssh-ng://")
    public = client.cli("cache", "key", "ssh-1").stdout.strip()
    key = client.home / ".config" / "jupyflake" / "keys" / "ssh-1.secret"
    words = ("environment-py313", "--frozen", "--secret-key", key)
    client.cli("cache", "push", url, *words, cwd=small.directory, env=settings)
    assert "python3.13-py313" in builder.names()
    with machine(tmp_path / "other") as other:
        other.cli("cache", "use", url, "--public-key", public, env=settings)
        other.cli("build", "--locked", "environment-py313", cwd=small.directory, env=settings)
        assert other.built() == set()
