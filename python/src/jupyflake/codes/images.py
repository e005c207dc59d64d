"""Images and container engines: codes JF500 to JF599."""

from __future__ import annotations

from jupyflake.codes.code import Code

CODES = {
    "JF501": Code(
        "no container engine",
        "The container engine that was asked for, or any, is not installed.",
        "Install docker or podman.",
    ),
    "JF502": Code(
        "engine is not running",
        "The engine's client is installed, but its daemon or virtual machine does not answer.",
        "Start it, as the message says.",
    ),
    "JF503": Code(
        "no rights to use the engine",
        "The engine's socket, or its storage, is closed to this user.",
        "Join the engine's group, or use podman as an ordinary user.",
    ),
    "JF504": Code(
        "image not loaded",
        "The engine did not take the image; it keeps what it had under the name before.",
        "Read the engine's words in the message; --verbose shows all of them.",
    ),
    "JF505": Code(
        "engine's disk is full",
        "The engine has no space to store the image.",
        "Remove what is not needed with `docker image prune` or `podman image prune`.",
    ),
    "JF506": Code(
        "port in use",
        "Another program listens on the port, or only root may.",
        "Name another port with --port, or leave it to jupyflake.",
    ),
    "JF507": Code(
        "container not started",
        "The engine refused to create or start the container.",
        "Read the engine's words in the message; --verbose shows the full command.",
    ),
    "JF508": Code(
        "no server in the container",
        "The container ended, or its server does not answer.",
        "Look into the image with `jupyflake run -- bash`.",
    ),
    "JF560": Code(
        "image not pushed",
        "The registry did not take the image; what it had under the name before is still there.",
        "Read the registry's words in the message; --verbose shows all of them.",
    ),
    "JF561": Code(
        "no rights to push",
        "The registry wants a login, or this one may not write there.",
        "Log in with the engine's own command: `skopeo login`, `docker login` or `podman login`.",
    ),
    "JF562": Code(
        "no such place for the image",
        "The destination is no name of an image in a registry, and no oci: or docker-archive: path.",
        "Write it as registry.example/team/name:tag, oci:DIRECTORY or docker-archive:FILE.",
        exit_code=2,
    ),
    "JF563": Code(
        "image not written",
        "The image could not be read from the store, or written to where it was to go.",
        "Check the free space; `nix-store --verify --check-contents --repair` repairs a store that was changed.",
    ),
    "JF565": Code(
        "no builder image",
        "Building in a container needs an image with Nix, and the engine has none under the name.",
        "Make it from examples/builder on a machine with Nix, then load or pull it here.",
    ),
    "JF566": Code(
        "builder not started",
        "The engine could not start the container with Nix, or prepare the volume that is its store.",
        "Read the engine's words in the message; `docker volume rm jupyflake-store` makes the next build begin anew.",
    ),
    "JF567": Code(
        "not built in a container",
        "The base nixpkgs and a flake of one's own need more than the files that the lock names.",
        "Build the image on a machine with Nix.",
        exit_code=2,
    ),
    "JF568": Code(
        "not a builder image",
        "The image that was named has no Nix that knows what is in its store.",
        "Name an image made from examples/builder.",
        exit_code=2,
    ),
    "JF569": Code(
        "options that do not go together",
        "In a container the image is built and nothing else; its options mean nothing without --in-container.",
        "Write `jupyflake build --in-container`.",
        exit_code=2,
    ),
    "JF570": Code(
        "no image reference",
        "An image was named in a way that no registry knows, or not once for each project.",
        "Write registry/name:tag@sha256:…, as the push printed it.",
    ),
    "JF571": Code(
        "image without jupyterhub",
        "A hub starts jupyterhub-singleuser in an image, and this one has none.",
        "Write `hub = true` under [image].",
    ),
    "JF572": Code(
        "no JupyterHub there",
        "The address that was given as the hub's does not answer as a hub does.",
        "Check the address, or give the hub's version itself: `--hub 5.2.1`.",
    ),
}
