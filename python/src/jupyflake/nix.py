"""Nix: where the library is, what of a project is asked for, and the builds."""

from __future__ import annotations

import json
import os
import platform
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import process
from jupyflake.errors import JupyflakeError
from jupyflake.flake import flake_directory, source
from jupyflake.nixlog import NixLog
from jupyflake.store import nix_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyflake.console import Console

# Where a flake says what its input jupyflake is.
_INPUT = re.compile(r"\bjupyflake(\.url)?\s*=\s*[\"{]")

# The directory of another nixpkgs than the pinned one.
NIXPKGS_VARIABLE = "JUPYFLAKE_NIXPKGS"

_FILES = ("flake.nix", "jupyter.toml", "jupyter.lock")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")

_SYSTEMS = {
    ("Linux", "x86_64"): "x86_64-linux",
    ("Linux", "aarch64"): "aarch64-linux",
    ("Darwin", "arm64"): "aarch64-darwin",
}


def current_system() -> str:
    """Give Nix' name of this machine's system, such as `x86_64-linux`."""
    machine = (platform.system(), platform.machine())
    if machine not in _SYSTEMS:
        raise JupyflakeError(
            "JF404",
            f"there are no packages for {machine[0]} on {machine[1]}",
            hint="use a machine with one of: " + ", ".join(sorted(_SYSTEMS.values())),
        )
    return _SYSTEMS[machine]


def is_customised(project: Path) -> bool:
    """Whether the project's flake is another than `jupyflake init` writes, so that it may have kernels of its own."""
    flake = project / "flake.nix"
    text = flake.read_text(encoding="utf-8") if flake.is_file() else ""
    return bool(text) and not _is_plain(text) and project.resolve() != flake_directory().resolve()


@dataclass(frozen=True)
class Wanted:
    """An attribute of a project's outputs, such as `packages.x86_64-linux.image`."""

    project: Path
    attribute: str
    console: Console
    # Whether a lock that is older than the manifest will do.
    frozen: bool = False
    # Whether caches must not be asked.
    offline: bool = False
    # Which file of the library has it, and what that takes besides.
    file: str = "flake.nix"
    further: tuple[str, ...] = ()
    # Caches that did not answer, which are not asked again in this run.
    silent: set[str] = field(default_factory=set)

    def arguments(self) -> list[str]:
        """Give the arguments by which Nix finds it.

        A project whose flake is the one that `jupyflake init` wrote is evaluated from its two files in place.
        A flake with changes of its own is evaluated as a flake, with this program's own library.
        """
        if not is_customised(self.project):
            library = str(flake_directory() / "nix" / self.file)
            check = ["--arg", "checkLock", "false"] if self.frozen else []
            place = ["--argstr", "src", str(self.project)]
            return ["--file", library, *place, *check, *self.further, *nixpkgs_arguments(), self.attribute]
        arguments = [f"{_reference(self.project)}#{self.attribute}", "--no-write-lock-file"]
        text = (self.project / "flake.nix").read_text(encoding="utf-8")
        if any(_INPUT.search(line) for line in text.splitlines()):
            arguments += ["--override-input", "jupyflake", source(flake_directory())]
        return arguments

    def environment(self) -> dict[str, str]:
        """Give the environment that Nix gets for it."""
        return nix_environment(offline=self.offline, without=self.silent)

    def missing(self) -> frozenset[str]:
        """Ask Nix which store paths would have to be built, by name."""
        log = NixLog(self.console)
        plain: list[str] = []

        def take(line: str) -> None:
            plain.append(line.strip())
            log.feed(line)

        completed = process.run(
            ["nix", "build", "--dry-run", "--no-link", *self.arguments()],
            env=self.environment(),
            cwd=self.project,
            on_line=take,
            check=False,
        )
        if completed.returncode != 0:
            raise log.error(self.attribute)
        log.remotes.warn(self.console)
        self.silent.update(log.remotes.unreachable)
        # /nix/store/<hash>-<name>.drv
        return frozenset(Path(line).name[33:].removesuffix(".drv") for line in plain if line.endswith(".drv"))


def nixpkgs_arguments() -> list[str]:
    """Give the arguments that put another nixpkgs in the place of the pinned one, if the user has named one."""
    tree = os.environ.get(NIXPKGS_VARIABLE)
    if not tree:
        return []
    # As a Nix expression; a path with spaces can only stand in quotes.
    text = json.dumps(str(Path(tree).absolute()), ensure_ascii=False).replace("${", "\\${")
    return ["--arg", "nixpkgs", f"/. + {text}"]


def build(wanted: Wanted, *, out_link: Path | None = None, options: Sequence[str] = ()) -> Path:
    """Build and give the store path; `out_link` also keeps it from being collected, `options` are Nix' own."""
    console = wanted.console
    arguments = ["nix", "build", "--json", "--log-format", "internal-json", *options]
    arguments += ["--out-link", str(out_link)] if out_link else ["--no-link"]
    arguments += ["--show-trace"] if console.verbose else []
    if out_link:
        out_link.parent.mkdir(parents=True, exist_ok=True)
    with console.progress(0, "building") as progress:
        log = NixLog(console, progress)
        completed = process.run(
            [*arguments, *wanted.arguments()],
            env=wanted.environment(),
            cwd=wanted.project,
            on_line=log.feed,
            check=False,
        )
    if completed.returncode != 0:
        raise log.error(wanted.attribute)
    log.remotes.warn(console)
    return Path(json.loads(completed.stdout)[0]["outputs"]["out"])


def closure_size(paths: list[Path]) -> list[int]:
    """Give the size of each path with all that it needs, in bytes."""
    completed = process.run(
        ["nix", "path-info", "--json", "--closure-size", *paths],
        env=nix_environment(),
    )
    answer = json.loads(completed.stdout)
    # A list up to Nix 2.18, a table by path since.
    rows = answer if isinstance(answer, list) else [{"path": path, **row} for path, row in answer.items()]
    sizes = {row["path"]: int(row["closureSize"]) for row in rows}
    return [sizes[str(path)] for path in paths]


def _is_plain(text: str) -> bool:
    """Tell whether a flake is the template, wherever its input comes from."""
    template = (flake_directory() / "templates" / "default" / "flake.nix").read_text(encoding="utf-8")
    return _without_source(text) == _without_source(template)


def _without_source(text: str) -> list[str]:
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not _INPUT.search(line) and not line.startswith("description")]


def _reference(project: Path) -> str:
    """Give the flake reference of a project whose directory is Nix' working directory."""
    git = any((parent / ".git").exists() for parent in (project, *project.parents))
    # The URL that Nix makes of a git repository may not hold spaces or accents before 2.20.
    if not git or not _PLAIN_PATH.fullmatch(str(project)):
        return "path:."
    _require_tracked(project)
    return "."


def _require_tracked(project: Path) -> None:
    """Refuse files that git does not know: of a repository, Nix sees only what git tracks."""
    from jupyflake import project as projects  # noqa: PLC0415  (it imports this module's users)
    from jupyflake.tracking import hidden, of_the_project  # noqa: PLC0415

    names = [name for name in _FILES if (project / name).is_file()]
    found = hidden(project, [*names, *of_the_project(projects.read(project).manifest)])
    if found is not None and found.names:
        are, it = ("is", "it") if len(found.names) == 1 else ("are", "them")
        raise JupyflakeError(
            "JF430",
            f"{', '.join(found.names)} {are} not tracked by git, so Nix does not see {it}",
            hint=found.cure,
        )


def is_root() -> bool:
    """Tell whether this process has the rights of root."""
    return os.geteuid() == 0
