"""`jupyflake run`: the project's image in docker or podman, on a directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

from jupyflake.commands.options import Engine, Frozen, Inside, Locked, Offline, Port  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.session import Session


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
    """Run the image in a container, with the directory mounted at `work`, and print the URL.

    Example: jupyflake run --port 9000
    """
    from jupyflake import container, loading, planned, ports, ready  # noqa: PLC0415  (help needs none of it)
    from jupyflake import engine as engines  # noqa: PLC0415

    command = tuple(arguments or ())
    serves = container.serves(command)
    # What is cheap to find out comes before what takes minutes.
    found = engines.find(engine)
    chosen = ports.free_port(port) if serves else None
    image = planned.prepare(session, ready.Options(locked=locked, frozen=frozen, offline=offline))
    loading.load(found, image, session.console)

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
