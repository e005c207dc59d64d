"""The apps of a project's flake, by plain `nix run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import environment, run, without

if TYPE_CHECKING:
    from pathlib import Path

    from engines import RunningEngine

pytestmark = pytest.mark.network


@pytest.mark.parametrize(("app", "wheel"), [([], "jupyterlab"), (["#notebook"], "notebook")])
def test_lab_and_notebook(project: Path, server_python: Path, app: list[str], wheel: str) -> None:
    """`nix run` is JupyterLab, `nix run .#notebook` the classic interface, each of the version that is locked."""
    locked = run(server_python, "-c", f"import importlib.metadata as m; print(m.version('{wheel}'))").stdout
    shown = run("nix", "run", "".join([".", *app]), "--", "--version", cwd=project).stdout
    assert shown == locked


def test_the_image_is_loaded(project: Path, engine: RunningEngine, image: str) -> None:
    """`nix run .#image-load` puts the image into the engine that is named, without an archive on the disk."""
    answer = run("nix", "run", ".#image-load", "--", engine.name, cwd=project, env=environment(**engine.variables))
    assert image in answer.stdout
    assert not (project / "result").exists()


def test_no_engine(project: Path, tmp_path: Path) -> None:
    """Where no engine answers, and where another one is named, the message says what there is."""
    path = without(["docker", "podman"], tmp_path / "bin")
    answer = run("nix", "run", ".#image-load", cwd=project, env=environment(PATH=path), check=False)
    assert answer.code == 1
    assert answer.stderr.splitlines()[-2] == "error: neither docker nor podman answers"
    assert answer.stderr.splitlines()[-1].startswith("  try: start one of them, or install it: ")
    answer = run("nix", "run", ".#image-load", "--", "dokcer", cwd=project, check=False)
    assert answer.code == 2
    assert answer.stderr.splitlines()[-2:] == ['error: there is no engine "dokcer"', "  try: docker or podman"]
