"""The template's configuration of a hub, on this machine's loopback and its network."""

import os
import runpy

from dockerspawner import DockerSpawner  # type: ignore[import-not-found]  # only the hub's machine has it

c = get_config()  # type: ignore[name-defined] # noqa: F821  jupyterhub puts it there
runpy.run_path(os.environ["HUB_TEMPLATE"], {"get_config": lambda: c})


class OnThisNetwork(DockerSpawner):  # type: ignore[misc]
    """The engine of the tests has no network to give to containers."""

    async def get_ip_and_port(self) -> tuple[str, int]:
        """Give what DockerSpawner's own documentation says for the machine's network."""
        return "127.0.0.1", self.port


def as_the_image_says(spawner: DockerSpawner) -> None:
    """Start bea's server by the image's own command, as Zero to JupyterHub does with `cmd: null`."""
    if spawner.user.name == "bea":
        spawner.cmd = ["jupyter", "lab"]


c.JupyterHub.spawner_class = OnThisNetwork
c.JupyterHub.bind_url = f"http://127.0.0.1:{os.environ['HUB_PORT']}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{os.environ['HUB_API_PORT']}"
c.JupyterHub.cookie_secret_file = os.environ["HUB_DIRECTORY"] + "/secret"
c.JupyterHub.db_url = f"sqlite:///{os.environ['HUB_DIRECTORY']}/hub.sqlite"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ["HUB_PASSWORD"]
c.Authenticator.allow_all = True
c.ConfigurableHTTPProxy.command = os.environ["HUB_PROXY"].split("\n")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ['HUB_PROXY_PORT']}"
c.ConfigurableHTTPProxy.pid_file = os.environ["HUB_DIRECTORY"] + "/proxy.pid"
c.DockerSpawner.network_name = "host"
c.DockerSpawner.use_internal_ip = True  # no ports are published
c.DockerSpawner.image = os.environ["HUB_IMAGE"]
c.DockerSpawner.pre_spawn_hook = as_the_image_says
c.Spawner.port = int(os.environ["HUB_USER_PORT"])
