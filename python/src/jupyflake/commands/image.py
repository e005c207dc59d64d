"""`jupyflake image`: the container image as a file, and in an engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session

Locked = Annotated[bool, typer.Option("--locked", help="Fail where jupyter.lock is not up to date.")]
Frozen = Annotated[bool, typer.Option("--frozen", help="Use jupyter.lock as it is.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use no network.")]


def build(
    session: Session,
    *,
    out_link: Annotated[str, typer.Option("--out-link", help="The link to the archive, in the project.")] = "result",
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Build the image as an archive for `docker load` and `podman load`.

    Example: jupyflake image build && docker load < result
    """
    from jupyflake import ready  # noqa: PLC0415  (help needs none of it)

    options = ready.Options(locked=locked, frozen=frozen, offline=offline)
    path = ready.build(session, "image", options, out_link=out_link)
    session.console.result(str(path), data={"archive": str(path), "size": path.stat().st_size})


def load(
    session: Session,
    *,
    engine: Annotated[
        Literal["docker", "podman"] | None, typer.Option("--engine", help="docker or podman; whichever answers.")
    ] = None,
    archive: Annotated[
        Path | None, typer.Option("--archive", help="An archive to load instead of the project's image.")
    ] = None,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Load the image into docker or podman, if the engine hasn't got it.

    Example: jupyflake image load --engine podman
    """
    from jupyflake import engine as engines  # noqa: PLC0415  (help needs none of it)
    from jupyflake import ready  # noqa: PLC0415

    found = engines.find(engine)
    if archive is not None:
        name = engines.load_archive(found, archive, session.console)
        session.console.result(name, data={"engine": found.name, "reference": name, "loaded": True})
        return
    options = ready.Options(locked=locked, frozen=frozen, offline=offline)
    image = engines.describe(ready.build(session, "imageStream", options))
    loaded = engines.load(found, image, session.console)
    if not loaded:
        session.console.info(f"{found.name} has {image.reference} already")
    session.console.result(
        image.reference, data={"engine": found.name, "id": image.id, "reference": image.reference, "loaded": loaded}
    )
