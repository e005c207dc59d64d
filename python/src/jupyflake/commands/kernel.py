"""`jupyflake kernel`: kernels are added, removed, renamed, copied and listed."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jupyflake.commands.options import NoLock  # noqa: TC001  (typer reads it)
from jupyflake.completion import kernels
from jupyflake.console import columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyflake.lock import Lock
    from jupyflake.project import Project
    from jupyflake.session import Session


def add(
    session: Session,
    name: Annotated[str, typer.Argument(help="The kernel's name: a to z, digits and . _ -")],
    *,
    language: Annotated[
        str, typer.Option("--language", "-l", metavar="LANGUAGE", help="See jupyflake kernel languages.")
    ] = "python",
    python: Annotated[str | None, typer.Option("--python", "-p", metavar="X.Y", help="The version of Python.")] = None,
    base: Annotated[
        str | None, typer.Option("--base", metavar="BASE", help="What to build on, if not the project's base.")
    ] = None,
    package: Annotated[
        list[str] | None,
        typer.Option("--package", metavar="PACKAGE", help="A package of the kernel. Repeatable."),
    ] = None,
    no_lock: NoLock = False,
) -> None:
    """Add a kernel to jupyter.toml and lock.

    Example: jupyflake kernel add py311 --python 3.11 --package "pandas<2"
    """
    from jupyflake import edits  # noqa: PLC0415  (help needs none of it)

    keys: dict[str, Any] = {"language": language}
    if python is not None:
        keys["python"] = python
    if base is not None:
        keys["base"] = base
    keys["packages"] = package or []
    edits.change(session, lambda current: _added(current, name, keys), no_lock=no_lock)
    session.console.info(f"added the kernel {name}")
    if session.console.json:
        session.console.result("", data={"added": name, **keys})


def remove(
    session: Session,
    name: Annotated[list[str], typer.Argument(metavar="NAME", help="The kernels' names.", autocompletion=kernels)],
    *,
    no_lock: NoLock = False,
) -> None:
    """Remove kernels from jupyter.toml and lock.

    Example: jupyflake kernel remove py311
    """
    from jupyflake import edits, targets  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest import edit  # noqa: PLC0415

    names = list(dict.fromkeys(name))

    def change(current: Project) -> str:
        text = current.text
        for kernel in names:
            targets.require_kernel(current, kernel)
            text = edit.remove_table(text, ("kernels", kernel))
        return text

    edits.change(session, change, no_lock=no_lock)
    session.console.info(f"removed the kernel{'s' if len(names) > 1 else ''} {', '.join(names)}")
    if session.console.json:
        session.console.result("", data={"removed": names})


def rename(
    session: Session,
    old: Annotated[str, typer.Argument(help="The kernel's name.", autocompletion=kernels)],
    new: Annotated[str, typer.Argument(help="Its new name.")],
    *,
    no_lock: NoLock = False,
) -> None:
    """Give a kernel another name; its versions stay as they are locked.

    Example: jupyflake kernel rename python3 py313
    """
    from jupyflake import edits, targets  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest import edit  # noqa: PLC0415

    def change(current: Project) -> str:
        targets.require_kernel(current, old)
        _require_new(current, new)
        text = edit.rename_table(current.text, ("kernels", old), new)
        for setting, value in current.manifest.jupyter.settings.items():
            if setting.endswith(".default_kernel_name") and value == old:
                text = edit.set_value(text, ("jupyter", "settings", setting), new)
        return text

    changed = edits.change(session, change, no_lock=no_lock, adapt=_moving(old, new, keep_old=False))
    session.console.info(f"renamed the kernel {old} to {new}")
    _tell_notebooks(session, changed.directory, old)
    if session.console.json:
        session.console.result("", data={"old": old, "new": new})


def copy(
    session: Session,
    source: Annotated[str, typer.Argument(help="The kernel to copy.", autocompletion=kernels)],
    name: Annotated[str, typer.Argument(help="The name of the copy.")],
    *,
    python: Annotated[
        str | None, typer.Option("--python", "-p", metavar="X.Y", help="Another version of Python for the copy.")
    ] = None,
    no_lock: NoLock = False,
) -> None:
    """Copy a kernel, with the same versions where they fit; `display-name` is left out: it tells kernels apart.

    Example: jupyflake kernel copy py313 py314 --python 3.14
    """
    from jupyflake import edits, targets  # noqa: PLC0415  (help needs none of it)

    def change(current: Project) -> str:
        targets.require_kernel(current, source)
        kept = current.data["kernels"][source].items()
        keys = {key: value for key, value in kept if key != "display-name"}
        if python is not None:
            # The version chooses the base.
            keys = {key: value for key, value in keys.items() if key not in {"python", "base"}}
            keys = {"language": keys.pop("language"), "python": python, **keys}
        return _added(current, name, keys)

    edits.change(session, change, no_lock=no_lock, adapt=_moving(source, name, keep_old=True))
    session.console.info(f"copied the kernel {source} to {name}")
    if session.console.json:
        session.console.result("", data={"source": source, "added": name})


def list_(session: Session) -> None:
    """List the kernels of jupyter.toml.

    Example: jupyflake kernel list --json
    """
    from jupyflake.flake import suites  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest.environments import environments  # noqa: PLC0415

    manifest = session.project().manifest
    made = environments(manifest, suites())
    kernels = [
        {
            "name": name,
            "language": kernel.language,
            "python": made[name].python,
            "base": made[name].base,
            "display-name": kernel.display_name,
            "packages": kernel.packages,
            "tools": kernel.tools,
        }
        for name, kernel in manifest.kernels.items()
    ]
    rows = [
        (
            str(kernel["name"]),
            f"{kernel['language']} {kernel['python'] or ''}".strip(),
            str(kernel["base"]),
            ", ".join(manifest.kernels[str(kernel["name"])].packages),
        )
        for kernel in kernels
    ]
    if not rows:
        session.console.info("the project has no kernels; add one with jupyflake kernel add NAME")
    session.console.result(columns(("NAME", "LANGUAGE", "BASE", "PACKAGES"), rows), data=kernels)


def languages(session: Session) -> None:
    """List the languages that kernels can be had for, each with its kernel and the bases that have it.

    Example: jupyflake kernel languages
    """
    from jupyflake import flake  # noqa: PLC0415  (help needs none of it)
    from jupyflake import languages as table  # noqa: PLC0415

    known = table.languages()
    every = flake.bases()
    rows = [
        (name, _versions(name, language.display_name), language.about, _shown(language.bases(), every))
        for name, language in known.items()
    ]
    data = [
        {
            "language": name,
            "display-name": language.display_name,
            "kernel": language.about,
            "bases": language.bases(),
            "aliases": list(language.aliases),
            "packages-from": language.packages_from,
        }
        for name, language in known.items()
    ]
    session.console.result(columns(("LANGUAGE", "NAME", "KERNEL", "BASES"), rows), data=data)


def _versions(language: str, display_name: str) -> str:
    from jupyflake import flake  # noqa: PLC0415  (help needs none of it)

    if language != "python":
        return display_name
    found = {*flake.suites().values(), *flake.NIXPKGS_PYTHONS}
    return f"{display_name} {', '.join(sorted(found, key=lambda version: int(version.partition('.')[2])))}"


def _shown(bases: list[str], every: list[str]) -> str:
    from jupyflake.flake import DEBIAN  # noqa: PLC0415  (help needs none of it)

    if bases == every:
        return "all"
    # All suites of Debian have the same programs, nearly always.
    return "Debian" if bases == [base for base in every if base.startswith(DEBIAN)] else ", ".join(bases)


def _added(current: Project, name: str, keys: dict[str, Any]) -> str:
    from jupyflake import project  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415
    from jupyflake.manifest import edit  # noqa: PLC0415

    _require_new(current, name)
    text = edit.add_table(current.text, ("kernels", name), keys)
    try:
        project.parse(current.directory, text)
    except JupyflakeError as error:
        # The text is made from the options, so its lines say nothing to whoever typed them.
        raise JupyflakeError(error.code, error.message, hint=error.hint, exit_code=2) from error
    return text


def _require_new(current: Project, name: str) -> None:
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest import rules  # noqa: PLC0415

    if name in current.manifest.kernels:
        raise JupyflakeError(
            "JF121",
            f'there is a kernel "{name}" already',
            hint=f"jupyflake add --kernel {name} PACKAGE",
        )
    problem = rules.kernel_name_problem(name)
    if problem is not None:
        raise JupyflakeError("JF107", problem[0], hint=problem[1], exit_code=2)


def _moving(old: str, new: str, *, keep_old: bool) -> Callable[[Lock, Project], Lock]:
    def adapt(lock: Lock, changed: Project) -> Lock:
        from jupyflake.lock.environments import with_environment  # noqa: PLC0415  (only after an edit)

        return with_environment(lock, old, new, keep_old=keep_old, kernels=tuple(changed.manifest.kernels))

    return adapt


def _tell_notebooks(session: Session, directory: Path, old: str) -> None:
    """Count the notebooks that were saved with the old name: Lab asks for a kernel when they are opened."""
    mark = re.compile(rf'"kernelspec":\s*\{{[^{{}}]*"name":\s*"{re.escape(old)}"')
    saved = []
    for path in sorted(directory.rglob("*.ipynb")):
        if not any(part.startswith(".") for part in path.relative_to(directory).parts):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                saved += [path.relative_to(directory)] if mark.search(path.read_text(encoding="utf-8")) else []
    if saved:
        shown = f"{saved[0]} was" if len(saved) == 1 else f"{saved[0]} and {len(saved) - 1} more were"
        session.console.info(f"{shown} saved with the kernel {old}: choose the kernel again when you open it")
