"""`jupyflake build`: the environment or another part of the project, into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Frozen, Locked, Offline  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.session import Session


def build(
    session: Session,
    attribute: Annotated[
        str, typer.Argument(help="What to build: shell, jupyter, image, config, kernel-NAME or environment-NAME.")
    ] = "shell",
    *,
    builders: Annotated[
        list[str] | None,
        typer.Option(
            "--builders", metavar="BUILDERS", help="Other machines to build on, as Nix writes them. Repeatable."
        ),
    ] = None,
    max_jobs: Annotated[
        int | None,
        typer.Option("--max-jobs", metavar="N", min=0, help="Builds at once on this machine; with 0 builders do all."),
    ] = None,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Build the environment, or one part of it; the result is linked as `result`.

    Example: jupyflake build --builders "ssh://builder x86_64-linux"
    """
    from jupyflake import ready  # noqa: PLC0415  (help needs none of it)

    options = ready.Options(locked=locked, frozen=frozen, offline=offline)
    nix_options = ["--builders", " ; ".join(builders)] if builders else []
    nix_options += ["--max-jobs", str(max_jobs)] if max_jobs is not None else []
    path = ready.build(session, attribute, options, out_link="result", nix_options=nix_options)
    session.console.result(str(path), data={"path": str(path)})
