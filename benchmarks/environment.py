"""How long the server environment takes to build, against uv with bytecode.

    python benchmarks/environment.py [--rounds N]

Ours: unpack each wheel, byte-compile, assemble: exactly the derivations of the root example's `environment-jupyter`
that come from wheels, by one `nix-store --realise`. To start each round from nothing without touching the machine's
store, the build runs in a private one (a chroot store), to which only the inputs are copied: wheels as files, the
interpreter, busybox, patchelf. The outputs of the round before are deleted from it. Not in the time: evaluation
(printed beside it), copying inputs, fetching.

Peer: `uv pip sync --compile-bytecode` into a new virtual environment of the same interpreter, same wheels, `--offline`,
with a cache in which a first run has unpacked all wheels already: its time is linking and byte-compiling. Not in the
time: making the empty virtual environment.

Beside these two, what each tool does with the other half of the bargain: ours with the wheels unpacked already (another
Python or project had them: our warm cache), uv with an empty cache (it unpacks too). The ratio is of the first two.

Rounds alternate, so that a busy machine hits both. uv compiles `tests` directories too, ours leaves them out as its
documentation says: both counts of modules are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = 1.0
SETTINGS = "\n".join(
    [
        "extra-experimental-features = nix-command flakes",
        "substitute = false",
        "max-jobs = auto",
        *(["build-users-group ="] if os.geteuid() == 0 else []),
    ]
)
EXPRESSION = f"""
let
  project = (import {ROOT}/nix).fromManifest {{ src = {ROOT}; system = builtins.currentSystem; }};
  environment = project.environments.jupyter;
in
{{
  derivation = environment.drvPath;
  out = environment.outPath;
  python = "${{environment.python}}/bin/python${{environment.pythonVersion}}";
  wheels = map (wheel: {{ inherit (wheel) drvPath file; src = "${{wheel.src}}"; }}) environment.wheels;
}}
"""


@dataclass(frozen=True)
class Environment:
    """What is to be built, and what is there before."""

    derivation: str
    out: str
    python: str
    wheels: dict[str, str]
    """File names, with the wheels' store paths."""
    unpacking: list[str]
    steps: list[str]
    """The derivations that the time is for: the unpacking ones and the rest."""
    inputs: list[str]
    evaluation: float


def run(*command: str, log: bool = False) -> str:
    """Run a program; give what it prints."""
    completed = subprocess.run(
        command,
        env={**os.environ, "NIX_CONFIG": SETTINGS},
        stdout=subprocess.PIPE,
        stderr=None if log else subprocess.PIPE,
        text=True,
        check=False,
    )
    if completed.returncode:
        sys.exit(f"error: {' '.join(command[:3])} failed\n{completed.stderr or ''}  try: jupyflake build, then again")
    return completed.stdout.strip()


def query(option: str, *paths: str) -> list[str]:
    """Ask the store about paths."""
    return run("nix-store", "--query", option, *paths).splitlines() if paths else []


def prepare() -> Environment:
    """Evaluate, make the inputs, and tell steps from inputs."""
    started = time.perf_counter()
    data = json.loads(run("nix-instantiate", "--eval", "--strict", "--json", "--read-write-mode", "--expr", EXPRESSION))
    evaluation = time.perf_counter() - started
    unpacking = {wheel["drvPath"] for wheel in data["wheels"]}
    # Bytecode is what stands between the wheels and the environment.
    compiling = [
        path
        for path in query("--references", data["derivation"])
        if path.endswith(".drv") and path not in unpacking and unpacking & set(query("--references", path))
    ]
    steps = [*sorted(unpacking), *compiling, data["derivation"]]
    needed = sorted(set(query("--references", *steps)) - set(steps))
    derivations = [path for path in needed if path.endswith(".drv")]
    outputs = run("nix-store", "--realise", *derivations, log=True).splitlines()
    return Environment(
        derivation=data["derivation"],
        out=data["out"],
        python=data["python"],
        wheels={wheel["file"]: wheel["src"] for wheel in data["wheels"]},
        unpacking=sorted(unpacking),
        steps=steps,
        inputs=sorted({*outputs, *(path for path in needed if path not in derivations)}),
        evaluation=evaluation,
    )


