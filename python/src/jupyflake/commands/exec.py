"""`jupyflake exec`: a command in the environment of one kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Frozen, Locked, Offline  # noqa: TC001  (typer reads them)
from jupyflake.completion import kernels

if TYPE_CHECKING:
    from jupyflake.session import Session


def exec_(
    session: Session,
    kernel: Annotated[str, typer.Argument(help="The kernel's name.", autocompletion=kernels)],
    command: Annotated[list[str], typer.Argument(help="The command and its arguments, after `--`.")],
    *,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Run a command with a kernel's packages, programs and variables, in the current directory.

    Example: jupyflake exec py313 -- python script.py
    """
    import os  # noqa: PLC0415  (help needs none of it)

    from jupyflake import kernelspec, ready, targets  # noqa: PLC0415

    targets.require_kernel(session.project(), kernel)
    options = ready.Options(locked=locked, frozen=frozen, offline=offline)
    built = ready.build(session, f"kernel-{kernel}", options, out_link=f".jupyter/roots/kernel-{kernel}")
    environment = kernelspec.read(built).environment(os.environ)
    # It is for notebooks: it would give a plain interpreter's prompt their commands.
    environment.pop("PYTHONSTARTUP", None)
    words = command[1:] if command[0] == "--" else command
    ready.replace_process(words[0] if words else "sh", words or ["sh"], environment)
