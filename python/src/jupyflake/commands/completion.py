"""`jupyflake completion`: the script by which a shell completes commands and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session


def completion(
    session: Session,
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="bash, zsh or fish.")],
) -> None:
    """Print the script that lets a shell complete commands, options, and the project's kernels and packages.

    Example: jupyflake completion bash > ~/.local/share/bash-completion/completions/jupyflake
    """
    # typer's own options take it from here.
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # noqa: PLC0415

    script = get_completion_script(prog_name="jupyflake", complete_var="_JUPYFLAKE_COMPLETE", shell=shell)
    session.console.result(script, data={"shell": shell, "script": script})
