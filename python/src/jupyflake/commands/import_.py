"""`jupyflake import`: packages that other tools' files, or notebooks, name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyflake.importing.model import Found
    from jupyflake.project import Project
    from jupyflake.session import Session


def import_(
    session: Session,
    file: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="What to read; without it, what the directory has of repo2docker's files."),
    ] = None,
    *,
    kernel: Annotated[
        str | None, typer.Option("--kernel", "-k", metavar="NAME", help="The kernel that gets the packages.")
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="NAME", help="A dependency group or extra to take too. Repeatable."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="The name of a new project.")] = None,
    base: Annotated[str | None, typer.Option("--base", metavar="BASE", help="The base of a new project.")] = None,
    unpinned: Annotated[
        bool, typer.Option("--unpinned", help="Leave out exact versions: for lists frozen with an older Python.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print jupyter.toml and write nothing.")] = False,
    no_lock: Annotated[bool, typer.Option("--no-lock", help="Change jupyter.toml only.")] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not ask the mirror which R packages and programs there are.")
    ] = False,
) -> None:
    """Take over what other tools' files, or a notebook, name; where there is no project, one is made.

    It reads requirements.txt, environment.yml, pyproject.toml, Pipfile, pylock.toml, install.R, DESCRIPTION, renv.lock,
    apt.txt, runtime.txt and notebooks. What cannot be taken over is listed.

    Example: jupyflake import environment.yml
    """
    from jupyflake import edits, scaffold  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415
    from jupyflake.importing import available, manifest  # noqa: PLC0415
    from jupyflake.manifest.model import FILE_NAME  # noqa: PLC0415

    directory = session.directory.absolute()
    chosen, found = _read(session, directory, file, group or [])
    existing = session.existing_project()
    if existing is None:
        start = _start(directory, name or scaffold.project_name(Path(found.name or directory.name)), base)
    elif name or base:
        hint = "change jupyter.toml, in [project]"
        raise JupyflakeError("JF100", "--name and --base are for a new project", hint=hint, exit_code=2)
    about = (existing or start).manifest.project
    if not offline:
        available.leave_missing(found, about.base, about.systems[0])
    if existing is None:
        text = manifest.new(about.name, about.base, about.systems, found, kernel, unpinned=unpinned)
        made = _parsed(directory, text)
        if not dry_run:
            scaffold.write(directory, {FILE_NAME: text}, about.name)
        changes = _packages_of(made)
    else:
        text, changes = manifest.edited(existing, found, kernel, unpinned=unpinned)
        if text != existing.text and not dry_run:
            edits.apply(existing, text, no_lock=no_lock, console=session.console)
    _report(session, chosen, found, changes)
    if dry_run and not session.console.json:
        session.console.result(text.rstrip("\n"))
    elif existing is None:
        session.console.info("next: jupyflake lab")


def _read(session: Session, directory: Path, files: list[str] | None, groups: list[str]) -> tuple[list[str], Found]:
    """Read what is named, or what the directory has; raises JF152 where that is nothing."""
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415  (help needs none of it)
    from jupyflake.importing import discover  # noqa: PLC0415

    if not directory.is_dir():
        raise JupyflakeError("JF105", f"{session.directory} is not a directory", hint="-C with a directory")
    chosen, unread = (list(files), []) if files else discover.files(directory)
    found = discover.read_all(directory, chosen, groups)
    for each in unread:
        # Another file may have named it.
        if not any(entry.where.startswith(f"{each}:") for entry in found.python):
            found.note(f"{each} is not read, because there is {chosen[0]}; jupyflake import {each} adds it")
    if not found.languages and not found.tools:
        for left in found.left:
            session.console.warn(f"not taken over: {left.line}")
        raise JupyflakeError("JF152", f"{', '.join(chosen)}: nothing can be taken over", hint="jupyflake init")
    return chosen, found


def _start(directory: Path, name: str, base: str | None) -> Project:
    """Make a project without packages, so that a wrong name or base is told before anything is asked."""
    import tomlkit  # noqa: PLC0415  (help needs none of it)

    from jupyflake import flake, scaffold  # noqa: PLC0415

    chosen = base or scaffold.preferred_base(flake.bases())
    table = {"name": name, "base": chosen, "systems": scaffold.systems(chosen)}
    return _parsed(directory, tomlkit.dumps({"project": table}))


def _parsed(directory: Path, text: str) -> Project:
    from jupyflake import project, scaffold  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415

    try:
        return project.parse(directory, text)
    except JupyflakeError as error:
        # The text is not there for people to look at.
        raise scaffold.as_option(error) from error


def _packages_of(made: Project) -> dict[str, list[str]]:
    server = [package for package in made.manifest.jupyter.packages if package != "jupyterlab"]
    kernels = {name: [*table.packages, *table.tools] for name, table in made.manifest.kernels.items()}
    return {**({"the server": server} if server else {}), **kernels}


def _report(session: Session, chosen: list[str], found: Found, changes: Mapping[str, list[str]]) -> None:
    console = session.console
    console.info(f"read {', '.join(chosen)}")
    for target, entries in changes.items():
        console.info(f"{target}: {', '.join(entries) or 'no package'}")
    if not changes:
        console.info("all of it is listed already")
    for note in found.notes:
        console.info(note)
    guessed = sorted({entry.text for entry in found.python if entry.guessed})
    if guessed:
        console.warn(f"guessed from imports: {', '.join(guessed)}; check that PyPI's packages of these names are meant")
    for left in found.left:
        console.warn(f"not taken over: {left.line}")
    if console.json:
        data: dict[str, Any] = {
            "files": chosen,
            "added": changes,
            "guessed": guessed,
            "notes": found.notes,
            "left": [{"what": left.what, "where": left.where, "why": left.why} for left in found.left],
        }
        console.result("", data=data)
