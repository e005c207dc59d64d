"""`jupyflake init`: the files of a new project."""

from __future__ import annotations

import platform
import re
import shutil
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jupyflake.errors import JupyflakeError
from jupyflake.flake import NIXPKGS

if TYPE_CHECKING:
    from jupyflake.session import Session

_INPUT = re.compile(r'inputs\.jupyflake\.url = "[^"]*"')
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")
_DESCRIPTION = re.compile(r'(?<=description = ")[^"]*')
_IGNORED = (".jupyter/", "result*")
_MACHINES = {"x86_64": "x86_64-linux", "amd64": "x86_64-linux", "aarch64": "aarch64-linux", "arm64": "aarch64-linux"}


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
) -> None:
    """Start a project: jupyter.toml, flake.nix and .gitignore. No file is overwritten.

    Example: jupyflake init analysis --kernel python --kernel python@3.11 --kernel r
    """
    from jupyflake import edits, flake, project  # noqa: PLC0415  (help needs none of it)
    from jupyflake.manifest.model import FILE_NAME  # noqa: PLC0415

    directory = (session.directory / path if path else session.directory).absolute()
    chosen = base or _preferred_base(flake.bases())
    text = _manifest(name or _project_name(directory), chosen, _kernels(kernel or ["python"]))
    try:
        made = project.parse(directory, text).manifest
    except JupyflakeError as error:
        raise _as_option(error) from error
    if directory.exists() and not directory.is_dir():
        raise JupyflakeError("JF120", f"{directory} is a file", hint="jupyflake init with another directory")
    files = {
        directory / FILE_NAME: text,
        directory / "flake.nix": _flake(made.project.name, flake.flake_directory()),
    }
    for file in files:
        if file.exists() or file.is_symlink():
            raise JupyflakeError(
                "JF120",
                f"{file} exists, and init overwrites nothing",
                hint="jupyflake init with another directory, or edit the file",
            )
    ignore = directory / ".gitignore"
    ignored = _with_ignored(ignore)
    if ignored is not None:
        files[ignore] = ignored
    directory.mkdir(parents=True, exist_ok=True)
    edits.write_together(files)
    console = session.console
    console.info(f"made {', '.join(file.name for file in files)} in {directory}")
    console.info(f"next: {f'cd {_shown(path)} && ' if path else ''}jupyflake lab")
    if console.json:
        data = {"directory": str(directory), "files": [file.name for file in files], "kernels": list(made.kernels)}
        console.result("", data=data)


def _preferred_base(bases: list[str]) -> str:
    if shutil.which("apt-get") is None:
        # Debian is locked with apt; building from a lock needs none, so --base may still choose it.
        return NIXPKGS
    stable = "debian/trixie"
    return stable if stable in bases else bases[0]


def _project_name(directory: Path) -> str:
    # Letters with accents lose them: naïve → naive.
    plain = unicodedata.normalize("NFKD", directory.name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._") or "notebooks"


def _kernels(wanted: list[str]) -> dict[str, dict[str, Any]]:
    kernels: dict[str, dict[str, Any]] = {}
    for word in wanted:
        language, _, version = word.partition("@")
        name = f"py{version.replace('.', '')}" if version and language == "python" else language
        # Jupyter takes the name "python" for "python3".
        name = "python3" if name == "python" else name
        if name in kernels:
            raise JupyflakeError(
                "JF121",
                f"the kernel {word} is given twice",
                hint="jupyflake init, then jupyflake kernel add with another name",
            )
        kernels[name] = {"language": language, **({"python": version} if version else {})}
    return kernels


def _manifest(name: str, base: str, kernels: dict[str, dict[str, Any]]) -> str:
    import tomlkit  # noqa: PLC0415  (help needs none of it)

    system = _MACHINES.get(platform.machine().lower(), "x86_64-linux")
    if platform.system() == "Darwin" and base == NIXPKGS:
        system = "aarch64-darwin"
    document = tomlkit.document()
    document["project"] = {"name": name, "base": base, "systems": [system]}
    document["jupyter"] = {"packages": ["jupyterlab"]}
    text = tomlkit.dumps(document)
    for kernel, keys in kernels.items():
        table = tomlkit.document()
        table["kernels"] = {kernel: {**keys, "packages": []}}
        text += "\n" + tomlkit.dumps(table)
    return text


def _as_option(error: JupyflakeError) -> JupyflakeError:
    # The text is made from the options, so its lines say nothing to whoever typed them.
    hint = (error.hint or "").replace('base = "', "--base ").replace('name = "', "--name ")
    hint = hint.replace('language = "', "--kernel ").replace('python = "', "--kernel python@")
    # What is not a command is for the manifest.
    hint = hint.partition(", or argv = ")[0]
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
