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
) -> None:
    """Take over what other tools' files, or a notebook, name; where there is no project, one is made.

    It reads requirements.txt, environment.yml, pyproject.toml, Pipfile, pylock.toml, install.R, DESCRIPTION, renv.lock,
    apt.txt, runtime.txt and notebooks. What cannot be taken over is listed.

    Example: jupyflake import environment.yml
    """
    from jupyflake import edits  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415
    from jupyflake.importing import discover, manifest  # noqa: PLC0415

    directory = session.directory.absolute()
    if not directory.is_dir():
        raise JupyflakeError("JF105", f"{session.directory} is not a directory", hint="-C with a directory")
    chosen, unread = (list(file), []) if file else discover.files(directory)
    found = discover.read_all(directory, chosen, group or ())
    for each in unread:
        if any(entry.where.startswith(f"{each}:") for entry in found.python):
            # Another file has named it.
            continue
        found.note(f"{each} is not read, because there is {chosen[0]}; jupyflake import {each} adds it")
    if not found.languages and not found.tools:
        for left in found.left:
            session.console.warn(f"not taken over: {left.line}")
        raise JupyflakeError("JF152", f"{', '.join(chosen)}: nothing can be taken over", hint="jupyflake init")
    existing = _existing(session)
    if existing is None:
        options = {"name": name, "base": base}
        changes, text = _start(directory, found, options, kernel=kernel, unpinned=unpinned, dry_run=dry_run)
    else:
        if name or base:
            raise JupyflakeError(
                "JF100",
                "--name and --base are for a new project",
                hint="change jupyter.toml, in [project]",
                exit_code=2,
            )
        text, changes = manifest.edited(existing, found, kernel, unpinned=unpinned)
        if text != existing.text and not dry_run:
            edits.apply(existing, text, no_lock=no_lock, console=session.console)
    _report(session, chosen, found, changes)
    if dry_run and not session.console.json:
        session.console.result(text.rstrip("\n"))
    elif existing is None:
        session.console.info("next: jupyflake lab")


def _existing(session: Session) -> Project | None:
    from jupyflake import project  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415

    try:
        return project.read(session.directory)
    except JupyflakeError as error:
        if error.code != "JF105":
            raise
        return None


def _start(
    directory: Path,
    found: Found,
    options: Mapping[str, str | None],
    *,
    kernel: str | None,
    unpinned: bool,
    dry_run: bool,
) -> tuple[dict[str, list[str]], str]:
    from jupyflake import flake, project, scaffold  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415
    from jupyflake.importing import manifest  # noqa: PLC0415
    from jupyflake.manifest.model import FILE_NAME  # noqa: PLC0415

    title = options["name"] or scaffold.project_name(Path(found.name or directory.name))
    chosen = options["base"] or scaffold.preferred_base(flake.bases())
    try:
        text = manifest.new(title, chosen, scaffold.systems(chosen), found, kernel, unpinned=unpinned)
        made = project.parse(directory, text).manifest
    except JupyflakeError as error:
        # The text is not there for people to look at.
        raise scaffold.as_option(error) if error.code in {"JF107", "JF109"} else error from error
    if not dry_run:
        scaffold.write(directory, {FILE_NAME: text}, made.project.name)
    changes = {each: [*table.packages, *table.tools] for each, table in made.kernels.items()}
    server = [package for package in made.jupyter.packages if package != "jupyterlab"]
    return {**({"the server": server} if server else {}), **changes}, text


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
