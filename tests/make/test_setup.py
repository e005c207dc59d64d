"""`make/setup.sh` on machines that lack something."""

from __future__ import annotations

import contextlib
import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What the script itself uses, and no more.
BASICS = ("sh", "cat", "dirname", "env", "id", "mkdir", "printf", "python3", "sed", "sort", "tail", "rm", "pwd", "test")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Copy what the script looks at, and make a PATH with only the basics on it."""
    target = tmp_path / "clone"
    (target / "make").mkdir(parents=True)
    (target / "python").mkdir()
    # The script appends the usual directories of root, which must not bring the machine's programs back.
    text = (ROOT / "make" / "setup.sh").read_text(encoding="utf-8")
    usual = "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n"
    assert usual in text
    (target / "make" / "setup.sh").write_text(text.replace(usual, ""), encoding="utf-8")
    shutil.copy(ROOT / "python" / "pyproject.toml", target / "python")
    programs = target / "bin"
    programs.mkdir()
    for name in BASICS:
        found = shutil.which(name, path="/usr/bin:/bin")
        assert found, name
        (programs / name).symlink_to(found)
    return target


def setup(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script without a terminal."""
    return subprocess.run(
        ["/bin/sh", "make/setup.sh", *arguments],
        cwd=clone,
        env={"PATH": str(clone / "bin"), "HOME": str(clone)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def fake(clone: Path, name: str, script: str) -> None:
    """Put a program of our own on the PATH."""
    path = clone / "bin" / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_other_systems_are_told_what_is_missing(clone: Path) -> None:
    """Without apt-get the missing things are named with their official way to get them, and nothing is done."""
    answer = setup(clone)
    assert answer.returncode == 1
    assert "Nix 2.8 or newer: sh <(curl -L https://nixos.org/nix/install) --daemon" in answer.stderr
    assert "Docker or Podman): https://docs.docker.com/engine/install/" in answer.stderr
    assert "  try: " in answer.stderr
    assert not (clone / "build").exists()


def test_installs_what_is_missing_and_says_so(clone: Path) -> None:
    """On Debian what is missing, and only that, goes to apt-get, after a fresh list of packages."""
    fake(clone, "id", "echo 0")
    fake(clone, "apt-get", 'echo "$@" >> calls; [ "$1" = update ] || exit 9')
    answer = setup(clone)
    assert answer.stdout == "Installing from the system's packages: nix-bin podman runc\n"
    assert (clone / "calls").read_text(encoding="utf-8").splitlines() == [
        "update -q",
        "install -q -y --no-install-recommends nix-bin podman runc",
    ]
    assert answer.returncode == 1
    assert "error: apt-get could not install the packages" in answer.stderr
    assert "  try: apt-get install --no-install-recommends nix-bin podman runc" in answer.stderr


def test_tests_need_more(clone: Path) -> None:
    """With --test the tools of the tests are asked for too."""
    answer = setup(clone, "--test")
    for tool in ("Docker's daemon", "Chromium", "skopeo", "shellcheck", "OpenSSH's server", "nginx"):
        assert f"  {tool}: " in answer.stderr


def test_who_is_not_root_and_has_no_sudo_is_told_the_command(clone: Path) -> None:
    """An ordinary user without sudo sees the command for root."""
    fake(clone, "id", "echo 1000")
    fake(clone, "apt-get", "exit 9")
    answer = setup(clone)
    assert answer.returncode == 1
    assert "  try: as root, run: apt-get install --no-install-recommends " in answer.stderr
    assert "slirp4netns" in answer.stderr


def _all_of(person: int) -> str:
    """Read what a terminal has shown; it comes in pieces, and ends with an error where nobody has it open any more."""
    shown = b""
    with contextlib.suppress(OSError):
        while piece := os.read(person, 4000):
            shown += piece
    return shown.decode()


@pytest.mark.parametrize(
    ("answer", "asked"), [("n", True), ("", True), ("1", False)], ids=["no", "yes", "JUPYFLAKE_YES"]
)
def test_a_person_is_asked_first(answer: str, asked: bool, clone: Path) -> None:  # noqa: FBT001  (a parameter of the test)
    """On a terminal nothing is installed before the person agrees, unless JUPYFLAKE_YES=1 says so beforehand."""
    fake(clone, "id", "echo 0")
    fake(clone, "apt-get", "echo called >> calls; exit 9")
    person, terminal = pty.openpty()
    environment = {"PATH": str(clone / "bin"), "HOME": str(clone)} | ({} if asked else {"JUPYFLAKE_YES": "1"})
    if asked:
        os.write(person, f"{answer}\n".encode())
    process = subprocess.run(
        ["/bin/sh", "make/setup.sh"],
        cwd=clone,
        env=environment,
        stdin=terminal,
        stdout=terminal,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(terminal)
    shown = _all_of(person)
    os.close(person)
    assert ("Go on?" in shown) == asked
    assert (clone / "calls").exists() == (answer != "n")
    assert process.returncode == 1


def test_unknown_argument(clone: Path) -> None:
    """A mistyped argument is wrong use."""
    answer = setup(clone, "--tset")
    assert answer.returncode == 2
    assert "--tset" in answer.stderr
