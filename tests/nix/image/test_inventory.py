"""The lists of what an image holds."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).resolve().parents[3] / "nix" / "image" / "inventory.py"
LIBC = {
    "path": "0" * 32 + "-libc6-2.41-12",
    "kind": "deb",
    "name": "libc6",
    "version": "2.41-12+b1",
    "file": "libc6_2.41-12+b1_amd64.deb",
    "sha256": "aa",
    "suite": "trixie",
    "source": "glibc",
    "depends": ["libgcc-s1", "gone"],
}
GCC = {
    **LIBC,
    "name": "libgcc-s1",
    "version": "1:14.2",
    "file": "libgcc-s1_14.2_all.deb",
    "source": "gcc",
    "depends": [],
}
OLD = {**LIBC, "path": "1" * 32 + "-libc6-2.36", "suite": "bookworm"}
ABSENT = {**LIBC, "path": "2" * 32 + "-openssl-3", "name": "openssl"}
WHEEL = {
    "path": "3" * 32 + "-numpy-2",
    "kind": "wheel",
    "name": "numpy",
    "version": "2.0+local",
    "file": "numpy-2.0+local-cp313.whl",
    "sha256": "bb",
}


@pytest.fixture(scope="module")
def inventory() -> Any:
    """Load the program."""
    spec = importlib.util.spec_from_file_location("inventory", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Run the program as the build does."""
    store = tmp_path / "store"
    metadata = store / WHEEL["path"] / "site-packages" / "numpy-2.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Name: numpy\nLicense-Expression: BSD-3-Clause AND 0BSD\n\nLicense-Expression: no\n", "utf-8")
    support = store / WHEEL["path"] / "nix-support"
    support.mkdir()
    (support / "left-out").write_text("site-packages/numpy/tests\t2\t300\n", "utf-8")
    paths = [LIBC["path"], OLD["path"], WHEEL["path"], "4" * 32 + "-start.sh"]
    # Path, deriver, number of references, references.
    graph = "".join(f"{store}/{path}\n\n{len(paths[:2])}\n{store}/a\n{store}/b\n" for path in paths)
    (tmp_path / "graph").write_text(graph, "utf-8")
    image = {"name": "demo", "version": "1.0"}
    described = {"base": "debian/trixie", "components": [WHEEL, LIBC, GCC, OLD, ABSENT], "image": image}
    (tmp_path / "described").write_text(json.dumps(described), "utf-8")
    given = [tmp_path / name for name in ("described", "graph", "out")]
    subprocess.run([sys.executable, "-IS", PROGRAM, *given], check=True)
    return tmp_path / "out"


def test_bill_of_materials(made: Path) -> None:
    """It lists the packages whose paths are in the image, with names that databases of faults know."""
    bill = json.loads((made / "sbom.cdx.json").read_text("utf-8"))
    found = {component["bom-ref"]: component for component in bill["components"]}
    assert list(found) == [
        "deb/bookworm/libc6",
        "deb/trixie/libc6",
        "deb/trixie/libgcc-s1",
        "wheel/numpy-2.0+local-cp313.whl",
    ]
    libc = found["deb/trixie/libc6"]
    assert libc["purl"] == "pkg:deb/debian/libc6@2.41-12%2Bb1?arch=amd64&distro=trixie&upstream=glibc"
    assert libc["hashes"] == [{"alg": "SHA-256", "content": "aa"}]
    numpy = found["wheel/numpy-2.0+local-cp313.whl"]
    assert numpy["purl"] == "pkg:pypi/numpy@2.0%2Blocal"
    assert numpy["licenses"] == [{"expression": "BSD-3-Clause AND 0BSD"}]
    depends = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    assert depends["deb/trixie/libc6"] == ["deb/trixie/libgcc-s1"]
    assert depends["image"] == ["deb/bookworm/libc6", "deb/trixie/libc6", "wheel/numpy-2.0+local-cp313.whl"]


def test_what_was_left_out(made: Path) -> None:
    """Beside it stands which tests of packages are not in the image, and how much that is."""
    assert (made / "left-out.tsv").read_text("utf-8").splitlines() == [
        "package\tversion\tdirectory\tfiles\tbytes",
        "numpy\t2.0+local\tsite-packages/numpy/tests\t2\t300",
    ]


def test_bill_of_the_same_image_is_the_same(made: Path, inventory: Any) -> None:
    """Its number comes from what it lists, so another image has another one."""
    bill = json.loads((made / "sbom.cdx.json").read_text("utf-8"))
    packages = inventory.present([WHEEL, LIBC, GCC, OLD], {WHEEL["path"], LIBC["path"], OLD["path"]}, others=False)
    image = {"name": "demo", "version": "1.0"}
    licences = {"wheel/numpy-2.0+local-cp313.whl": "BSD-3-Clause AND 0BSD"}
    assert inventory.bill(image, packages, licences) == bill
    assert inventory.bill(image, packages[1:], licences)["serialNumber"] != bill["serialNumber"]


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="dpkg-query is Debian's")
def test_dpkg_reads_the_database(made: Path, tmp_path: Path) -> None:
    """Dpkg has no complaint, and knows of each package which source of which version it was built from."""
    for directory in ("info", "updates"):
        (tmp_path / "dpkg" / directory).mkdir(parents=True)
    shutil.copy(made / "status", tmp_path / "dpkg" / "status")
    shown = "${Package} ${Architecture} ${source:Package} ${source:Version} ${db:Status-Status}\\n"
    words = ["dpkg-query", f"--admindir={tmp_path}/dpkg", "--show", f"--showformat={shown}"]
    completed = subprocess.run(words, check=True, capture_output=True, text=True)
    assert completed.stdout.splitlines() == [
        "libc6 amd64 glibc 2.41-12 installed",
        "libgcc-s1 all gcc 1:14.2 installed",
    ]
    assert completed.stderr == ""


def test_names_of_the_store(inventory: Any) -> None:
    """On nixpkgs, whose packages are in no lock, the names of store paths say what is there."""
    names = {"5" * 32 + "-openssl-3.0.13", "6" * 32 + "-jupyter-config", WHEEL["path"], "7" * 32 + "-libpng-apng-1.6.4"}
    found = inventory.present([WHEEL], names, others=True)
    assert [inventory.purl(package) for package in found] == [
        "pkg:nix/libpng-apng@1.6.4",
        "pkg:nix/openssl@3.0.13",
        "pkg:pypi/numpy@2.0%2Blocal",
    ]
