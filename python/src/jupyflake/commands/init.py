"""`jupyflake init`: the files of a new project."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyflake.scaffold import Kernels
    from jupyflake.session import Session

_Answer = TypeVar("_Answer")


def _template_names() -> list[str]:
    from jupyflake.scaffold import TEMPLATES  # noqa: PLC0415  (only when a shell completes)

    return list(TEMPLATES)


def init(
    session: Session,
    path: Annotated[Path | None, typer.Argument(help="The directory; the current one if left out.")] = None,
    *,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The project's name; the directory's if left out.")
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base", metavar="BASE", help="What to build on: debian/trixie, …")
    ] = None,
    kernel: Annotated[
        list[str] | None,
        typer.Option("--kernel", metavar="LANGUAGE", help="A kernel: python, python@3.11, r, bash. Repeatable."),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            "-t",
            metavar="NAME",
            help="minimal, multi-kernel, r, image or hub.",
            autocompletion=_template_names,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, also on a terminal.")] = False,
) -> None:
    """Start a project: jupyter.toml, flake.nix and .gitignore. No file is overwritten.

    Without options a terminal is asked, and kernels are those that notebooks in the directory were saved with.

    Example: jupyflake init analysis --kernel python --kernel python@3.11 --kernel r
    """
    from jupyflake import flake, project, scaffold  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest.model import FILE_NAME  # noqa: PLC0415

    console = session.console
    directory = (session.directory / path if path else session.directory).absolute()
    if template and kernel:
        raise JupyflakeError("JF100", "a template brings its own kernels", hint="either --template or --kernel")
    scaffold.refuse_files(directory, [FILE_NAME, "flake.nix"])
    found, notebooks = scaffold.kernels_of_notebooks(directory) if directory.is_dir() else ({}, 0)
    chosen_name = name or scaffold.project_name(directory)
    chosen_base = base or scaffold.preferred_base(flake.bases())
    wanted = scaffold.kernels(kernel or ["python"]) if kernel or not found else found
    if not (yes or name or base or kernel or template) and console.asks:
        chosen_name, chosen_base, wanted = _ask(directory, chosen_name, chosen_base, wanted)
    systems = scaffold.systems(chosen_base)
    tool = flake.flake_directory()
    if template:
        texts = scaffold.from_template(_template(tool, template), chosen_name, chosen_base, systems)
    else:
        texts = {FILE_NAME: scaffold.manifest(chosen_name, chosen_base, systems, wanted)}
    try:
        made = project.parse(directory, texts[FILE_NAME]).manifest
    except JupyflakeError as error:
        raise scaffold.as_option(error) from error
    written = scaffold.write(directory, texts, made.project.name)
    console.info(f"made {', '.join(file.name for file in written)} in {directory}")
    if wanted is found and found and not template:
        plural = "s" if notebooks > 1 else ""
        console.info(f"{notebooks} notebook{plural} here: the kernels have the names that they ask for")
    for other in scaffold.files_of_others(directory):
        console.info(f"{other} is here: jupyflake import {other} takes over what it names")
    console.info(f"next: {f'cd {_shown(path)} && ' if path else ''}jupyflake lab")
    if console.json:
        data = {"directory": str(directory), "files": [file.name for file in written], "kernels": list(made.kernels)}
        console.result("", data=data)


def _ask(directory: Path, name: str, base: str, wanted: Kernels) -> tuple[str, str, Kernels]:
    """Ask on the terminal; Enter takes what stands in brackets, and a wrong answer is asked for again."""
    from jupyflake import flake, project, scaffold  # noqa: PLC0415  (help needs none of it)

    def check(name: str, base: str, wanted: Kernels) -> None:
        project.parse(directory, scaffold.manifest(name, base, scaffold.systems(base), wanted))

    def named(answer: str) -> str:
        check(answer, base, {})
        return answer

    def based(answer: str) -> str:
        check(name, answer, {})
        return answer

    def kernels(answer: str) -> Kernels:
        if answer == words:
            return wanted
        made = scaffold.kernels(answer.replace(",", " ").split())
        check(name, base, made)
        return made

    name = _answer("Name of the project", name, named)
    base = _answer(f"What to build on ({', '.join(flake.bases())})", base, based)
    words = " ".join(
        "@".join([each["language"], *([each["python"]] if "python" in each else [])]) for each in wanted.values()
    )
    return name, base, _answer("Kernels, such as python, python@3.11, r", words, kernels)


def _answer(question: str, default: str, read: Callable[[str], _Answer]) -> _Answer:
    from jupyflake import scaffold  # noqa: PLC0415  (help needs none of it)

    while True:
        answer = typer.prompt(question, default=default, err=True).strip()
        try:
            return read(answer)
        except JupyflakeError as error:
            explained = scaffold.as_option(error)
            hint = re.sub(r"--[a-z]+ ", "", explained.hint or "")
            print(f"  {explained.message}\n  try: {hint}", file=sys.stderr)  # noqa: T201  (a dialogue)


def _template(tool: Path, name: str) -> Path:
    from jupyflake.manifest.shape import nearest, one_of  # noqa: PLC0415  (help needs none of it)
    from jupyflake.scaffold import TEMPLATES  # noqa: PLC0415

    if name not in TEMPLATES:
        known = list(TEMPLATES)
        raise JupyflakeError(
            "JF100",
            f'there is no template "{name}"; expected {one_of(known)}',
            hint=f"--template {nearest(name, known) or known[0]}",
        )
    return tool / "templates" / TEMPLATES[name]


def _shown(path: Path) -> str:
    import shlex  # noqa: PLC0415  (help needs none of it)

    return shlex.quote(str(path))
