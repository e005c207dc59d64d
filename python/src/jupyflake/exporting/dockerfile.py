"""Three lines for those who build images from a Dockerfile: what is beside it, on top of the project's image."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyflake.manifest.model import Manifest


def dockerfile(manifest: Manifest, image: str | None = None) -> str:
    """Write the Dockerfile; `image` is the full name of an image that was pushed, else that of `image load`."""
    named = image or f"{manifest.image.name or manifest.project.name}:{manifest.image.tag or 'latest'}"
    home = f"/home/{manifest.image.user}"
    return f"ARG IMAGE={named}\nFROM ${{IMAGE}}\nCOPY --chown=1000:100 . {home}/work\n"
