"""Options that several commands have, with one wording."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from jupyflake.completion import kernels

Locked = Annotated[bool, typer.Option("--locked", help="Fail where jupyter.lock is not up to date.")]
Frozen = Annotated[bool, typer.Option("--frozen", help="Use jupyter.lock as it is.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use no network.")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="The port; 8888 or the next free one.")]
Engine = Annotated[
    Literal["docker", "podman"] | None, typer.Option("--engine", help="docker or podman; whichever answers.")
]
Inside = Annotated[
    list[str] | None,
    typer.Argument(help="After `--`: a subcommand of Jupyter, or a program; Lab by default."),
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address, open no browser.")]
NoLock = Annotated[bool, typer.Option("--no-lock", help="Change jupyter.toml only.")]
Constraint = Annotated[
    bool, typer.Option("--constraint", help="Limits for packages that others bring in, not packages.")
]
Editable = Annotated[
    list[str] | None,
    typer.Option("--editable", metavar="DIR", help="A package's directory, imported as it stands in the shell."),
]
Kernels = Annotated[
    list[str] | None,
    typer.Option(
        "--kernel",
        "-k",
        metavar="NAME",
        help="The kernel; not needed if there is one. Repeatable.",
        autocompletion=kernels,
    ),
]
# Of the commands that only look: every environment where none is named.
Shown = Annotated[
    list[str] | None,
    typer.Option(
        "--kernel", "-k", metavar="NAME", help="This kernel only. Repeatable; all if left out.", autocompletion=kernels
    ),
]
ShownServer = Annotated[bool, typer.Option("--server", help="The server only.")]
ShownShell = Annotated[bool, typer.Option("--shell", help="The development shell's tools only.")]
