"""Runs the interpreters of every suite in the project's `jupyter.lock` (or the one that JUPYFLAKE_TEST_LOCK names)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[3]
LOCK = Path(os.environ.get("JUPYFLAKE_TEST_LOCK", ROOT / "jupyter.lock"))
NIX_CONFIG = "extra-experimental-features = nix-command flakes\nbuild-users-group =\nsubstitute = false\n"
PYTHONS = {
    suite: values["python"]
    for suite, values in json.loads((ROOT / "nix/debian/roots.json").read_text())["suites"].items()
}

PYTHON_CODE = """
import bz2, ctypes, ctypes.util, curses, dbm.ndbm, hashlib, lzma, readline, sqlite3, ssl, sys, uuid, zlib, zoneinfo
zoneinfo.ZoneInfo("Europe/Berlin")
zoneinfo.ZoneInfo("US/Eastern")
for library in ("libz.so.1", "libstdc++.so.6", "libgcc_s.so.1"):
    ctypes.CDLL(library)
assert [ctypes.util.find_library(name) for name in ("z", "c", "nothing")] == ["libz.so.1", "libc.so.6", None]
assert ssl.__spec__.cached.startswith(sys.prefix)
print({line.split()[-1] for line in open("/proc/self/maps") if ".so" in line and " /nix/store/" not in line})
"""

R_CODE = """
stopifnot(capabilities("cairo"), iconv("caf\\xe9", "latin1", "UTF-8") == "caf\\u00e9", nchar("\\u00e4") == 1)
stopifnot(format(as.POSIXct("2024-07-01", tz = "America/New_York"), "%Z") == "EDT", nzchar(Sys.which("sh")))
stopifnot(max(abs(solve(matrix(c(2, 1, 1, 3), 2)) - matrix(c(.6, -.2, -.2, .4), 2))) < 1e-9)
for (package in .packages(TRUE)) suppressWarnings(loadNamespace(package))
png(tempfile()); plot(1); invisible(dev.off())
libraries <- sub(".* ", "", grep("\\\\.so", readLines("/proc/self/maps"), value = TRUE))
cat(libraries[!startsWith(libraries, "/nix/store/")])
"""


def locked(suite: str) -> set[str]:
    """Names of the packages that the lock has of a suite for this kind of machine."""
    return {
        line["name"]
        for line in json.loads(LOCK.read_text())["debs"]
        if line["suite"] == suite and line["system"] == "x86_64-linux"
    }


def build(suite: str, attribute: str) -> Path:
    """Build an attribute of a suite's set."""
    expression = f"""
      let
        lock = builtins.fromJSON (builtins.readFile {LOCK});
        set = import {ROOT}/nix/debian {{
          suite = "{suite}";
          system = "x86_64-linux";
          debs = builtins.filter (line: line.suite == "{suite}" && line.system == "x86_64-linux") lock.debs;
          bootstrap = builtins.filter (line: line.system == "x86_64-linux") lock.bootstrap;
        }};
      in {attribute}
    """
    completed = subprocess.run(
        ["nix-build", "--no-out-link", "-E", expression],
        env={**os.environ, "NIX_CONFIG": NIX_CONFIG},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Path(completed.stdout.strip())


def run(*command: str | Path) -> str:
    """Run a program in an empty environment and give what it prints."""
    return subprocess.run(command, env={"PATH": "/bin"}, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


@pytest.mark.parametrize("suite", sorted(PYTHONS))
def test_python(suite: str) -> None:
    """Every part of the standard library works, and no library of the machine is loaded."""
    version = PYTHONS[suite]
    if f"python{version}" not in locked(suite):
        pytest.skip(f"the lock has no Python of {suite}")
    python = build(suite, f"set.python{version.replace('.', '')}")
    assert run(python / f"bin/python{version}", "-c", PYTHON_CODE) == "set()"


@pytest.mark.parametrize("suite", sorted(PYTHONS))
def test_r(suite: str) -> None:
    """All packages load, plots, time zones and converters work, and no library of the machine is loaded."""
    if "r-base-core" not in locked(suite):
        pytest.skip(f"the lock has no R of {suite}")
    wrapper = build(suite, "set.rWrapper.override { packages = builtins.attrValues set.rPackages; }")
    assert run(wrapper / "bin/Rscript", "-e", R_CODE) == ""


@pytest.mark.parametrize("suite", sorted(PYTHONS))
def test_builds_are_reproducible(suite: str) -> None:
    """The largest derivation, with all of the standard library's bytecode, is the same when built again."""
    version = PYTHONS[suite]
    if f"python{version}" not in locked(suite):
        pytest.skip(f"the lock has no Python of {suite}")
    attribute = f"set.python{version.replace('.', '')}"
    first = build(suite, attribute)
    deriver = subprocess.run(["nix-store", "-q", "--deriver", first], check=True, capture_output=True, text=True)
    subprocess.run(
        ["nix-store", "--realise", "--check", deriver.stdout.strip()],
        env={**os.environ, "NIX_CONFIG": NIX_CONFIG},
        check=True,
        capture_output=True,
    )
