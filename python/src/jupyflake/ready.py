"""From a project to something built: lock, fetch and build as far as each is needed."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from jupyflake import nix
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyflake.session import Session

# Names that people use → the attribute of the flake's outputs; `shell-` and a kernel's name is that kernel's shell, and
# any other name is one of `packages`.
_OUTPUTS = {"shell": "devShells.{system}.default", "jupyter": "packages.{system}.default"}
_KERNEL_SHELL = "shell-"


@dataclass(frozen=True)
class Options:
    """How far the project may be changed and the network used; the words have uv's meaning."""

    locked: bool = False
    frozen: bool = False
    offline: bool = False


def build(
    session: Session,
    name: str,
    options: Options,
    *,
    out_link: str | None = None,
    nix_options: Sequence[str] = (),
) -> Path:
    """Make lock and artifacts ready, then build; `out_link` is relative to the project."""
    from jupyflake import locking  # noqa: PLC0415  (its import is not needed for help)

    project = session.project()
    system = nix.current_system()
    wanted = nix.Wanted(
        project.directory, attribute(name, system), session.console, frozen=options.frozen, offline=options.offline
    )
    locking.ensure_ready(project, system, session.console, options, wanted=wanted.missing)
    link = project.directory / out_link if out_link else None
    return nix.build(wanted, out_link=link, options=nix_options)


def attribute(name: str, system: str) -> str:
    """Give the attribute of the flake's outputs that people call `name`."""
    if name in _OUTPUTS:
        return _OUTPUTS[name].format(system=system)
    output = "packages"
    if name.startswith(_KERNEL_SHELL):
        output, name = "devShells", name.removeprefix(_KERNEL_SHELL)
    # A kernel's name may have a dot.
    return f'{output}.{system}."{name}"' if "." in name else f"{output}.{system}.{name}"


def enter(session: Session, command: Sequence[str], options: Options, *, kernel: str | None = None) -> NoReturn:
    """Build the shell and become `command` in it, or an interactive shell where there is none.

    With `kernel` it is that kernel's shell, in which its own programs come first.
    """
    name = "shell" if kernel is None else f"{_KERNEL_SHELL}{kernel}"
    shell = build(session, name, options, out_link=f".jupyter/roots/{name}")
    activate = shell / "activate"
    sys.stdout.flush()
    sys.stderr.flush()
    if command:
        script = f'. "{activate}" && exec "$@"'
        _execute("sh", ["sh", "-c", script, "jupyflake", *command])
    _execute(*_interactive(activate))


def _interactive(activate: Path) -> tuple[str, list[str]]:
    """Choose the user's own bash, so that its settings hold; else any shell."""
    bash = shutil.which("bash")
    if bash is None:
        return "sh", ["sh", "-c", f'. "{activate}" && exec sh -i']
    script = f'[ ! -e ~/.bashrc ] || . ~/.bashrc; . "{activate}"; PS1="(jupyflake) $PS1"'
    # A file would have to be removed by somebody later; bash reads a here-string from a pipe as well.
    return bash, [bash, "-c", 'exec "$0" --rcfile <(printf "%s" "$1") -i', bash, script]


def _execute(program: str, argv: list[str]) -> NoReturn:
    try:
        os.execvp(program, argv)  # noqa: S606  (the shell is what was asked for)
    except OSError as error:
        raise JupyflakeError(
            "JF602",
            f"`{program}` cannot be started: {error.strerror}",
            hint="check that the program is installed",
        ) from error
