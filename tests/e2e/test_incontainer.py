"""Building the image by the Nix of a container: a machine that has an engine, and no Nix."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import engines
import pytest
from support import CLI, ROOT, Result, build, cli, environment, run, without

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """\
[project]
name = "inside"
base = "debian/bookworm"
systems = ["{system}"]

[jupyter]
packages = ["jupyterlab"]

[kernels.python3]
language = "python"
display-name = "Python"
"""


@pytest.mark.network
@pytest.mark.timeout(900)
def test_a_machine_without_nix_builds_the_same_image(shell: Path, tmp_path: Path) -> None:
    """The container's Nix builds it, with the digest that it has elsewhere; the next build sends nothing.

    Nothing is left but the volume.
    """
    assert shell
    project = tmp_path / "a project, with commas"
    project.mkdir()
    (project / "jupyter.toml").write_text(MANIFEST.format(system=f"{os.uname().machine}-linux"), encoding="utf-8")
    shutil.copy(ROOT / "jupyter.lock", project)
    cli("lock", cwd=project)
    path = without(["nix"], tmp_path / "bin")
    with engines.running("docker") as engine:
        variables = {
            **engine.variables,
            "PATH": path,
            "JUPYFLAKE_CACHE_DIR": str(tmp_path / "cache"),
            "JUPYFLAKE_CONFIG_DIR": str(tmp_path / "settings"),
        }

        def there(*words: str, check: bool = True) -> Result:
            command: list[str | Path] = [CLI, "-C", project, "build", "--in-container", "--engine", "docker", *words]
            return run(*command, env=environment(**variables), timeout=600, check=check)

        absent = there(check=False)
        assert absent.code == 1
        assert "error[JF565]: docker has no builder image jupyflake-builder:latest" in absent.stderr
        builder = ROOT / "examples" / "builder"
        cli("-C", builder, "image", "load", "--locked", "--engine", "docker", env=engine.environment())

        first = there("--json")
        assert json.loads(first.stdout) == {"reference": "inside:latest", "engine": "docker", "loaded": True}
        assert json.loads(there("--json").stdout)["loaded"] is False
        assert engine.run("ps", "--all", "--quiet").stdout == ""
        assert engine.run("volume", "ls", "--quiet").stdout.split() == ["jupyflake-store"]

        run_ = engine.run("run", "--rm", "--network=none", "inside:latest", "python3", "-c", "print(6 * 7)")
        assert run_.stdout.split() == ["42"]
        wrong = there("--builder-image", "inside:latest", check=False)
        assert "error[JF568]: inside:latest is no builder image" in wrong.stderr

        cli("fetch", cwd=project)
        summary = subprocess.run([build("imageStream", project), "--summary"], capture_output=True, check=True)
        found = engine.run("image", "inspect", "--format", "{{.Id}}", "inside:latest").stdout.strip()
        assert found == f"sha256:{json.loads(summary.stdout)['id']}"
