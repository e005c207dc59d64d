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
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jupyflake.session import Session

# Names that people use → the attribute of the flake's outputs; any other name is one of `packages`.
_OUTPUTS = {"shell": "devShells.{system}.default", "jupyter": "packages.{system}.default"}

# Keeps the shell in the store, relative to the project; a running server finds its kernels through it.
SHELL_LINK = ".jupyter/roots/shell"


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
    attribute = _OUTPUTS.get(name, f"packages.{{system}}.{name}").format(system=system)
    wanted = nix.Wanted(project.directory, attribute, session.console, frozen=options.frozen, offline=options.offline)
    locking.ensure_ready(project, system, session.console, options, wanted=wanted.missing)
    link = project.directory / out_link if out_link else None
    if link and project.state_directory in link.parents:
        project.make_state_directory()
    return nix.build(wanted, out_link=link, options=nix_options)


def enter(session: Session, command: Sequence[str], options: Options) -> NoReturn:
    """Build the shell and become `command` in it, or an interactive shell where there is none."""
    shell = build(session, "shell", options, out_link=SHELL_LINK)
    activate = shell / "activate"
    if command:
        script = f'. "{activate}" && exec "$@"'
        replace_process("sh", ["sh", "-c", script, "jupyflake", *command])
    replace_process(*_interactive(activate))


def _interactive(activate: Path) -> tuple[str, list[str]]:
    """Choose the user's own bash, so that its settings hold; else any shell."""
    bash = shutil.which("bash")
    if bash is None:
        return "sh", ["sh", "-c", f'. "{activate}" && exec sh -i']
    script = f'[ ! -e ~/.bashrc ] || . ~/.bashrc; . "{activate}"; PS1="(jupyflake) $PS1"'
    # A file would have to be removed by somebody later; bash reads a here-string from a pipe as well.
    return bash, [bash, "-c", 'exec "$0" --rcfile <(printf "%s" "$1") -i', bash, script]


def replace_process(program: str, argv: list[str], environment: Mapping[str, str] | None = None) -> NoReturn:
    """Become another program, found on the PATH of its environment; an error says why that cannot be."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execvpe(program, argv, os.environ if environment is None else environment)  # noqa: S606  (it was asked for)
    except OSError as error:
        hint = "check the name" if isinstance(error, FileNotFoundError) else "check the permissions of the program"
        raise JupyflakeError("JF602", f"`{program}` cannot be started: {error.strerror}", hint=hint) from error
