"""How long `jupyflake --version` takes, against the bare interpreter that has imported typer.

    python benchmarks/startup.py [--rounds N]

Both are started in turn, so that a busy machine hits both, and the medians are compared. The files are in the page
cache (warm). `--help` and a completion of a kernel's name, which a shell waits for at each press of Tab, are shown too.

Claim: the version takes at most 1.5 times what the interpreter and typer take.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 1.5
CLI = Path(sys.executable).parent / "jupyflake"
WORDS = "jupyflake add --kernel p"
COMMANDS: dict[str, tuple[list[str], dict[str, str]]] = {
    "python, typer imported": ([sys.executable, "-c", "import typer"], {}),
    "jupyflake --version": ([str(CLI), "--version"], {}),
    "jupyflake --help": ([str(CLI), "--help"], {}),
    "a kernel's name completed": (
        [str(CLI)],
        {"_JUPYFLAKE_COMPLETE": "complete_bash", "COMP_WORDS": WORDS, "COMP_CWORD": "3"},
    ),
}


def measure(command: list[str], variables: dict[str, str]) -> float:
    """Run a command once and give its seconds."""
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Measure, print, and say whether the claim holds."""
    parser = argparse.ArgumentParser(description="Start-up of the command line.")
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    # The first round warms the page cache.
    for number in range(rounds + 1):
        for name, (command, variables) in COMMANDS.items():
            seconds = measure(command, variables)
            if number:
                times[name].append(seconds)
    medians = {name: statistics.median(each) for name, each in times.items()}
    bare, version, *_ = medians.values()
    for name, seconds in medians.items():
        sys.stdout.write(f"{name:28} {1000 * seconds:6.1f} ms  {seconds / bare:5.2f}\n")
    ratio = version / bare
    sys.stdout.write(f"ratio {ratio:.2f}, limit {LIMIT}: {'holds' if ratio <= LIMIT else 'does not hold'}\n")


if __name__ == "__main__":
    main()
