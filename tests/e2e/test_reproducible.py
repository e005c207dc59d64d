"""The same lock gives the same bytes."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from support import ROOT, build, cli, copy_project, environment, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("shell")

PARTS = [
    "shell",
    "jupyter",
    "config",
    "imageSource",
    "imageStream",
    "environment-jupyter",
    "environment-py311",
    "environment-py313",
]


def derivations(path: Path) -> list[str]:
    """Give what was built for a path: its build closure without the downloaded files."""
    deriver = run("nix-store", "--query", "--deriver", path).stdout.strip()
    closure = run("nix-store", "--query", "--requisites", deriver).stdout.split()
    shown = json.loads(run("nix", "show-derivation", "--recursive", deriver).stdout)
    return [
        each
        for each in closure
        if each.endswith(".drv")
        and "hash" not in shown[each]["outputs"]["out"]
        and not shown[each]["builder"].startswith("builtin:")
    ]


@pytest.mark.timeout(1800)
def test_every_part_builds_identically() -> None:
    """All derivations of shell and image, built a second time, give the same bytes."""
    everything = sorted({each for part in PARTS for each in derivations(build(part))})
    assert len(everything) > 100
    # What was only needed to build something may be gone from the store.
    run("nix-store", "--realise", *everything, timeout=1700)
    answer = run("nix-store", "--realise", "--check", "--keep-going", *everything, timeout=1700, check=False)
    differing = [line for line in answer.stderr.splitlines() if "may not be deterministic" in line]
    assert differing == []
    assert answer.code == 0, answer.text


def test_place_of_the_project_does_not_matter(tmp_path: Path) -> None:
    """The same project in another directory gives the same image, without building anything."""
    other = copy_project(tmp_path / "elsewhere")
    assert build("imageStream", other) == build("imageStream")


def test_image_has_the_same_digest_each_time(tmp_path: Path) -> None:
    """The stream gives the same archive each time, and the archive's image has the announced id."""
    stream = build("imageStream")
    summary = json.loads(run(stream, "--summary").stdout)
    for name in ("one", "two"):
        run("sh", "-c", '"$1" > "$2"', "sh", stream, tmp_path / name)
    assert run("cmp", tmp_path / "one", tmp_path / "two").code == 0
    manifest = json.loads(run("tar", "-xOf", tmp_path / "one", "manifest.json").stdout)
    assert summary["id"] in manifest[0]["Config"]


def test_digest_is_the_same_by_both_ways(tmp_path: Path) -> None:
    """What Nix plans, and what the command line plans with and without digests that it knows, has one digest."""
    summary = json.loads(run(build("imageStream"), "--summary").stdout)
    env = environment(JUPYFLAKE_CACHE_DIR=str(tmp_path))
    for _ in range(2):
        seen = json.loads(cli("image", "inspect", "--json", "--locked", env=env).stdout)
        assert (seen["digest"], seen["id"]) == (summary["digest"], f"sha256:{summary['id']}")
        # The second time layers are known, and the plan isn't.
        for plan in (tmp_path / "image" / "plans").iterdir():
            plan.unlink()


@pytest.mark.network
def test_locking_again_changes_nothing(tmp_path: Path) -> None:
    """`jupyflake lock` on an unchanged manifest leaves the lock as it was, to the byte."""
    project = copy_project(tmp_path / "project")
    cli("lock", cwd=project)
    assert (project / "jupyter.lock").read_bytes() == (ROOT / "jupyter.lock").read_bytes()


@pytest.mark.network
def test_locking_from_nothing_gives_one_result(tmp_path: Path) -> None:
    """Two locks of one manifest, made in different directories without a lock to start from, are identical."""
    locks = []
    for name in ("one", "two"):
        project = tmp_path / name
        project.mkdir()
        shutil.copy(ROOT / "jupyter.toml", project)
        cli("lock", cwd=project)
        locks.append((project / "jupyter.lock").read_bytes())
    assert locks[0] == locks[1]


def test_lock_has_no_trace_of_a_machine() -> None:
    """The lock holds no address, no path of a machine, and one artifact a line."""
    text = (ROOT / "jupyter.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert '"/' not in text
    lines = [line for line in text.splitlines() if '"sha256":' in line]
    content = json.loads(text)
    assert len(lines) == len(content["wheels"]) + len(content["debs"]) + len(content["bootstrap"])
