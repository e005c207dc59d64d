"""`make demo`: from jupyter.toml to notebooks executed in a shell and in a container, and a report of it.

Everything is done by the command line, as a person would do it by hand; this program keeps the time.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notebooks import NBCONVERT, NotebookError, Outcome, execute

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "examples" / "multi-kernel"
RESULTS = ROOT / "build" / "demo"
CLI = str(Path(sys.executable).with_name("jupyflake"))

# What to do when a stage fails, if the message above does not say it.
NEXT_STEPS = {
    "lock": "build/venv/bin/jupyflake lock --verbose",
    "fetch": "build/venv/bin/jupyflake fetch --verbose",
    "build": "build/venv/bin/jupyflake build --verbose",
    "notebooks": "open the notebook and see what it says: make lab",
    "image": "build/venv/bin/jupyflake image load --verbose",
    "container": "build/venv/bin/jupyflake run --verbose",
}


class StageError(Exception):
    """A stage failed, and its own message has been printed."""


@dataclass(frozen=True)
class Kernel:
    """A kernel as the built configuration has it."""

    name: str
    display_name: str


def main() -> int:
    """Run all stages and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--started", type=float, default=time.time(), help="when make began, in seconds since 1970")
    started = parser.parse_args().started
    times: dict[str, float] = {"set-up": time.time() - started}
    os.chdir(ROOT)
    try:
        report = run(times)
    except (StageError, NotebookError) as error:
        stage = list(times)[-1]
        if str(error):
            print(f"error: {error}", file=sys.stderr)
        print(f"error: make demo stopped at the stage `{stage}`", file=sys.stderr)
        print(f"  try: {NEXT_STEPS[stage]}", file=sys.stderr)
        return 1
    print(report)
    return 0


def run(times: dict[str, float]) -> str:
    """Go through the stages; each one's seconds are put into `times`."""
    with stage(times, "lock"):
        if not is_locked():
            cli("lock")
    with stage(times, "fetch"):
        cli("fetch")
    with stage(times, "build"):
        build("shell")
        kernels = kernels_of(build("config", "--quiet"))
        names = [*(kernel.name for kernel in kernels), "jupyter"]
        sizes = sizes_of({name: build(f"environment-{name}", "--quiet") for name in names})
    books = [kernel.name for kernel in kernels]
    with stage(times, "notebooks"):
        in_shell = execute(SOURCES, RESULTS / "shell", books, lambda book: [CLI, "develop", "--", *NBCONVERT, book])
    with stage(times, "image"):
        build("imageStream")
        image = json.loads(cli("image", "load", "--json"))
    with stage(times, "container"):
        in_container = execute(SOURCES, RESULTS / "container", books, lambda book: [CLI, "run", "--", *NBCONVERT, book])
    return "\n".join(
        [
            *kernel_table(kernels, in_shell, in_container),
            "",
            *place_lines(image),
            "",
            *size_lines(sizes),
            "",
            *time_lines(times),
        ]
    )


@contextlib.contextmanager
def stage(times: dict[str, float], name: str) -> Iterator[None]:
    """Keep the time of a stage."""
    times[name] = 0.0
    print(f"== {name}", file=sys.stderr, flush=True)
    began = time.monotonic()
    yield
    times[name] = time.monotonic() - began


def cli(*words: str) -> str:
    """Call the command line; what it says to people is shown as it comes."""
    completed = subprocess.run([CLI, *words], stdout=subprocess.PIPE, text=True, check=False)
    if completed.returncode != 0:
        raise StageError
    return completed.stdout


def is_locked() -> bool:
    """Tell whether jupyter.lock is up to date."""
    return subprocess.run([CLI, "lock", "--check"], capture_output=True, check=False).returncode == 0


def build(part: str, *options: str) -> Path:
    """Build a part of the project and give its place in the store."""
    return Path(json.loads(cli("build", part, "--json", *options))["path"])


def kernels_of(config: Path) -> list[Kernel]:
    """Read the kernels from the built configuration, in the manifest's order."""
    specs = config / "share" / "jupyter" / "kernels"
    manifest = tomllib.loads((ROOT / "jupyter.toml").read_text(encoding="utf-8"))
    texts = {name: (specs / name / "kernel.json").read_text(encoding="utf-8") for name in manifest["kernels"]}
    return [Kernel(name, json.loads(text)["display_name"]) for name, text in texts.items()]


def sizes_of(paths: dict[str, Path]) -> dict[str, int]:
    """Ask Nix for the size of each path with all that it needs, in bytes."""
    command = ["nix", "path-info", "--closure-size", *map(str, paths.values())]
    # Where there are no build users, as root without Nix' daemon, none are to be asked for.
    env = {**os.environ, "NIX_CONFIG": "extra-experimental-features = nix-command\nbuild-users-group ="}
    completed = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    sizes = {Path(words[0]): int(words[1]) for words in map(str.split, completed.stdout.splitlines())}
    return {name: sizes[path] for name, path in paths.items()}


def image_size(image: dict[str, Any]) -> int:
    """Ask the engine how large the image is, in bytes."""
    command = [image["engine"], "image", "inspect", "--format", "{{.Size}}", image["reference"]]
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


# The report, readable at 80 columns


def kernel_table(kernels: list[Kernel], shell: list[Outcome], container: list[Outcome]) -> list[str]:
    """One line per kernel: what it is, and what its notebook said in both places."""
    rows = [("kernel", "version", "in the shell", "in the container")]
    rows += [
        (kernel.display_name, here.version, here.result, there.result)
        for kernel, here, there in zip(kernels, shell, container, strict=True)
    ]
    return table(rows)


def place_lines(image: dict[str, Any]) -> list[str]:
    """Where the results are."""
    return [
        f"notebooks  {RESULTS.relative_to(ROOT)}/shell and {RESULTS.relative_to(ROOT)}/container, each with a plot",
        f"image      {image['reference']} in {image['engine']}, {megabytes(image_size(image))}",
    ]


def size_lines(sizes: dict[str, int]) -> list[str]:
    """Size of each environment, with all that it needs."""
    return table([("environment", "size"), *((name, megabytes(size)) for name, size in sizes.items())])


def time_lines(times: dict[str, float]) -> list[str]:
    """Seconds by stage, and in total."""
    return table(
        [
            ("stage", "seconds"),
            *((name, f"{seconds:.1f}") for name, seconds in times.items()),
            ("total", f"{sum(times.values()):.1f}"),
        ]
    )


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Set rows in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def megabytes(size: int) -> str:
    """Write a size for people."""
    return f"{size / 1e6:.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
