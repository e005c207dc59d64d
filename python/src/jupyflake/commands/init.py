"""`jupyflake init`: the files of a new project."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from jupyflake.errors import JupyflakeError
from jupyflake.flake import NIXPKGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyflake.scaffold import Kernels
    from jupyflake.session import Session

_Answer = TypeVar("_Answer")
_INPUT = re.compile(r'inputs\.jupyflake\.url = "[^"]*"')
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")
_DESCRIPTION = re.compile(r'(?<=description = ")[^"]*')
_IGNORED = (".jupyter/", "result*")
_MACHINES = {"x86_64": "x86_64-linux", "amd64": "x86_64-linux", "aarch64": "aarch64-linux", "arm64": "aarch64-linux"}


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
        typer.Option("--kernel", metavar="LANGUAGE", help="A kernel: python, python@3.11, r. Repeatable."),
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
    from jupyflake import edits, flake, project, scaffold  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest.model import FILE_NAME  # noqa: PLC0415

    console = session.console
    directory = (session.directory / path if path else session.directory).absolute()
    if template and kernel:
        raise JupyflakeError("JF100", "a template brings its own kernels", hint="either --template or --kernel")
    _refuse_files(directory, [FILE_NAME, "flake.nix"])
    found, notebooks = scaffold.kernels_of_notebooks(directory) if directory.is_dir() else ({}, 0)
    chosen_name = name or scaffold.project_name(directory)
    chosen_base = base or _preferred_base(flake.bases())
    wanted = scaffold.kernels(kernel or ["python"]) if kernel or not found else found
    if not (yes or name or base or kernel or template) and console.asks:
        chosen_name, chosen_base, wanted = _ask(directory, chosen_name, chosen_base, wanted)
    system = _system(chosen_base)
    tool = flake.flake_directory()
    if template:
        texts = scaffold.from_template(_template(tool, template), chosen_name, chosen_base, system)
    else:
        texts = {FILE_NAME: scaffold.manifest(chosen_name, chosen_base, system, wanted)}
    try:
        made = project.parse(directory, texts[FILE_NAME]).manifest
    except JupyflakeError as error:
        raise _as_option(error) from error
    texts["flake.nix"] = _flake(made.project.name, tool)
    _refuse_files(directory, texts)
    files = {directory / file: text for file, text in texts.items()}
    ignored = _with_ignored(directory / ".gitignore")
    if ignored is not None:
        files[directory / ".gitignore"] = ignored
    directory.mkdir(parents=True, exist_ok=True)
    edits.write_together(files)
    console.info(f"made {', '.join(file.name for file in files)} in {directory}")
    if wanted is found and found and not template:
        plural = "s" if notebooks > 1 else ""
        console.info(f"{notebooks} notebook{plural} here: the kernels have the names that they ask for")
    console.info(f"next: {f'cd {_shown(path)} && ' if path else ''}jupyflake lab")
    if console.json:
        data = {"directory": str(directory), "files": [file.name for file in files], "kernels": list(made.kernels)}
        console.result("", data=data)


def _refuse_files(directory: Path, names: Iterable[str]) -> None:
    if directory.exists() and not directory.is_dir():
        raise JupyflakeError("JF120", f"{directory} is a file", hint="jupyflake init with another directory")
    for name in names:
        file = directory / name
        if file.exists() or file.is_symlink():
            raise JupyflakeError(
                "JF120",
                f"{file} exists, and init overwrites nothing",
                hint="jupyflake init with another directory, or edit the file",
            )


def _ask(directory: Path, name: str, base: str, wanted: Kernels) -> tuple[str, str, Kernels]:
    """Ask on the terminal; Enter takes what stands in brackets, and a wrong answer is asked for again."""
    from jupyflake import flake, project, scaffold  # noqa: PLC0415  (help needs none of it)

    def check(name: str, base: str, wanted: Kernels) -> None:
        project.parse(directory, scaffold.manifest(name, base, _system(base), wanted))

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
    while True:
        answer = typer.prompt(question, default=default, err=True).strip()
        try:
            return read(answer)
        except JupyflakeError as error:
            explained = _as_option(error)
            hint = re.sub(r"--[a-z]+ ", "", explained.hint or "")
            print(f"  {explained.message}\n  try: {hint}", file=sys.stderr)  # noqa: T201  (a dialogue)


def _preferred_base(bases: list[str]) -> str:
    if shutil.which("apt-get") is None:
        # Debian is locked with apt; building from a lock needs none, so --base may still choose it.
        return NIXPKGS
    stable = "debian/trixie"
    return stable if stable in bases else bases[0]


def _system(base: str) -> str:
    system = _MACHINES.get(platform.machine().lower(), "x86_64-linux")
    return "aarch64-darwin" if platform.system() == "Darwin" and base == NIXPKGS else system


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


def _as_option(error: JupyflakeError) -> JupyflakeError:
    # The text is made from the options, so its lines say nothing to whoever typed them.
    hint = (error.hint or "").replace('base = "', "--base ").replace('name = "', "--name ")
    hint = hint.replace('language = "', "--kernel ").replace('python = "', "--kernel python@")
    return JupyflakeError(error.code, error.message, hint=hint.replace('"', ""), exit_code=2)


def _flake(name: str, tool: Path) -> str:
    """Fill in the template with the name and with the flake of this installation."""
    from jupyflake import flake  # noqa: PLC0415  (help needs none of it)

    text = (tool / "templates" / "default" / "flake.nix").read_text(encoding="utf-8")
    source = f'inputs.jupyflake.url = "{flake.source(tool)}"'
    if not _PLAIN_PATH.fullmatch(str(tool)):
        # Spaces and accents are not legal in the URL of a flake, and older Nix does not decode them.
        path = str(tool).replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
        source = f'inputs.jupyflake = {{ type = "path"; path = "{path}"; }}'
    text = _INPUT.sub(lambda _: source, text)
    return _DESCRIPTION.sub(lambda _: name, text)


def _with_ignored(path: Path) -> str | None:
    """Give the .gitignore with what is ours, or nothing if it has all."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    missing = [line for line in _IGNORED if line not in text.splitlines()]
    if not missing:
        return None
    if text and not text.endswith("\n"):
        text += "\n"
    return text + "".join(f"{line}\n" for line in missing)


def _shown(path: Path) -> str:
    import shlex  # noqa: PLC0415  (help needs none of it)

    return shlex.quote(str(path))
