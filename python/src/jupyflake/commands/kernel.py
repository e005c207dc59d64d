"""`jupyflake kernel`: kernels are added, removed and listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyflake.session import Session


def add(
    session: Session,
    name: Annotated[str, typer.Argument(help="The kernel's name: a to z, digits and . _ -")],
    *,
    language: Annotated[
        str, typer.Option("--language", "-l", metavar="LANGUAGE", help="See jupyflake kernel languages.")
    ] = "python",
    python: Annotated[str | None, typer.Option("--python", "-p", metavar="X.Y", help="The version of Python.")] = None,
    package: Annotated[
        list[str] | None,
        typer.Option("--package", metavar="PACKAGE", help="A package of the kernel. Repeatable."),
    ] = None,
    no_lock: Annotated[bool, typer.Option("--no-lock", help="Change jupyter.toml only.")] = False,
) -> None:
    """Add a kernel to jupyter.toml and lock.

    Example: jupyflake kernel add py311 --python 3.11 --package "pandas<2"
    """
    from jupyflake import edits, project  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415
    from jupyflake.manifest import edit, rules  # noqa: PLC0415

    current = session.project()
    if name in current.manifest.kernels:
        raise JupyflakeError(
            "JF121",
            f'there is a kernel "{name}" already',
            hint=f"jupyflake add --kernel {name} PACKAGE",
        )
    problem = rules.kernel_name_problem(name)
    if problem is not None:
        raise JupyflakeError("JF107", problem[0], hint=problem[1], exit_code=2)
    keys: dict[str, Any] = {"language": language}
    if python is not None:
        keys["python"] = python
    keys["packages"] = package or []
    text = edit.add_table(current.text, ("kernels", name), keys)
    try:
        project.parse(current.directory, text)
    except JupyflakeError as error:
        raise JupyflakeError(error.code, error.message, hint=error.hint, exit_code=2) from error
    edits.apply(current, text, no_lock=no_lock, console=session.console)
    session.console.info(f"added the kernel {name}")
    if session.console.json:
        session.console.result("", data={"added": name, **keys})


def remove(
    session: Session,
    name: Annotated[list[str], typer.Argument(metavar="NAME", help="The kernels' names.")],
    *,
    no_lock: Annotated[bool, typer.Option("--no-lock", help="Change jupyter.toml only.")] = False,
) -> None:
    """Remove kernels from jupyter.toml and lock.

    Example: jupyflake kernel remove py311
    """
    from jupyflake import edits, targets  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest import edit  # noqa: PLC0415

    current = session.project()
    text = current.text
    names = list(dict.fromkeys(name))
    for kernel in names:
        targets.require_kernel(current, kernel)
        text = edit.remove_table(text, ("kernels", kernel))
    edits.apply(current, text, no_lock=no_lock, console=session.console)
    session.console.info(f"removed the kernel{'s' if len(names) > 1 else ''} {', '.join(names)}")
    if session.console.json:
        session.console.result("", data={"removed": names})


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
    session.console.result(_columns(("NAME", "LANGUAGE", "BASE", "PACKAGES"), rows), data=kernels)


def languages(session: Session) -> None:
    """List the languages that kernels can be had for, each with its kernel and the bases that have it.

    Example: jupyflake kernel languages
    """
    from jupyflake import flake  # noqa: PLC0415  (help needs none of it)
    from jupyflake import languages as table  # noqa: PLC0415

    known = table.languages()
    every = flake.bases()
    rows = [
        (name, language.display_name, language.about, _shown(language.bases(), every))
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
    session.console.result(_columns(("LANGUAGE", "NAME", "KERNEL", "BASES"), rows), data=data)


def _shown(bases: list[str], every: list[str]) -> str:
    return "all" if bases == every else ", ".join(bases)


def _columns(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in table
    ]
    return "\n".join(line.rstrip() for line in lines)