class Ours:
    """The derivations in a private store."""

    def __init__(self, environment: Environment, directory: Path) -> None:
        """Copy the inputs to the private store."""
        self._store = str(directory / "store")
        self._environment = environment
        run("nix", "copy", "--no-check-sigs", "--to", self._store, *environment.inputs)
        run("nix", "copy", "--derivation", "--no-check-sigs", "--to", self._store, environment.derivation)

    def build(self, *, unpacked: bool = False) -> float:
        """Give the seconds that building takes: everything, or all but the unpacking."""
        outputs = query("--outputs", *self._environment.steps)
        wheels = set(query("--outputs", *self._environment.unpacking)) if unpacked else set()
        # Nix takes a program that runs from the machine's store for one that needs the private one.
        run(
            "nix-store",
            "--store",
            self._store,
            "--delete",
            "--ignore-liveness",
            *self._present([path for path in outputs if path not in wheels]),
        )
        started = time.perf_counter()
        run("nix-store", "--store", self._store, "--realise", self._environment.derivation)
        elapsed = time.perf_counter() - started
        assert len(self._present(outputs)) == len(outputs)
        return elapsed

    def modules(self) -> int:
        """Count bytecode files, of what was built."""
        outputs = query("--outputs", *self._environment.steps)
        return sum(1 for path in outputs for _ in Path(self._store + path).rglob("*.pyc"))

    def _present(self, paths: list[str]) -> list[str]:
        return [path for path in paths if os.path.lexists(self._store + path)]


class Uv:
    """The peer, with its cache filled."""

    def __init__(self, environment: Environment, directory: Path) -> None:
        """Name the wheels as uv wants them, and fill the cache."""
        beside = Path(sys.executable).with_name("uv")
        found = str(beside) if beside.exists() else shutil.which("uv")
        if found is None:
            sys.exit("error: the peer, uv, is not on PATH\n  try: pip install uv")
        self._uv = found
        self._python = environment.python
        self._target = directory / "uv"
        self._options = ["--quiet", "--no-config"]
        self._cache = directory / "cache"
        wheels = directory / "wheels"
        wheels.mkdir()
        for name, path in environment.wheels.items():
            shutil.copyfile(path, wheels / name)
        self._requirements = directory / "requirements.txt"
        self._requirements.write_text("".join(f"{(wheels / name).as_uri()}\n" for name in environment.wheels))
        self.build()

    def build(self, *, cold: bool = False) -> float:
        """Give the seconds that a synchronisation of an empty environment takes."""
        cache = ["--cache-dir", f"{self._cache}-cold" if cold else str(self._cache)]
        shutil.rmtree(self._target, ignore_errors=True)
        shutil.rmtree(f"{self._cache}-cold", ignore_errors=True)
        run(self._uv, "venv", *self._options, *cache, "--python", self._python, str(self._target))
        started = time.perf_counter()
        run(
            self._uv,
            "pip",
            "sync",
            *self._options,
            *cache,
            "--offline",
            "--compile-bytecode",
            "--python",
            str(self._target / "bin/python"),
            str(self._requirements),
        )
        return time.perf_counter() - started

    def version(self) -> str:
        """Give uv's own version."""
        return run(self._uv, "--version").split(" (")[0]

    def modules(self) -> int:
        """Count bytecode files."""
        return sum(1 for _ in self._target.rglob("*.pyc"))


def main() -> None:
    """Measure both, alternating, and print the ratio of the medians."""
    parser = argparse.ArgumentParser(description="build time of the server environment, against uv")
    parser.add_argument("--rounds", type=int, default=3)
    rounds: int = parser.parse_args().rounds
    environment = prepare()
    directory = Path(tempfile.mkdtemp(prefix="jupyflake-benchmark-"))
    try:
        ours, uv = Ours(environment, directory), Uv(environment, directory)
        times = [(ours.build(), uv.build(), ours.build(unpacked=True), uv.build(cold=True)) for _ in range(rounds)]
        modules = ours.modules(), uv.modules()
        version = uv.version()
    finally:
        # Directories of a store can't be written to, so they can't be emptied either.
        subprocess.run(["chmod", "-R", "u+w", str(directory)], check=False)
        shutil.rmtree(directory, ignore_errors=True)
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    lines = [
        f"{len(environment.wheels)} wheels; medians of {rounds}; evaluation, apart: {environment.evaluation:.2f} s"
    ]
    labels = [
        "jupyflake, from nothing",
        f"{version}, warm cache",
        "jupyflake, wheels unpacked",
        f"{version}, empty cache",
    ]
    for index, label in enumerate(labels):
        single = " ".join(f"{row[index]:.2f}" for row in times)
        lines.append(f"{label:<28}{medians[index]:6.2f} s  ({single})  {modules[index % 2]} modules compiled")
    ratio = medians[0] / medians[1]
    lines.append(
        f"ratio of the first two: {ratio:.2f}; target at most {TARGET}: {'met' if ratio <= TARGET else 'MISSED'}"
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
