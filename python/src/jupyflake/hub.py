"""Helm values for Zero to JupyterHub: which image a hub starts, pinned, and a profile for each project.

Source: https://z2jh.jupyter.org/en/stable/jupyterhub/customizing/user-environment.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.manifest.environments import HUB
from jupyflake.manifest.model import SERVER
from jupyflake.manifest.requirements import python_name
from jupyflake.manifest.rules import IMAGE_NAME, IMAGE_TAG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyflake.lock import Lock
    from jupyflake.manifest.model import Manifest

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Reference:
    """An image in a registry, as `name:tag@sha256:…`."""

    name: str
    tag: str
    digest: str | None = None

    @property
    def registry(self) -> str:
        """The registry's host; nothing where the name has none."""
        first, slash, _ = self.name.partition("/")
        return first if slash and (first == "localhost" or "." in first or ":" in first) else ""

    @property
    def version(self) -> str:
        """The tag, and the digest that pins it: what a chart's `image.tag` takes."""
        return f"{self.tag}@{self.digest}" if self.digest else self.tag

    def __str__(self) -> str:
        """Write it as engines and Kubernetes read it."""
        return f"{self.name}:{self.version}"


def parse_reference(text: str) -> Reference:
    """Read a reference; a missing tag is `latest`.

    Raises:
        JupyflakeError: JF570, it is none.

    """
    rest, at, digest = text.partition("@")
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        name, tag = rest, "latest"
    if not IMAGE_NAME.fullmatch(name) or not IMAGE_TAG.fullmatch(tag) or (at and not _DIGEST.fullmatch(digest)):
        raise JupyflakeError(
            "JF570",
            f'"{text}" is not the name of an image',
            hint="--image registry.example/team/my-project:1.0@sha256:…, as the push has printed it",
            exit_code=2,
        )
    return Reference(name, tag, digest or None)


def image_of(manifest: Manifest) -> Reference:
    """Give the name that the project's own image has."""
    return Reference(manifest.image.name or manifest.project.name, manifest.image.tag or "latest")


def require_hub(manifest: Manifest, where: str) -> None:
    """Make sure that a hub can start the image.

    Raises:
        JupyflakeError: JF571, it has no jupyterhub-singleuser.

    """
    if not manifest.image.hub and HUB not in {python_name(package) for package in manifest.jupyter.packages}:
        raise JupyflakeError(
            "JF571",
            f'the image of "{manifest.project.name}" has no jupyterhub-singleuser, which a hub starts',
            where=where,
            hint="hub = true, under [image]",
        )


def mismatch(name: str, lock: Lock, hub: str) -> str:
    """Say where an image's jupyterhub is of another major version than the hub; nothing where it is not.

    A server of another major version may let nobody in: jupyterhub/jupyterhub #1083, #1361, #475.
    """
    versions = [wheel.version for wheel in lock.wheels if wheel.name == HUB and SERVER in wheel.use]
    if not versions or versions[0].partition(".")[0] == hub.partition(".")[0]:
        return ""
    return (
        f"the hub has JupyterHub {hub}, and the image of {name} has {versions[0]}, so people may not get in: "
        f'write "jupyterhub=={hub.partition(".")[0]}.*" into packages under [jupyter]'
    )


def values(projects: Sequence[tuple[Manifest, Reference]]) -> dict[str, object]:
    """Give the chart's values: the first project is what people get who choose nothing."""
    image = projects[0][1]
    return {
        "singleuser": {
            "image": {"name": image.name, "tag": image.version},
            # What the image's own user is; its home may be a volume that belongs to the group.
            "uid": 1000,
            "fsGid": 100,
            "cmd": "jupyterhub-singleuser",
            "defaultUrl": "/lab",
            "storage": {"homeMountPath": f"/home/{projects[0][0].image.user}"},
            "profileList": [
                _profile(manifest, reference, default=index == 0)
                for index, (manifest, reference) in enumerate(projects)
            ],
        }
    }


def _profile(manifest: Manifest, image: Reference, *, default: bool) -> dict[str, object]:
    kernels = (kernel.display_name or name for name, kernel in manifest.kernels.items())
    profile: dict[str, object] = {
        "display_name": manifest.project.name,
        "description": ", ".join(kernels),
        "kubespawner_override": {"image": str(image)},
    }
    return {**profile, "default": True} if default else profile


def to_yaml(value: Mapping[str, object], indent: str = "") -> str:
    """Write values as YAML; a text is a JSON string, which YAML reads as it is."""
    lines = []
    for key, inner in value.items():
        if isinstance(inner, dict):
            lines += [f"{indent}{key}:", to_yaml(inner, indent + "  ")]
        elif isinstance(inner, list):
            lines.append(f"{indent}{key}:")
            for element in inner:
                first, _, others = to_yaml(element, indent + "    ").partition("\n")
                lines.append(f"{indent}  - {first.strip()}")
                lines += [others] if others else []
        else:
            lines.append(f"{indent}{key}: {json.dumps(inner, ensure_ascii=False)}")
    return "\n".join(lines)
