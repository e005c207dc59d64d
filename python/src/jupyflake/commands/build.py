"""`jupyflake build`: the environment or another part of the project, into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Engine, Frozen, Locked, Offline  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.ready import Options
    from jupyflake.session import Session


def build(
    session: Session,
    attribute: Annotated[
        str | None,
        typer.Argument(
            help="What to build: shell, jupyter, image, config, kernel-NAME or environment-NAME; shell if left out."
        ),
    ] = None,
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
    in_container: Annotated[
        bool,
        typer.Option("--in-container", help="Build the image in a container and load it: for machines without Nix."),
    ] = False,
    builder_image: Annotated[
        str | None,
        typer.Option("--builder-image", metavar="REFERENCE", help="The image with Nix for --in-container."),
    ] = None,
    engine: Engine = None,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Build the environment, or one part of it; the result is linked as `result`.

    Example: jupyflake build --builders "ssh://builder x86_64-linux"
    """
    from jupyflake import ready  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415

    options = ready.Options(locked=locked, frozen=frozen, offline=offline)
    if in_container:
        if attribute not in {None, "image"} or builders or max_jobs is not None:
            raise JupyflakeError(
                "JF569",
                "--in-container builds the image and nothing else, and with no other builders",
                hint="jupyflake build --in-container",
            )
        _load(session, engine, builder_image, options)
        return
    if builder_image or engine:
        raise JupyflakeError(
            "JF569", "--builder-image and --engine are for --in-container", hint="jupyflake build --in-container"
        )
    nix_options = ["--builders", " ; ".join(builders)] if builders else []
    nix_options += ["--max-jobs", str(max_jobs)] if max_jobs is not None else []
    path = ready.build(session, attribute or "shell", options, out_link="result", nix_options=nix_options)
    session.console.result(str(path), data={"path": str(path)})


def _load(session: Session, engine: str | None, builder_image: str | None, options: Options) -> None:
    from jupyflake import engine as engines  # noqa: PLC0415  (help needs none of it)
    from jupyflake import incontainer  # noqa: PLC0415

    found = engines.find(engine)
    loaded = incontainer.load_image(session, found, builder_image or incontainer.BUILDER, options)
    session.console.result(
        loaded.reference, data={"reference": loaded.reference, "engine": found.name, "loaded": loaded.loaded}
    )
