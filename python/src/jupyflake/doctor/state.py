"""The project: manifest, lock, what git hides from Nix, state of Jupyter, and whether the kernels start."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

from jupyflake import cleaning, locking, nix, process, ready
from jupyflake.doctor.finding import Finding
from jupyflake.flake import flake_directory
from jupyflake.tracking import hidden, of_the_project

if TYPE_CHECKING:
    from pathlib import Path

    from jupyflake.project import Project
    from jupyflake.session import Session


def manifest(session: Session) -> Finding:
    """Read the manifest."""
    project = session.project()
    return Finding("manifest", "ok", f"{len(project.manifest.kernels)} kernels on {project.manifest.project.base}")


def lock(project: Project) -> Finding:
    """See whether the lock is there and belongs to the manifest."""
    found = locking.require_current(project, locking.read_lock(project))
    here = nix.current_system()
    if here not in found.systems:
        cure = f'systems = ["{here}", …] under [project], then jupyflake lock'
        return Finding("lock", "fail", f"jupyter.lock does not cover {here}", cure)
    return Finding("lock", "ok", f"{len(found.wheels)} wheels and {len(found.debs)} Debian packages")


def tracked(project: Project) -> Finding | None:
    """See whether git lets Nix see the files; None outside of a repository."""
    files = [name for name in ("jupyter.toml", "jupyter.lock", "flake.nix") if (project.directory / name).is_file()]
    found = hidden(project.directory, [*files, *of_the_project(project.manifest)])
    if found is None:
        return None
    if not found.names:
        return Finding("git", "ok", "git tracks what Nix needs to see")
    command = ["git", "add", "--intent-to-add", *(["--force"] if found.ignored else []), "--", *found.names]
    return Finding(
        "git",
        "note",
        f"git does not track {', '.join(found.names)}: `nix develop` and `nix build` do not see what git ignores",
        found.cure,
        lambda: process.run(command, cwd=project.directory),
    )


def leftovers(project: Project) -> Finding | None:
    """Find what servers have left that ended without tidying up; None where there is nothing."""
    runtime = project.state_directory / "runtime"
    if project.state_directory.exists() and not os.access(project.state_directory, os.W_OK):
        cure = f"chown -R $(id -u) {project.state_directory.name}, as root"
        return Finding("state", "fail", f"{project.state_directory.name} belongs to somebody else", cure)
    dead = [path for path in runtime.glob("jpserver-*") if not cleaning.is_running(path)]
    if not dead:
        return None
    return Finding(
        "state",
        "note",
        f"servers that ended have left {len(dead)} files in {project.state_directory.name}/runtime",
        "jupyflake doctor --fix",
        lambda: cleaning.remove(project, dead),
    )


def kernels(session: Session, project: Project) -> list[Finding]:
    """Start each kernel and have it answer, where all is built."""
    options = ready.Options(locked=True, offline=True)
    wanted = nix.Wanted(
        project.directory, ready.attribute("shell", nix.current_system()), session.console, offline=True
    )
    if wanted.missing():
        return [Finding("kernels", "note", "not everything is built, so no kernel was started", "jupyflake build")]
    python = ready.build(session, "environment-jupyter", options) / "bin" / "python3"
    shell = ready.build(session, "shell", options)
    return [_start(project, shell, python, name) for name in project.manifest.kernels]


def _start(project: Project, shell: Path, python: Path, name: str) -> Finding:
    script = flake_directory() / "nix" / "checks" / "kernels.py"
    started = time.monotonic()
    completed = process.run(
        ["sh", "-c", '. "$0" && exec "$@"', shell / "activate", python, "-I", script, "60", name],
        cwd=project.directory,
        check=False,
    )
    seconds = time.monotonic() - started
    lines = [line for line in completed.stdout.splitlines() if line.strip()]
    said = lines[-1] if lines else json.dumps(completed.stderr[-200:])
    if completed.returncode == 0:
        return Finding("kernel", "ok", f"{said} ({seconds:.1f} s)")
    return Finding("kernel", "fail", said.removeprefix("error: "), f"jupyflake exec {name}, and try its programs")
