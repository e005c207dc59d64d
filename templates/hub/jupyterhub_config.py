"""A hub on one machine that gives each user a container of this project's image.

Needs jupyterhub and dockerspawner where the hub runs, and the image in Docker: `nix run .#image-load`.
"""

c = get_config()  # noqa: F821  jupyterhub puts it there

c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
c.DockerSpawner.image = "hub-user:latest"
c.DockerSpawner.cmd = "jupyterhub-singleuser"
c.DockerSpawner.remove = True
# What users save stays in a volume of their own.
c.DockerSpawner.volumes = {"hub-user-{username}": "/home/jovyan/work"}
c.Spawner.notebook_dir = "/home/jovyan/work"
