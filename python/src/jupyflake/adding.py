"""What people may give to `jupyflake add` instead of a name: files, directories, repositories, addresses."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from jupyflake.errors import JupyflakeError
from jupyflake.manifest import edit, requirements
from jupyflake.manifest import sources as manifests
from jupyflake.manifest.model import Source

if TYPE_CHECKING:
    from jupyflake.project import Project

_PLACE = re.compile(r"(?:git\+|https?://|file://|\.{0,2}/|\.{1,2}$).*|.*\.(?:whl|tar\.gz|zip)")
_URL = re.compile(r"(?:git\+)?[a-z+]+://.*")


class Given(NamedTuple):
    """A requirement, and the source of its package where it has one."""

    requirement: str
    source: Source | None = None


def read(text: str, project: Project, here: Path, index: str | None) -> Given:
    """Read an argument; paths in it are relative to `here`.

    Raises JF192 for a path outside of the project, JF291 to JF294 for a place where there is no package.
    """
    place = text.strip()
    is_path = "/" in place and (here / place).exists()
    if " @ " in place or not (is_path or _PLACE.fullmatch(place)):
        return Given(text, Source(index=index) if index else None)
    if index:
        hint = "a name with --index, or a place without"
        raise JupyflakeError("JF100", f'"{text}" is a place, which is on no index', hint=hint, exit_code=2)
    source = manifests.from_url(place) if _URL.fullmatch(place) else Source(path=directory(place, project, here))
    problem = manifests.wrong(source)
    if problem is not None:
        raise JupyflakeError(problem.code, problem.message, hint=problem.hint, exit_code=2)
    return Given(_name(source, project, place), source)


def directory(text: str, project: Project, here: Path) -> str:
    """Give a path relative to the project; raises JF192 for one outside of it, JF291 for one that is not there."""
    path = here / text
    if not path.exists():
        raise JupyflakeError("JF291", f"there is no {text}", hint="check the name", exit_code=2)
    try:
        return path.resolve().relative_to(project.directory.resolve()).as_posix()
    except ValueError:
        folder = "libs" if path.is_dir() else "wheels"
        raise JupyflakeError(
            "JF192",
            f"{text} is not in the project, and Nix sees nothing else",
            hint=f"copy it into the project, say to {folder}/{path.resolve().name}",
            exit_code=2,
        ) from None


def with_source(text: str, given: Given) -> str:
    """Give the manifest's text with the line of a source."""
    if given.source is None:
        return text
    name = str(canonicalize_name(requirements.python_requirement(given.requirement).name))
    values = {key: value for key, value in msgspec.to_builtins(given.source).items() if value is not None}
    import tomli  # noqa: PLC0415  (one use)

    known = tomli.loads(text).get("sources", {})
    written = next((each for each in known if canonicalize_name(each) == name), name)
    return text if known.get(written) == values else edit.put_table(text, ("sources", written), values)


def _name(source: Source, project: Project, place: str) -> str:
    """Find out which package is at a place."""
    file = manifests.file_of(source.url or source.path or "")
    if manifests.is_archive(file):
        return _name_of_file(file)
    from jupyflake.resolve import git, trees  # noqa: PLC0415  (names and files need neither)

    if source.git is None:
        return trees.read(project.directory / str(source.path), f"add {place}", place).name
    where = "[sources]"
    with tempfile.TemporaryDirectory(prefix="jupyflake-git-") as folder:
        tree = Path(folder) / "tree"
        git.check_out(source, git.commit_of(source, where), tree, where)
        return trees.read(tree / (source.subdirectory or "."), where, manifests.shown(source)).name


def _name_of_file(file: str) -> str:
    try:
        parsed = parse_wheel_filename(file)[0] if file.endswith(".whl") else parse_sdist_filename(file)[0]
    except (InvalidWheelFilename, InvalidSdistFilename) as error:
        hint = "the name that the file was built with"
        raise JupyflakeError("JF292", f"{file} is not the name of a package's file: {error}", hint=hint) from error
    return str(parsed)
