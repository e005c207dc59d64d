"""docker-stacks' names for starting a server: start-notebook.py and start-singleuser.py, and their older .sh.

The first runs `jupyter lab`, or the subcommand that DOCKER_STACKS_JUPYTER_CMD names. The second runs
`jupyterhub-singleuser`. Both take further options from NOTEBOOK_ARGS.

Source: https://github.com/jupyter/docker-stacks/blob/main/images/base-notebook/start-notebook.py
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

START = "/usr/local/bin/start.sh"


def command(name: str, arguments: list[str], environment: Mapping[str, str]) -> list[str]:
    """Decide what to run.

    Raises:
        ValueError: NOTEBOOK_ARGS has a quote without its pair.

    """
    options = [*shlex.split(environment.get("NOTEBOOK_ARGS", "")), *arguments]
    if "singleuser" in name or environment.get("JUPYTERHUB_API_TOKEN"):
        return ["jupyterhub-singleuser", *options]
    return ["jupyter", environment.get("DOCKER_STACKS_JUPYTER_CMD") or "lab", *options]


def main() -> int:
    """Become the server, or start it again and again where RESTARTABLE=yes says so."""
    if "_START_SH_EXECUTED" not in os.environ:
        # Kubernetes' `command` replaces the entry.
        os.execv(START, [START, *sys.argv])  # noqa: S606  (no shell is meant)
    try:
        words = command(os.path.basename(sys.argv[0]), sys.argv[1:], os.environ)
    except ValueError as error:
        print(f"jupyflake: NOTEBOOK_ARGS can't be read: {error}", file=sys.stderr)
        return 2
    print("Executing:", shlex.join(words), file=sys.stderr, flush=True)
    # Again through the entry, which knows how a server is found.
    environment = {name: value for name, value in os.environ.items() if name != "_START_SH_EXECUTED"}
    environment["JUPYFLAKE_START"] = "became"
    if os.environ.get("RESTARTABLE") != "yes":
        os.execve(START, [START, *words], environment)  # noqa: S606
    while True:
        code = subprocess.run([START, *words], env=environment, check=False).returncode  # noqa: S603
        print(f"jupyflake: the server has ended with {code} and starts again (RESTARTABLE=yes)", file=sys.stderr)
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
