"""What people reported of other tools about kernels, state and start-up; each test names its sources."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from support import CLI, cli, copy_project, environment, free_port, run

if TYPE_CHECKING:
    from pathlib import Path

    from support import Develop

pytestmark = pytest.mark.usefixtures("shell")


def test_each_kernel_starts_by_the_absolute_path_of_a_python_that_has_ipykernel(develop: Develop) -> None:
    """A kernel that lists only numpy has ipykernel, and no `python` of the PATH plays a part.

    NixOS/nixpkgs #312487, #36370; microsoft/vscode-jupyter #13679.
    """
    specs = json.loads(develop("jupyter", "kernelspec", "list", "--json").stdout)["kernelspecs"]
    for name, spec in specs.items():
        program, *_ = spec["spec"]["argv"]
        assert program.startswith("/")
        if spec["spec"]["language"] == "python":
            answer = run(program, "-c", "import ipykernel; print(ipykernel.__file__)", env={"PATH": "/nonexistent"})
            assert "site-packages/ipykernel" in answer.stdout, name


def test_lab_starts_without_a_network_and_builds_nothing(tmp_path: Path) -> None:
    """What is fetched and built starts at once: no download, no build, no Node.js, and nothing at the home.

    tweag/jupyenv #481, #533, #189.
    """
    project = copy_project(tmp_path / "project")
    cli("build", "shell", cwd=project)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("nix", "nix-store", "nix-instantiate", "bash", "sh", "env", "git"):
        found = shutil.which(name)
        if found:
            (programs / name).symlink_to(found)
    home = tmp_path / "home"
    home.mkdir()
    command = ["--net", "--map-root-user", str(CLI), "lab", "--frozen", "--offline", "--no-browser"]
    variables = environment(HOME=str(home), XDG_CACHE_HOME=None, PATH=f"{programs}:/usr/sbin:/sbin")
    unshare = shutil.which("unshare") or "unshare"
    with subprocess.Popen(
        [unshare, *command, f"--port={free_port()}"],
        cwd=project,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as server:
        assert server.stdout is not None
        lines = []
        try:
            for line in server.stdout:
                lines.append(line)
                if "is running at" in line:
                    break
        finally:
            # No kernel runs yet, and a gentler signal may come before the server listens to it.
            os.killpg(server.pid, signal.SIGKILL)
    shown = "".join(lines)
    assert "is running at" in lines[-1], shown
    assert "building" not in shown.lower()
    assert [path.name for path in home.iterdir() if path.name not in {".cache", ".nix-defexpr", ".nix-profile"}] == []


def test_what_a_project_uses_is_safe_from_collecting_garbage(tmp_path: Path) -> None:
    """The shell that was entered last is a root of Nix' collector, one a project, and an older one is none any more.

    nix-community/nix-direnv #302, #529; direnv/direnv #355; NixOS/nix #979.
    """
    project = copy_project(tmp_path / "project")
    cli("develop", "--", "true", cwd=project)
    root = project / ".jupyter" / "roots" / "shell"
    first = root.resolve()
    assert str(root) in run("nix-store", "--query", "--roots", first).stdout
    manifest = project / "jupyter.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + '\n[shell.env]\nA_NEW_ONE = "1"\n', encoding="utf-8")
    cli("develop", "--", "true", cwd=project)
    second = root.resolve()
    assert first != second
    assert str(root) in run("nix-store", "--query", "--roots", second).stdout
    assert str(root) not in run("nix-store", "--query", "--roots", first).stdout
