"""`jupyflake export hub-values`: what a hub on Kubernetes reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jupyflake.session import Session


def hub_values(
    session: Session,
    directories: Annotated[
        list[Path] | None, typer.Argument(metavar="[PROJECT]...", help="The projects; this one where none is named.")
    ] = None,
    *,
    image: Annotated[
        list[str] | None,
        typer.Option("--image", help="Where a project's image was pushed, with its digest; once for each project."),
    ] = None,
) -> None:
    """Write Helm values for Zero to JupyterHub: the image, pinned by its digest, and a profile for each project.

    Example: jupyflake export hub-values --image registry.example/team/demo:1.0@sha256:… > values.yaml
    """
    from jupyflake import hub, project  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415

    projects = [project.read(session.directory / directory) for directory in directories or [Path()]]
    references = [hub.parse_reference(text) for text in image or []]
    if references and len(references) != len(projects):
        raise JupyflakeError(
            "JF570",
            f"there are {len(projects)} projects and {len(references)} images",
            hint="--image once for each project, in the same order",
            exit_code=2,
        )
    for each in projects:
        hub.require_hub(each.manifest, str(each.manifest_path))
    references = references or [hub.image_of(each.manifest) for each in projects]
    for reference in references:
        if reference.digest is None:
            session.console.warn(
                f"{reference} has no digest, so a hub may start another image of that name: "
                "give --image what the push printed"
            )
    made = hub.values([(each.manifest, reference) for each, reference in zip(projects, references, strict=True)])
    session.console.result(hub.to_yaml(made), data=made)
