"""`jupyflake export`: the lock as other tools' files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Offline  # noqa: TC001  (typer reads it)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyflake.exporting.components import Component
    from jupyflake.lock import Lock, Wheel
    from jupyflake.project import Project
    from jupyflake.session import Session

Kernel = Annotated[
    str | None,
    typer.Option("--kernel", "-k", metavar="NAME", help="The kernel; not needed if there is one."),
]
Server = Annotated[bool, typer.Option("--server", help="The server's environment instead of a kernel's.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write; standard output if left out.")
]
System = Annotated[
    str | None, typer.Option("--system", metavar="SYSTEM", help="A target system other than this machine's.")
]


def requirements(session: Session, *, kernel: Kernel = None, server: Server = False, output: Output = None) -> None:
    """Write a kernel's Python packages as a requirements file, with exact versions and hashes.

    Example: jupyflake export requirements --kernel py313 -o requirements.txt
    """
    from jupyflake.exporting import python  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest.sources import origins  # noqa: PLC0415

    project, lock = _locked(session)
    name = _name(project, kernel, server=server, languages=("python",))
    _write(session, python.requirements(lock, name, origins(project.manifest)), output)


def pylock(
    session: Session,
    *,
    kernel: Kernel = None,
    server: Server = False,
    output: Output = None,
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="Name the files at this address of a host laid out as PyPI's is."),
    ] = None,
    wheels: Annotated[
        bool, typer.Option("--wheels", help="Put the wheels beside the file, in wheels/, where it looks for them.")
    ] = False,
    offline: Offline = False,
) -> None:
    """Write a kernel's Python packages as pylock.<kernel>.toml (PEP 751), or to the file that is named.

    Example: jupyflake export pylock --kernel py313 --wheels
    """
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415  (help needs none of it)
    from jupyflake.exporting import python  # noqa: PLC0415
    from jupyflake.lock.model import IndexSource  # noqa: PLC0415
    from jupyflake.manifest.sources import origins  # noqa: PLC0415

    if url is not None and wheels:
        raise JupyflakeError("JF100", "--url and --wheels exclude each other", hint="one of the two", exit_code=2)
    project, lock = _locked(session)
    name = _name(project, kernel, server=server, languages=("python",))
    target = output or Path(f"pylock.{name.replace('.', '-')}.toml")
    text = python.pylock(lock, name, origins(project.manifest), url=url)
    if wheels:
        files = [
            wheel
            for each in python.wheels(lock, name).values()
            for wheel in each
            if wheel.source is None or isinstance(wheel.source, IndexSource)
        ]
        _copy(session, project, lock, files, session.directory / target.parent / "wheels", offline=offline)
    _write(session, text, target)
    if url is None and not wheels:
        session.console.info(
            "it looks for the files in wheels/ beside it: --wheels puts them there, --url names a host"
        )


def environment(session: Session, *, kernel: Kernel = None, server: Server = False, output: Output = None) -> None:
    """Write a kernel as conda's environment.yml: Python's packages by pip, R's under conda's names.

    Example: jupyflake export environment --kernel r -o environment.yml
    """
    from jupyflake.exporting import conda  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest.sources import origins  # noqa: PLC0415

    project, lock = _locked(session)
    name = _name(project, kernel, server=server, languages=("python", "r"))
    title = f"{project.manifest.project.name}-{name}"
    _write(session, conda.environment(lock, name, title, origins(project.manifest)), output)


def cyclonedx(session: Session, *, system: System = None, output: Output = None, offline: Offline = False) -> None:
    """Write a software bill of materials in CycloneDX 1.6: wheels, Debian packages, licences.

    Example: jupyflake export cyclonedx -o sbom.cdx.json
    """
    from jupyflake.exporting import cyclonedx as made  # noqa: PLC0415  (help needs none of it)

    project, chosen, parts = _parts(session, system, offline=offline)
    _write(session, made.document(project.manifest.project.name, project.digest, chosen, parts), output)


def spdx(session: Session, *, system: System = None, output: Output = None, offline: Offline = False) -> None:
    """Write a software bill of materials in SPDX 2.3: wheels, Debian packages, licences.

    Example: jupyflake export spdx -o sbom.spdx.json
    """
    from jupyflake.exporting import spdx as made  # noqa: PLC0415  (help needs none of it)

    project, chosen, parts = _parts(session, system, offline=offline)
    _write(session, made.document(project.manifest.project.name, project.digest, chosen, parts), output)


def dockerfile(
    session: Session,
    *,
    image: Annotated[
        str | None,
        typer.Option("--image", metavar="NAME", help="The image to build on, where it was pushed to a registry."),
    ] = None,
    output: Output = None,
) -> None:
    """Write a Dockerfile of three lines: what lies beside it, on top of the project's image.

    Example: jupyflake export dockerfile -o Dockerfile
    """
    from jupyflake.exporting import dockerfile as made  # noqa: PLC0415  (help needs none of it)

    _write(session, made.dockerfile(session.project().manifest, image), output)


def hub_values(
    session: Session,
    directories: Annotated[
        list[Path] | None, typer.Argument(metavar="[PROJECT]...", help="The projects; this one where none is named.")
    ] = None,
    *,
    image: Annotated[
        list[str] | None,
        typer.Option("--image", help="Where a project's image was pushed; once for each project."),
    ] = None,
    hub: Annotated[
        str | None,
        typer.Option("--hub", metavar="URL|VERSION", help="The hub, to warn of images that are not for its version."),
    ] = None,
    plain_http: Annotated[bool, typer.Option("--plain-http", help="The registry has no TLS.")] = False,
) -> None:
    """Write Helm values for Zero to JupyterHub: the image, pinned by its digest, and a profile for each project.

    A digest that is not given is asked for: at the registry by skopeo, or of the engine that pushed the image.

    Example: jupyflake export hub-values --image registry.example/team/demo:1.0 > values.yaml
    """
    from jupyflake import hub as hubs  # noqa: PLC0415  (help needs none of it)
    from jupyflake import locking, pinning, project  # noqa: PLC0415
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415

    projects = [project.read(session.directory / directory) for directory in directories or [Path()]]
    references = [hubs.parse_reference(text) for text in image or []]
    if references and len(references) != len(projects):
        raise JupyflakeError(
            "JF570",
            f"there are {len(projects)} projects and {len(references)} images",
            hint="--image once for each project, in the same order",
            exit_code=2,
        )
    for each in projects:
        hubs.require_hub(each.manifest, str(each.manifest_path))
    version = pinning.hub_version(hub) if hub else ""
    made = []
    for each, named in zip(projects, references or [hubs.image_of(each.manifest) for each in projects], strict=True):
        reference, reason = pinning.pin(named, plain=plain_http)
        if reference.digest is None:
            session.console.warn(
                f"{reference} has no digest ({reason}), so a hub may start another image of that name: "
                "give --image what the push printed"
            )
        lock = locking.read_lock(each)
        if version and lock is not None and (said := hubs.mismatch(each.manifest.project.name, lock, version)):
            session.console.warn(said)
        made.append((each.manifest, reference))
    written = hubs.values(made)
    session.console.result(hubs.to_yaml(written), data=written)


def _locked(session: Session) -> tuple[Project, Lock]:
    from jupyflake import locking  # noqa: PLC0415  (help needs none of it)

    project = session.project()
    return project, locking.require_current(project, locking.read_lock(project))


def _name(project: Project, kernel: str | None, *, server: bool, languages: Sequence[str]) -> str:
    """Choose the environment: the one that is named, or the only one that will do."""
    from jupyflake import targets  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415
    from jupyflake.manifest.model import SERVER  # noqa: PLC0415

    if server and kernel:
        raise JupyflakeError("JF100", "--kernel and --server exclude each other", hint="one of the two", exit_code=2)
    if server:
        return SERVER
    if kernel is not None:
        targets.require_kernel(project, kernel)
        return kernel
    known = [name for name, table in project.manifest.kernels.items() if table.language in languages]
    if len(known) == 1:
        return known[0]
    listed = ", ".join(known) or "none that will do"
    raise JupyflakeError(
        "JF124",
        f"which kernel? The project has {listed}",
        hint=f"--kernel {known[0]}" if known else "--server",
    )


def _parts(session: Session, system: str | None, *, offline: bool) -> tuple[Project, str, tuple[Component, ...]]:
    """Bring the artifacts of a system into the store and read what they say."""
    from jupyflake import fetching, nix  # noqa: PLC0415  (help needs none of it)
    from jupyflake.exporting import said  # noqa: PLC0415
    from jupyflake.exporting.components import components  # noqa: PLC0415
    from jupyflake.fetch import plan  # noqa: PLC0415

    project, lock = _locked(session)
    chosen = system or nix.current_system()
    artifacts = plan.artifacts(lock, chosen)
    fetching.fetch_project(project, lock, chosen, session.console, offline=offline)
    return project, chosen, components(lock, chosen, said.read_all(artifacts, session.console))


def _copy(
    session: Session, project: Project, lock: Lock, files: list[Wheel], directory: Path, *, offline: bool
) -> None:
    import shutil  # noqa: PLC0415  (one use)

    from jupyflake import fetching, store  # noqa: PLC0415  (help needs none of it)

    wanted = frozenset(store.store_name(wheel.file) for wheel in files)
    for system in lock.systems:
        fetching.fetch_project(project, lock, system, session.console, wanted=wanted, offline=offline)
    directory.mkdir(parents=True, exist_ok=True)
    for wheel in files:
        target = directory / wheel.file
        shutil.copyfile(store.flat_path(store.store_name(wheel.file), wheel.sha256), target)
    session.console.info(f"put {len(files)} wheels into {directory}")


def _write(session: Session, text: str, output: Path | None) -> None:
    from jupyflake import edits  # noqa: PLC0415  (help needs none of it)

    if output is None or str(output) == "-":
        session.console.result(text.rstrip("\n"))
        return
    path = session.directory / output
    if not path.parent.is_dir():
        from jupyflake.errors import JupyflakeError  # noqa: PLC0415  (only in an error)

        raise JupyflakeError("JF604", f"there is no directory {path.parent}", hint=f"mkdir -p {path.parent}")
    edits.write_together({path: text})
    session.console.info(f"wrote {output}")
    if session.console.json:
        session.console.result("", data={"file": str(path)})
