"""`jupyflake image`: the container image as a file, and in an engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import (  # noqa: TC001  (typer reads them)
    Engine,
    Frozen,
    Inside,
    Locked,
    Offline,
    Port,
)

if TYPE_CHECKING:
    from jupyflake.session import Session


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
    engine: Engine = None,
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
    from jupyflake import loading, planned, ready  # noqa: PLC0415

    found = engines.find(engine)
    if archive is not None:
        name = loading.load_archive(found, archive, session.console)
        session.console.result(name, data={"engine": found.name, "reference": name, "loaded": True})
        return
    image = planned.prepare(session, ready.Options(locked=locked, frozen=frozen, offline=offline))
    done = loading.load(found, image, session.console)
    if not done.loaded:
        session.console.info(f"{found.name} has {image.reference} already")
    data = {"engine": found.name, "id": image.id, "reference": done.reference, "loaded": done.loaded}
    session.console.result(done.reference, data={**data, "sent": done.sent, "layers": done.layers})


def push(
    session: Session,
    destination: Annotated[
        str | None,
        typer.Argument(
            help="registry.example/team/name:tag, oci:DIRECTORY or docker-archive:FILE; by default its own name."
        ),
    ] = None,
    *,
    plain_http: Annotated[bool, typer.Option("--plain-http", help="The registry has no TLS.")] = False,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Send the image to a registry, a directory or a file: only what is not there yet.

    Logins are those of skopeo, docker or podman, whichever is there.

    Example: jupyflake image push registry.example/team/notebooks:1.0
    """
    from jupyflake import engine as engines  # noqa: PLC0415  (help needs none of it)
    from jupyflake import planned, pushing, ready  # noqa: PLC0415

    manifest = session.project().manifest
    name = f"{manifest.image.name or manifest.project.name}:{manifest.image.tag or 'latest'}"
    # What is wrong with the name is said before anything is built.
    target = pushing.destination(destination, name)
    image = planned.prepare(session, ready.Options(locked=locked, frozen=frozen, offline=offline))
    done = pushing.push(image, target, session.console, plain=plain_http)
    given = f"{done.sent / 1e6:.1f} MB of {image.size / 1e6:.1f} MB"
    by_engine = done.through in engines.ENGINES
    session.console.info(f"{done.through} took {given}, and sent what was missing" if by_engine else f"sent {given}")
    data = {"destination": done.destination, "digest": done.digest, "id": image.id, "through": done.through}
    session.console.result(
        f"{done.destination}@{done.digest}" if done.digest else done.destination,
        data={**data, "sent": done.sent, "size": image.size, "layers": done.layers},
    )


def inspect(
    session: Session,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Draw all that is in it, too; the ending says how: .svg, .png or .dot.",
        ),
    ] = None,
    layers: Annotated[bool, typer.Option("--layers", help="List the layers instead, with what is in each.")] = False,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Show what the image is: its digests, size and settings, what each kernel costs, and what is largest.

    Example: jupyflake image inspect --output image.svg
    """
    from jupyflake import costs, describing, picturing, planned, ready  # noqa: PLC0415  (help needs none of it)

    picturing.require_format(output)
    image = planned.prepare(session, ready.Options(locked=locked, frozen=frozen, offline=offline))
    plan = image.read()
    found = picturing.closure(image.source())
    closures = costs.closures(found, describing.inside(plan), list(session.project().manifest.kernels))
    description = describing.describe(plan, image.digest, closures)
    if output is not None:
        picturing.write(session.directory / output, image.reference, closures)
        session.console.info(f"{output} shows all of it")
    text = describing.layers(description) if layers else describing.text(description)
    session.console.result(text, data=description)


def run(
    session: Session,
    arguments: Inside = None,
    *,
    port: Port = None,
    engine: Engine = None,
    locked: Locked = False,
    frozen: Frozen = False,
    offline: Offline = False,
) -> None:
    """Run the image in a container, as `jupyflake run` does.

    Example: jupyflake image run --port 9000
    """
    from jupyflake.commands import run as command  # noqa: PLC0415  (help needs none of it)

    command.run(session, arguments, port=port, engine=engine, locked=locked, frozen=frozen, offline=offline)
