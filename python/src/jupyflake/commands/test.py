"""`jupyflake test`: the project's notebooks from top to bottom, each in its kernel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Frozen, Locked, Offline  # noqa: TC001  (typer reads them)
from jupyflake.completion import kernels

if TYPE_CHECKING:
    from jupyflake.session import Session


def execute(
    session: Session,
    notebooks: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="NOTEBOOK", help="Notebooks, or directories of them; those of [check], or all, if left out."
        ),
    ] = None,
    *,
    kernel: Annotated[
        str | None,
        typer.Option(
            "--kernel", "-k", metavar="NAME", help="The kernel for all, whatever they ask for.", autocompletion=kernels
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, metavar="N", help="Notebooks at once; as many as processors.")
    ] = None,
    timeout: Annotated[
        int | None, typer.Option("--timeout", min=1, metavar="SECONDS", help="For one cell; [check] has the default.")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Fail where text outputs differ from the saved ones.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Write the executed notebooks there.")
    ] = None,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit's XML there.")] = None,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Execute notebooks, several at once, and report which fail and where; the notebooks stay as they are.

    Example: jupyflake test reports --junit report.xml
    """
    from jupyflake import testing  # noqa: PLC0415  (help needs none of it)
    from jupyflake.ready import Options  # noqa: PLC0415

    request = testing.Request(
        named=tuple(notebooks or ()),
        kernel=kernel,
        jobs=jobs,
        timeout=timeout,
        compare=compare,
        output=output,
        junit=junit,
    )
    if not testing.execute(session, request, Options(locked=locked, frozen=frozen, offline=offline)):
        raise typer.Exit(1)
