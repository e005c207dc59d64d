"""Install and import the packages of `packages.toml`, alone and in sets, and print a table.

    python make/check_packages.py [--python 3.11 3.13] [--only NAME…] [--sets | --alone] [--batch N] [--peer failures]

Each package, and each set, is a kernel of its own; kernels are locked in batches, as in any project, without those
that can't be. What is built is each kernel's environment, and each module is imported by a process of its own. The peer
is uv on the same Python, with wheels alone: what fails there too is no fault of ours. What the table says can't work
must fail, and doesn't count. The exit code tells whether all others worked.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "build" / "venv" / "bin"
TABLE = ROOT / "make" / "packages.toml"
IMPORT_SECONDS = 300


@dataclass(frozen=True)
class Case:
    """One package or set, on one Python."""

    label: str
    python: str
    requirements: tuple[str, ...]
    modules: tuple[str, ...]
    tools: tuple[str, ...]
    sdists: tuple[str, ...]
    # Why it can't work on this Python, where that is known.
    impossible: str | None

    @property
    def kernel(self) -> str:
        """The kernel's name."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.label}-{self.python}".lower()).strip("-")

    def text(self) -> str:
        """Write the kernel's table."""
        lists = {"packages": self.requirements, "tools": self.tools, "sdists": self.sdists}
        lines = [f"[kernels.{self.kernel}]", 'language = "python"', f'python = "{self.python}"']
        # A list of JSON is one of TOML.
        lines += [f"{key} = {json.dumps(values)}" for key, values in lists.items()]
        return "\n".join(lines) + "\n"


def cases(pythons: list[str], only: list[str], *, sets: bool, alone: bool) -> list[Case]:
    """Read the table."""
    data = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    found = []
    for python in pythons:
        groups = {name: [name] for name in data["packages"]} if alone else {}
        if sets:
            groups |= {f"set {name}": members for name, members in data["sets"].items()}
        for label, members in groups.items():
            if only and label not in only:
                continue
            modules = [module for name in members for module in data["packages"][name]]
            tools = sorted({tool for name in members for tool in data["tools"][python].get(name, ())})
            sdists = sorted({source for name in members for source in data["sdists"].get(name, ())})
            impossible = data["impossible"][python].get(label)
            found.append(Case(label, python, tuple(members), tuple(modules), tuple(tools), tuple(sdists), impossible))
    return found


def jupyflake(project: Path, *words: str) -> tuple[bool, str]:
    """Run the command line; give whether it worked, and its result or its error."""
    completed = subprocess.run(
        [PROGRAMS / "jupyflake", "-C", project, "--quiet", *words], capture_output=True, text=True, check=False
    )
    lines = completed.stderr.strip().splitlines()
    error = next((line for line in lines if line.startswith("error")), lines[-1] if lines else "nothing was said")
    return completed.returncode == 0, completed.stdout.strip() if completed.returncode == 0 else error


def locked(project: Path, batch: list[Case]) -> dict[Case, str]:
    """Lock the kernels of a batch; give those that can't be, with the reason."""
    failed: dict[Case, str] = {}
    while batch := [case for case in batch if case not in failed]:
        head = '[project]\nname = "packages"\nbase = "debian/trixie"\n\n'
        (project / "jupyter.toml").write_text(head + "\n".join(case.text() for case in batch), encoding="utf-8")
        works, said = jupyflake(project, "lock")
        if works:
            break
        # The error names the kernel.
        guilty = [case for case in batch if f"[kernels.{case.kernel}]" in said] or batch[:1]
        failed |= dict.fromkeys(guilty, said)
    return failed


def tried(project: Path, case: Case) -> str | None:
    """Build a kernel's environment and import what it is for; give the reason of a failure."""
    works, said = jupyflake(project, "build", f"environment-{case.kernel}")
    return imported(Path(said), case) if works else said


