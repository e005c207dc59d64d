"""Audit against the machine's own Debian mirror, which knows security updates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support import cli, copy_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.network
def test_security_archive_of_the_mirror(tmp_path: Path) -> None:
    """A package that is older than the security archive's is found; the lock as committed is looked at, too."""
    project = copy_project(tmp_path / "project")
    data = json.loads((project / "jupyter.lock").read_text(encoding="utf-8"))
    for deb in data["debs"]:
        if (deb["suite"], deb["name"]) == ("trixie", "libssl3t64"):
            deb["version"] = "3.0.0-1"
    (project / "jupyter.lock").write_text(json.dumps(data), encoding="utf-8")
    advisory = {"id": "X-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "none"}, "versions": ["1"]}]}
    (tmp_path / "osv.json").write_text(json.dumps(advisory), encoding="utf-8")
    answer = cli("audit", "--json", "--database", tmp_path / "osv.json", cwd=project, check=False)
    assert "error[JF250]" in answer.stderr
    found = {each["package"]: each for each in json.loads(answer.stdout)["vulnerabilities"]}
    assert found["libssl3t64"]["id"] == "trixie-security"
    assert found["libssl3t64"]["version"] == "3.0.0-1"
    assert json.loads(answer.stdout)["not-checked"] == []
