"""Jupyter's own servers on the project."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from jupyflake import nix, ports, project, ready

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyflake.session import Session

# What nix/kernels/inside/commands.py runs this program with.
_CLI = "JUPYFLAKE_CLI"
# Where nix/config.py finds the kernels as they are now, through the link that each build of the shell renews.
_CURRENT = "JUPYFLAKE_CURRENT"
# The wrapped `jupyter` and the kernels set these for themselves; None is unset.
_OWN = ("PATH", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "FONTCONFIG_FILE")


def serve(
    session: Session,
    subcommand: str,
    arguments: Sequence[str],
    options: ready.Options,
    *,
    port: int | None = None,
    browser: bool = True,
) -> NoReturn:
    """Become `jupyter lab` or `jupyter notebook`, with more `arguments` of its own; kernels can call back."""
    command = ["jupyter", subcommand]
    if port is not None:
        command += [f"--port={ports.free_port(port)}", "--ServerApp.port_retries=0"]
    if not browser:
        command.append("--no-browser")
    if nix.is_root():
        # Jupyter refuses root by default; whoever is root here has no other user to be.
        session.console.warn("you are root, and so is every notebook")
        command.append("--allow-root")
    directory = project.find(session.directory)
    settings = {
        "argv": [sys.executable, "-P", "-m", "jupyflake"],
        "project": str(directory),
        "env": {name: os.environ.get(name) for name in _OWN},
    }
    os.environ[_CLI] = json.dumps(settings)
    os.environ[_CURRENT] = str(directory / ready.SHELL_LINK / "config" / "share" / "jupyter")
    ready.enter(session, [*command, *arguments], options)
