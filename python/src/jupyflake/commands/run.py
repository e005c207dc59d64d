"""`jupyflake run`: the project's image in docker or podman, on a directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session


def run(
    session: Session,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(help="After `--`: a subcommand of Jupyter, or a program; Lab by default."),
    ] = None,
    *,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="The port; 8888 or the next free one.")
    ] = None,
    engine: Annotated[
        Literal["docker", "podman"] | None, typer.Option("--engine", help="docker or podman; whichever answers.")
    ] = None,
    locked: Annotated[bool, typer.Option("--locked", help="Fail where jupyter.lock is not up to date.")] = False,
    frozen: Annotated[bool, typer.Option("--frozen", help="Use jupyter.lock as it is.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Use no network.")] = False,
) -> None:
    """Run the image in a container, with the directory mounted at `work`, and print the URL.

    Example: jupyflake run --port 9000
    """
    from jupyflake import container, ports, ready  # noqa: PLC0415  (help needs none of it)
    from jupyflake import engine as engines  # noqa: PLC0415

    command = tuple(arguments or ())
    serves = container.serves(command)
    # What is cheap to find out comes before what takes minutes.
    found = engines.find(engine)
    chosen = ports.free_port(port) if serves else None
    options = ready.Options(locked=locked, frozen=frozen, offline=offline)
    image = engines.describe(ready.build(session, "imageStream", options))
    engines.load(found, image, session.console)

    directory = session.directory.resolve()
    status = directory.stat()
    request = container.Request(
        engine=found,
        image=image,
        directory=directory,
        user=container.user_for(
            (status.st_uid, status.st_gid),
            (os.getuid(), os.getgid(), *os.getgroups()),
            writable=os.access(directory, os.W_OK | os.X_OK),
        ),
        port=chosen,
        command=command,
    )
    if not container.saves(request):
        session.console.warn(
            f"{directory} belongs to root and you can't write there, so notebooks can't be saved: "
            "use a directory of your own (--directory), or run this as root"
        )
    elif container.is_root(request):
        session.console.info(f"{directory} belongs to root, so the container is root too, without root's capabilities")
    code = container.serve(request, session.console) if serves else container.run(request)
    if code:
        raise typer.Exit(code)
