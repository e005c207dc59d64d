"""Which files of a directory are read, and by what; the choice is repo2docker's where it has one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.importing import binder, conda, notebook, pipfile, pyproject, r_files, requirements_txt, setup_py
from jupyflake.importing.model import Found, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Where there are several, the first says the Python packages; repo2docker ignores the others, too.
_PYTHON = (
    *("environment.yml", "environment.yaml", "Pipfile", "Pipfile.lock", "requirements.txt", "pyproject.toml"),
    *("pylock.toml", "setup.py"),
)
_R = ("install.R", "DESCRIPTION")
_MORE = ("apt.txt", "runtime.txt", *binder.LEFT)
_PLACES = ("binder", ".binder")


def read(path: Path, where: str, groups: Sequence[str] = ()) -> Found:
    """Read a file by what its name says it is; raises JF150 to JF154."""
    name = path.name
    if path.is_dir():
        raise unreadable("this is a directory", where, f"jupyflake import -C {where}, or a file in it")
    for pattern, reader in _READERS:
        if re.fullmatch(pattern, name, re.IGNORECASE):
            return reader(path, where)
    for pattern, with_groups in _WITH_GROUPS:
        if re.fullmatch(pattern, name):
            return with_groups(path, where, groups=groups)
    raise unreadable(
        f"{name} is no file that is known by its name",
        where,
        "requirements*.txt, environment*.yml, pyproject.toml, Pipfile, pylock*.toml, install.R, renv.lock or *.ipynb",
    )


_READERS: tuple[tuple[str, Callable[[Path, str], Found]], ...] = (
    (r"apt\.txt", binder.read_apt),
    (r"runtime\.txt", binder.read_runtime),
    (r"\.python-version", binder.read_python_version),
    (r"setup\.py", setup_py.read),
    (r"renv\.lock", r_files.read_renv),
    (r"DESCRIPTION", r_files.read_description),
    (r".*\.r", r_files.read_script),
    (r".*\.ipynb", notebook.read),
    (r"pylock(?:\.[^.]+)?\.toml", pipfile.read_pylock),
    (r".*\.ya?ml", conda.read),
    ("|".join(re.escape(name) for name in binder.LEFT), binder.read_left),
    (r".*\.(?:txt|in)", requirements_txt.read),
)
_WITH_GROUPS: tuple[tuple[str, Callable[..., Found]], ...] = (
    (r"pyproject\.toml", pyproject.read),
    (r"Pipfile", pipfile.read),
    (r"Pipfile\.lock", pipfile.read_lock),
)


def files(directory: Path) -> tuple[list[str], list[str]]:
    """Give the files of a directory that are read, and those that are not because of them.

    Raises JF152 where there is nothing to read, or it is not clear what.
    """
    places = [name for name in _PLACES if (directory / name).is_dir()]
    if len(places) > 1:
        raise JupyflakeError(
            "JF152",
            "there are both binder and .binder, of which repo2docker takes neither",
            hint="remove one of the two, or name the files",
        )
    place = f"{places[0]}/" if places else ""

    def there(names: Sequence[str]) -> list[str]:
        return [f"{place}{name}" for name in names if (directory / place / name).is_file()]

    python = there(_PYTHON)
    r_packages = there(_R) or there(["renv.lock"])
    more = [name for name in there(_MORE) if name not in python]
    chosen = [*python[:1], *r_packages, *more]
    if python and (directory / ".python-version").is_file():
        chosen.append(".python-version")
    if not python and not r_packages:
        chosen += sorted(path.name for path in directory.glob("*.ipynb"))
    if not chosen:
        raise JupyflakeError(
            "JF152",
            f"{directory} has no file of another tool, and no notebook",
            hint="jupyflake init, or jupyflake import FILE",
        )
    return chosen, python[1:]


def read_all(directory: Path, names: Sequence[str], groups: Sequence[str] = ()) -> Found:
    """Read several files of a directory into one."""
    found = Found()
    # A file has groups by its kind; asking others for some is a mistake that is told.
    with_groups = [name for name in names if any(re.fullmatch(each, Path(name).name) for each, _ in _WITH_GROUPS)]
    if groups and not with_groups:
        raise pyproject.unknown_group(groups[0], "this kind of file has none", names[0])
    for name in names:
        found.add(read(directory / name, name, groups if name in with_groups else ()))
    return found
