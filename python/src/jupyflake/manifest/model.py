"""What `jupyter.toml` says, as plain values.

The attributes carry the keys' names with `_` for `-`. Requirements stay as they were written.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

FILE_NAME = "jupyter.toml"
SYSTEMS = ("x86_64-linux", "aarch64-linux", "aarch64-darwin")
# Where Debian is: the other bases go further.
DEBIAN_SYSTEMS = SYSTEMS[:2]
SERVER = "jupyter"
SHELL = "shell"
IMAGE = "image"
# Names of environments that are not kernels.
RESERVED_NAMES = (SERVER, SHELL, IMAGE)

# The description is what an error shows as expected.
Text = Annotated[str, Meta(description='a text in quotes, such as "…"')]
Version = Annotated[str, Meta(description='a version in quotes, such as "3.13"')]
Texts = Annotated[list[Text], Meta(description='a list of texts, such as ["…", "…"]')]
Words = Annotated[list[Text], Meta(description='a list of words, such as ["python", "-m", "…", "{connection_file}"]')]
Environment = Annotated[dict[str, Text], Meta(description='a table of texts, such as { NAME = "value" }')]
Labels = Annotated[dict[str, Text], Meta(description='a table of texts, such as { "name" = "value" }')]
Settings = Annotated[dict[str, Any], Meta(description='a table, such as settings."ServerApp.root_dir" = "notebooks"')]
Overrides = Annotated[
    dict[str, dict[str, Any]],
    Meta(description='a table for each plugin, such as overrides."@jupyterlab/apputils-extension:themes"'),
]
Seconds = Annotated[int, Meta(ge=1, description="a whole number of seconds, such as 600")]
Port = Annotated[int, Meta(description="the number of a port, such as 8050")]
Ports = Annotated[list[Port], Meta(description="a list of port numbers, such as [8050]")]
Paths = Annotated[dict[str, Text], Meta(description='a table of texts, such as { "/srv/course" = "course" }')]
Compression = Annotated[Text, Meta(description='"none", "gzip" or "zstd"')]
Layers = Annotated[int, Meta(description="a whole number from 2 to 125")]
Truth = Annotated[bool, Meta(description="true or false")]
Metadata = Annotated[dict[str, Any], Meta(description="a table")]


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A table of the manifest."""


class Project(Table, frozen=True):
    """`[project]`."""

    name: Text
    base: Text
    systems: Texts = field(default_factory=lambda: [SYSTEMS[0]])
    package_tests: Truth = False


class Jupyter(Table, frozen=True):
    """`[jupyter]`: the environment of the server."""

    packages: Texts = field(default_factory=lambda: ["jupyterlab"])
    python: Version | None = None
    constraints: Texts = field(default_factory=list)
    sdists: Texts = field(default_factory=list)
    build_requires: Texts = field(default_factory=list)
    build_tools: Texts = field(default_factory=list)
    tools: Texts = field(default_factory=list)
    missing_libraries: Texts = field(default_factory=list)
    settings: Settings = field(default_factory=dict)
    overrides: Overrides = field(default_factory=dict)


class Kernel(Table, frozen=True):
    """`[kernels.<name>]`."""

    language: Text
    # A kernel of one's own: its command, and how it is interrupted.
    argv: Words | None = None
    interrupt_mode: Text | None = None
    python: Version | None = None
    base: Text | None = None
    display_name: Text | None = None
    packages: Texts = field(default_factory=list)
    constraints: Texts = field(default_factory=list)
    # Packages that are built from their source, and what their builds need beside what they say themselves:
    # Python packages, and packages of the base.
    sdists: Texts = field(default_factory=list)
    build_requires: Texts = field(default_factory=list)
    build_tools: Texts = field(default_factory=list)
    env: Environment = field(default_factory=dict)
    tools: Texts = field(default_factory=list)
    # Native libraries that packages ask for and do without.
    missing_libraries: Texts = field(default_factory=list)
    metadata: Metadata = field(default_factory=dict)


class Shell(Table, frozen=True):
    """`[shell]`: the development shell."""

    tools: Texts = field(default_factory=list)
    env: Environment = field(default_factory=dict)


class Image(Table, frozen=True):
    """`[image]`: the container image."""

    name: Text | None = None
    tag: Text | None = None
    user: Text = "jovyan"
    # Whether a JupyterHub starts it.
    hub: Truth = False
    labels: Labels = field(default_factory=dict)
    env: Environment = field(default_factory=dict)
    tools: Texts = field(default_factory=list)
    ports: Ports = field(default_factory=list)
    # Paths in the image, each with a file or directory of the project.
    extra_paths: Paths = field(default_factory=dict)
    compression: Compression = "none"
    created: Text | None = None
    max_layers: Layers = 100


class Check(Table, frozen=True):
    """`[check]`: what `jupyflake test` and the flake's checks run."""

    notebooks: Texts = field(default_factory=list)
    # Those of them whose saved text outputs must come out again.
    compare: Texts = field(default_factory=list)
    # Seconds for one cell, or for the start of a kernel.
    timeout: Seconds = 300


class Manifest(Table, frozen=True):
    """A whole `jupyter.toml`."""

    project: Project
    jupyter: Jupyter = field(default_factory=Jupyter)
    kernels: dict[str, Kernel] = field(default_factory=dict)
    shell: Shell = field(default_factory=Shell)
    image: Image = field(default_factory=Image)
    check: Check = field(default_factory=Check)


def from_data(data: dict[str, Any]) -> Manifest:
    """Make the values of data that `jupyflake.manifest.load` has found nothing wrong with."""
    return msgspec.convert(data, Manifest)
