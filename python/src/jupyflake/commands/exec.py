"""`jupyflake exec`: a program in a kernel's environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Frozen, Locked, Offline  # noqa: TC001  (typer reads them)
from jupyflake.completion import kernels

if TYPE_CHECKING:
    from jupyflake.session import Session


def exec_(
    session: Session,
    kernel: Annotated[str, typer.Argument(metavar="KERNEL", help="The kernel.", autocompletion=kernels)],
    command: Annotated[
        list[str] | None, typer.Argument(help="The program and its arguments, after `--`; a shell if left out.")
    ] = None,
    *,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Run a program with a kernel's packages, tools and variables, outside of any notebook.

    Example: jupyflake exec py311 -- python train.py
    """
    from jupyflake import ready, targets  # noqa: PLC0415  (help needs none of it)

    targets.require_kernel(session.project(), kernel)
    options = ready.Options(locked=locked, frozen=frozen, offline=offline)
    words = list(command or ())
    # The parser hands on the `--` that follows another argument.
    ready.enter(session, words[1:] if words[:1] == ["--"] else words, options, kernel=kernel)
