"""Settings of the server that depend on where it runs; the others are in the .json files beside this one."""

import os
import shutil

c = get_config()  # type: ignore[name-defined] # noqa: F821  traitlets puts it there

# "*" is how the 2015 recipe said "all addresses"; today's server says it with an empty string.
address = os.environ.get("JUPYTER_NOTEBOOK_IP", "localhost")
c.ServerApp.ip = "" if address == "*" else address

# A SHELL inherited from another machine may not exist here (jupyterlab/jupyterlab#4501).
shell = shutil.which(os.environ.get("SHELL", "")) or "@shell@"
c.ServerApp.terminado_settings = {"shell_command": [shell]}
