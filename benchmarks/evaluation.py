"""How long Nix evaluates a project, as it grows in kernels and wheels, against Nix' own start.

    python benchmarks/evaluation.py [--rounds N] [--kernels 20 50 100 200] [--wheels 400]

A project is made up: so many kernels, each with so many wheels, all in one lock, and the derivation paths of its shell
and of every kernel are evaluated by plain `nix-instantiate --eval --strict`, on the Debian base of the root example's
lock. The files are in the page cache (warm); each evaluation is a process of its own, so Nix' own cache of evaluations
plays no part. What counts is the processor's time: evaluation is one thread, so on an idle machine that is the time
that passes, and what else a busy machine does isn't counted. Rounds go through all sizes in turn.

Claims: 20 kernels of 400 wheels in less than 1 s, and growth linear to 200 kernels: a kernel costs there at most 1.3
times what it costs at 50.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SYSTEM = "x86_64-linux"
LIMIT = 1.0
LINEAR = 1.3
# So many wheels are common to all kernels, as usual packages are; of the others each kernel has its own version.
COMMON = 0.75


def sha256(text: str) -> str:
    """Give a hash that is as good as any."""
    return hashlib.sha256(text.encode()).hexdigest()


def wheel(name: str, version: str, kernels: list[str]) -> dict[str, object]:
    """Give a line of the lock."""
    file = f"{name}-{version}-py3-none-any.whl"
    digest = sha256(file)
    return {
        "name": name,
        "version": version,
        "file": file,
        "path": f"packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{file}",
        "size": 1000 + int(digest[:5], 16) * 2,
        "sha256": digest,
        "use": {kernel: [SYSTEM] for kernel in kernels},
    }


def make_project(directory: Path, kernels: int, wheels: int) -> None:
    """Write a manifest and a lock of this size."""
    names = [f"k{number:03}" for number in range(kernels)]
    manifest = '[project]\nname = "grown"\nbase = "debian/trixie"\n'
    manifest += "".join(f'\n[kernels.{name}]\nlanguage = "python"\n' for name in names)
    (directory / "jupyter.toml").write_text(manifest, encoding="utf-8")
    common = int(wheels * COMMON)
    lines = [wheel(f"common{number:03}", "1.0", [*names, "jupyter"]) for number in range(common)]
    lines += [
        wheel(f"own{number:03}", f"1.{index}", [name])
        for number in range(wheels - common)
        for index, name in enumerate(names)
    ]
    # The bases' own artifacts are the root example's.
    lock = json.loads((ROOT / "jupyter.lock").read_text(encoding="utf-8"))
    inputs = {
        "project": {"base": "debian/trixie"},
        "kernels": {name: {"language": "python"} for name in names},
    }
    environment = {"base": "debian/trixie", "language": "python", "python": "3.13"}
    lock |= {
        "manifest": sha256(json.dumps(inputs, sort_keys=True, separators=(",", ":"))),
        "systems": [SYSTEM],
        "kernels": names,
        "environments": dict.fromkeys(["jupyter", *names], environment),
        "wheels": lines,
    }
    (directory / "jupyter.lock").write_text(json.dumps(lock), encoding="utf-8")


def evaluate(expression: str) -> tuple[float, str]:
    """Evaluate in a process of its own; give the processor's time and the answer."""
    settings = "build-users-group =" if os.geteuid() == 0 else ""
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    completed = subprocess.run(
        ["nix-instantiate", "--eval", "--strict", "--json", "--read-write-mode", "--expr", expression],
        env={**os.environ, "NIX_CONFIG": settings},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - started.ru_utime - started.ru_stime, completed.stdout


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Measure all sizes and say whether the claims hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kernels", type=int, nargs="+", default=[20, 50, 100, 200])
    parser.add_argument("--wheels", type=int, default=400)
    options = parser.parse_args()
    times: dict[int, list[float]] = {kernels: [] for kernels in [0, *options.kernels]}
    with tempfile.TemporaryDirectory(prefix="jupyflake-evaluation-") as name:
        expressions = {0: "1 + 1"}
        for kernels in options.kernels:
            directory = Path(name) / str(kernels)
            directory.mkdir()
            make_project(directory, kernels, options.wheels)
            expressions[kernels] = (
                f"let outputs = import {ROOT}/nix/flake.nix {{ src = {directory}; }}; in"
                f" [ outputs.devShells.{SYSTEM}.default.drvPath ]"
                f" ++ map (p: p.drvPath) (builtins.attrValues outputs.packages.{SYSTEM})"
            )
        # The first round, which also writes the derivations, is not counted.
        for round_ in range(options.rounds + 1):
            for kernels, expression in expressions.items():
                seconds, _ = evaluate(expression)
                if round_:
                    times[kernels].append(seconds)
    middle = {kernels: statistics.median(measured) for kernels, measured in times.items()}
    say(f"{os.cpu_count()} processors, {options.wheels} wheels a kernel, median of {options.rounds} (all)")
    say(f"Nix alone: {middle[0]:.2f} s")
    for kernels in options.kernels:
        shown = " ".join(f"{seconds:.2f}" for seconds in times[kernels])
        each = 1000 * middle[kernels] / kernels
        say(f"{kernels:4} kernels: {middle[kernels]:.2f} s, {each:.1f} ms a kernel ({shown})")
    if 20 in middle:
        say(f"20 kernels in less than {LIMIT} s: {'yes' if middle[20] < LIMIT else 'no'}")
    if {50, 200} <= middle.keys():
        growth = (middle[200] / 200) / (middle[50] / 50)
        linear = "yes" if growth <= LINEAR else "no"
        say(f"a kernel of 200 costs {growth:.2f} times one of 50, at most {LINEAR}: {linear}")


if __name__ == "__main__":
    main()
