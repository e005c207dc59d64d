"""Exports of the root project: installers, an engine and official readers take them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from support import ROOT, cli, copy_project, lock, run, snapshot, trusting

if TYPE_CHECKING:
    from engines import RunningEngine

UV = Path(sys.executable).with_name("uv")
# For another Python than the one that runs uv; bookworm's C library.
INSTALL = (UV, "pip", "install", "--python-platform", "x86_64-manylinux_2_36", "--python-version", "3.11", "--no-deps")


def keep_one_system(path: Path, system: str) -> None:
    """Take out of a lock what is for other systems, which is not in this machine's store."""
    data = json.loads(path.read_text(encoding="utf-8"))
    data["systems"] = [system]
    for wheel in data["wheels"]:
        wheel["use"] = {name: [system] for name, systems in wheel["use"].items() if system in systems}
    data["wheels"] = [wheel for wheel in data["wheels"] if wheel["use"]]
    for key in ("debs", "bootstrap"):
        data[key] = [item for item in data[key] if item["system"] == system]
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.network
def test_requirements_are_installed_with_their_hashes(shell: Path, tmp_path: Path) -> None:
    """A plain installer takes the file, and finds on the index the very files that the lock has."""
    assert shell
    target = tmp_path / "requirements.txt"
    cli("export", "requirements", "--kernel", "py311", "-o", target)
    install = (*INSTALL, "--target", tmp_path / "there", "--only-binary", ":all:", "--require-hashes", "--dry-run")
    told = run(*install, "-r", target, env=trusting())
    wheels = [wheel for wheel in lock()["wheels"] if "x86_64-linux" in wheel["use"].get("py311", ())]
    assert f"Would install {len(wheels)} packages" in told.stderr


def test_pylock_is_installed_without_a_network(shell: Path, tmp_path: Path) -> None:
    """With the wheels beside it, a pylock.toml needs no index; the installer checks the hashes."""
    assert shell
    project = copy_project(tmp_path / "project")
    keep_one_system(project / "jupyter.lock", "x86_64-linux")
    cli("export", "pylock", "--kernel", "py311", "--wheels", "--offline", cwd=project)
    install = (*INSTALL, "--target", tmp_path / "there", "--offline", "--no-cache", "-r", "pylock.py311.toml")
    run("unshare", "--net", "--map-root-user", *install, cwd=project)
    assert (tmp_path / "there" / "pandas").is_dir()


def test_bills_of_materials(shell: Path, tmp_path: Path) -> None:
    """Both bills are valid, name all that is locked with its licence, and are the same in another directory."""
    assert shell
    for kind in ("cyclonedx", "spdx"):
        cli("export", kind, "--offline", "-o", tmp_path / f"first.{kind}.json")
        cli("export", kind, "--offline", "-o", tmp_path / f"second.{kind}.json", cwd=copy_project(tmp_path / kind))
    files = snapshot(tmp_path)
    assert files["first.cyclonedx.json"] == files["second.cyclonedx.json"]
    assert files["first.spdx.json"] == files["second.spdx.json"]

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(files["first.cyclonedx.json"].decode()) is None
    (tmp_path / "a.spdx.json").write_bytes(files["first.spdx.json"])
    assert validate_full_spdx_document(parse_file(str(tmp_path / "a.spdx.json"))) == []

    components = json.loads(files["first.cyclonedx.json"])["components"]
    content = lock()
    used = [wheel for wheel in content["wheels"] if "x86_64-linux" in str(wheel["use"])]
    debs = [deb for deb in content["debs"] if deb["system"] == "x86_64-linux"]
    here = {item["sha256"] for item in (*used, *debs)}
    assert here <= {component["hashes"][0]["content"] for component in components}
    wheels = [component for component in components if component["bom-ref"].startswith("wheel/")]
    assert [component["name"] for component in wheels if "licenses" not in component] == []


def test_exports_name_no_host_and_no_directory(shell: Path) -> None:
    """What is exported holds nothing of the machine that it was made on."""
    assert shell
    kinds = (
        ("requirements", "--kernel", "py313"),
        ("pylock", "--server", "-o", "-"),
        ("environment", "--kernel", "r"),
        ("dockerfile",),
    )
    machine = (str(ROOT), str(Path.home()), "http://", "https://", "/nix/store")
    for kind in kinds:
        text = cli("export", *kind).stdout
        assert [word for word in machine if word in text] == [], kind


def test_image_from_the_dockerfile(engine: RunningEngine, image: str, directory: Path) -> None:
    """The engine's own build puts what is beside the Dockerfile into the image, as the user's."""
    cli("export", "dockerfile", "--image", image, "-o", directory / "Dockerfile")
    (directory / "notes.txt").write_text("kept", encoding="utf-8")
    built = engine.run("build", "--quiet", "--tag", "exported:1", directory)
    assert built.returncode == 0, built.stderr
    shown = ("stat", "-c", "%u:%g %s", "/home/jovyan/work/notes.txt")
    assert engine.run("run", "--rm", "--network=host", "exported:1", *shown).stdout.strip() == "1000:100 4"
    assert engine.run("rmi", "--force", "exported:1").returncode == 0
