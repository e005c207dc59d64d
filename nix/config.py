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

# `jupyflake lab` names the configuration by a link that follows the project: after `%jupyflake add` a kernel that is
# restarted, by whatever button, runs in its new environment.
current = os.environ.get("JUPYFLAKE_CURRENT")
if current and os.path.isdir(current):
    from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

    os.environ["JUPYTER_PATH"] = os.pathsep.join([current, os.environ["JUPYTER_PATH"]])
    _restart = ServerKernelManager.restart_kernel

    async def _restart_as_it_is_now(self: ServerKernelManager, **options: bool) -> None:
        self._kernel_spec = None
        if self.provisioner is not None:
            self.provisioner.kernel_spec = self.kernel_spec
        await _restart(self, **options)

    ServerKernelManager.restart_kernel = _restart_as_it_is_now
