"""Both bills of materials, the lock's and the image's, name a part in the same way."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from jupyflake.exporting import cyclonedx
from jupyflake.exporting.components import components, source_package
from jupyflake.lock import Lock, loads

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = "x86_64-linux"
# What only one of the two can know.
OWN = {"jupyflake:environments"}


@pytest.fixture(scope="module")
def lock() -> Lock:
    """Read the root example's lock."""
    return loads((ROOT / "jupyter.lock").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def inventory() -> Any:
    """Load the program that lists what is in an image."""
    spec = importlib.util.spec_from_file_location("inventory", ROOT / "nix" / "image" / "inventory.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _comparable(document: dict[str, Any]) -> dict[str, Any]:
    return {
        component["bom-ref"]: {
            **component,
            "properties": [each for each in component["properties"] if each["name"] not in OWN],
        }
        for component in document["components"]
        if component.get("scope") != "excluded"
    }


def test_a_part_is_the_same_in_both(lock: Lock, inventory: Any) -> None:
    """Reference, name, version, hash, package URL and properties agree, for every wheel and Debian package."""
    exported = json.loads(cyclonedx.document("x", "0", SYSTEM, components(lock, SYSTEM, {})))
    packages: list[dict[str, Any]] = [
        {
            "path": "",
            "kind": "wheel",
            "name": each.name,
            "version": each.version,
            "file": each.file,
            "sha256": each.sha256,
        }
        for each in lock.wheels
        if any(SYSTEM in systems for systems in each.use.values())
    ]
    packages += [
        {
            "path": "",
            "kind": "deb",
            "name": each.name,
            "version": each.version,
            "file": each.file,
            "sha256": each.sha256,
            "suite": each.suite,
            "source": source_package(each),
            "depends": each.depends,
        }
        for each in lock.debs
        if each.system == SYSTEM
    ]
    bill = inventory.bill({"name": "x", "version": "1"}, packages, {})
    assert _comparable(bill) == _comparable(exported)
    assert len(bill["components"]) > 100
    needs = {each["ref"]: sorted(each["dependsOn"]) for each in exported["dependencies"]}
    for each in bill["dependencies"]:
        if each["ref"].startswith("deb/"):
            assert sorted(each["dependsOn"]) == needs[each["ref"]]
