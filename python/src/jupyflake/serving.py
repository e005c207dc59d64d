"""A server of the project: its command, and what kernels of it are told about the project."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from jupyflake import nix, ports, project, ready

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyflake.session import Session

# The Python and the project by which a kernel calls this program; see nix/kernels/inside/.
PYTHON_VARIABLE = "JUPYFLAKE_PYTHON"
PROJECT_VARIABLE = "JUPYFLAKE_PROJECT"


def serve(
    session: Session,
    application: str,
    arguments: Sequence[str],
    options: ready.Options,
    *,
    port: int | None,
    browser: bool,
) -> NoReturn:
    """Make the project ready and become `jupyter lab` or `jupyter notebook`."""
    command = ["jupyter", application]
    if port is not None:
        command += [f"--port={ports.free_port(port)}", "--ServerApp.port_retries=0"]
    if not browser:
        command.append("--no-browser")
    if nix.is_root():
        # Jupyter refuses root by default; whoever is root here has no other user to be.
        session.console.warn("you are root, and so is every notebook")
        command.append("--allow-root")
    os.environ[PYTHON_VARIABLE] = sys.executable
    os.environ[PROJECT_VARIABLE] = str(project.find(session.directory))
    ready.enter(session, [*command, *arguments], options)