def imported(prefix: Path, case: Case) -> str | None:
    """Import all modules in an environment; give the reason of a failure."""
    for module in case.modules:
        command: list[str | Path] = [prefix / "bin" / "python", "-W", "ignore", "-c", f"import {module}"]
        with tempfile.TemporaryDirectory() as home:
            environment = {"HOME": home, "PATH": f"{prefix}/bin", "LANG": "C.UTF-8"}
            try:
                completed = subprocess.run(
                    command,
                    env=environment,
                    cwd=home,
                    capture_output=True,
                    text=True,
                    timeout=IMPORT_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return f"import {module}: not done after {IMPORT_SECONDS} s"
        if completed.returncode != 0:
            lines = completed.stderr.strip().splitlines() or [f"exit code {completed.returncode}"]
            return f"import {module}: {lines[-1]}"
    return None


def peer(python: Path, case: Case) -> str | None:
    """Install by uv alone, without the base's libraries, and import; give the reason of a failure."""
    environment = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory(prefix="jupyflake-peer-") as directory:
        prefix = Path(directory) / "venv"
        commands: tuple[list[str | Path], ...] = (
            ["venv", "--quiet", "--no-python-downloads", "--python", python, prefix],
            ["pip", "install", "--quiet", "--only-binary", ":all:", "--python", prefix, *case.requirements],
        )
        for command in commands:
            completed = subprocess.run(
                [PROGRAMS / "uv", *command], env=environment, capture_output=True, text=True, check=False
            )
            if completed.returncode != 0:
                return " ".join(completed.stderr.split())[:200]
        return imported(prefix, case)


def interpreters(project: Path, pythons: list[str]) -> dict[str, Path]:
    """Build one environment a Python, and give the interpreters that they stand on."""
    found = {}
    for python in pythons:
        case = Case("peer", python, (), (), (), (), None)
        failed = locked(project, [case])
        works, said = jupyflake(project, "build", f"environment-{case.kernel}")
        if not works:
            raise SystemExit(failed.get(case, said))
        # Its first line: home = …
        home = (Path(said) / "pyvenv.cfg").read_text(encoding="utf-8").partition("\n")[0].partition(" = ")[2]
        found[python] = Path(home) / f"python{python}"
    return found


def verdict(case: Case, reason: str | None) -> tuple[bool, str]:
    """Tell whether a result is a failure, and what to print."""
    if case.impossible is None:
        return reason is not None, reason or "ok"
    if reason is None:
        return True, f"works, although the table says: {case.impossible}"
    return False, f"can't work: {case.impossible}"


def main() -> int:
    """Try all, print a line for each, and the totals."""
    parser = argparse.ArgumentParser(description="install and import many packages")
    parser.add_argument("--python", nargs="+", default=["3.11", "3.13"])
    parser.add_argument("--only", nargs="+", default=[])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--sets", action="store_true")
    which.add_argument("--alone", action="store_true")
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--peer", choices=["none", "failures", "all"], default="failures")
    options = parser.parse_args()
    both = not options.sets and not options.alone
    todo = cases(options.python, options.only, sets=options.sets or both, alone=options.alone or both)
    counted = {"work": 0, "fail": 0, "can't": 0, "tried by uv": 0, "work by uv": 0}
    with tempfile.TemporaryDirectory(prefix="jupyflake-packages-") as directory:
        pythons = interpreters(Path(directory), options.python) if options.peer != "none" else {}
        for start in range(0, len(todo), options.batch):
            batch = todo[start : start + options.batch]
            project = Path(directory) / str(start)
            project.mkdir()
            reasons: dict[Case, str | None] = dict(locked(project, batch))
            for case in batch:
                started = time.perf_counter()
                reason = reasons[case] if case in reasons else tried(project, case)
                seconds = time.perf_counter() - started
                fails, text = verdict(case, reason)
                counted["fail" if fails else "can't" if case.impossible else "work"] += 1
                if options.peer == "all" or (options.peer == "failures" and reason is not None):
                    by_uv = peer(pythons[case.python], case)
                    counted["tried by uv"] += 1
                    counted["work by uv"] += by_uv is None
                    text += f"; uv: {by_uv or 'ok'}"
                print(f"{case.label:<28}{case.python:<6}{seconds:6.1f} s  {text}", flush=True)
    print(f"{len(todo)} tried, {', '.join(f'{count} {what}' for what, count in counted.items())}")
    return int(counted["fail"] > 0)


if __name__ == "__main__":
    sys.exit(main())
