"""Packages that are built from source: what building them takes, as their own pyproject.toml says."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from jupyflake.errors import JupyflakeError
from jupyflake.fetch.measure import measure
from jupyflake.fetch.plan import download_directory
from jupyflake.resolve.plan import BUILD, PythonRequest
from jupyflake.store import store_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from jupyflake.resolve.uv import Resolution, ResolvedWheel

# What PEP 517 and 518 take for said where a project says nothing.
_DEFAULT = ("setuptools>=40.8.0",)
_LIMIT = 1 << 20


def build_requests(
    requests: Sequence[PythonRequest], resolved: Mapping[str, Mapping[str, Resolution]]
) -> Iterator[PythonRequest]:
    """Ask for one environment for each package of an environment that is built from source.

    Raises JF285 for a package in `sdists` that the environment has not, JF286 for a source that cannot be read.
    """
    for request in requests:
        chosen = {wheel.name: wheel for each in resolved[request.name].values() for wheel in each.chosen}
        for name in request.sdists:
            if name not in chosen:
                raise JupyflakeError(
                    "JF285",
                    f"{request.where}: sdists names {name}, which is neither in packages nor brought in by one of them",
                    hint=f'"{name}" in packages, or remove it from sdists',
                )
        local = request.sources.local
        trees = {name for name in chosen if name in local and local[name].build_requires is not None}
        for name in sorted({*request.sdists, *trees}):
            known = local[name].build_requires if name in local else _requires(chosen[name], request.where)
            if known is None:
                # A wheel of [sources] has nothing to be built.
                continue
            yield PythonRequest(
                name=f"{request.name}{BUILD}{name}",
                python=request.python,
                requirements=(*known, *request.build_requires),
                sources=request.sources,
            )


def require_wheels(build: PythonRequest, resolved: Mapping[str, Resolution]) -> None:
    """Refuse to build with what would have to be built itself; raises JF293."""
    for resolution in resolved.values():
        for wheel in resolution.chosen:
            if not wheel.file.endswith(".whl"):
                raise JupyflakeError(
                    "JF293",
                    f"{build.where} takes {wheel.name}, which would have to be built itself",
                    hint=f"a wheel of {wheel.name} in [sources]",
                )


def _requires(source: ResolvedWheel, where: str) -> tuple[str, ...]:
    try:
        data = tomllib.loads(_pyproject(_downloaded(source)) or "")
        found = data.get("build-system", {}).get("requires", _DEFAULT)
        return tuple(str(Requirement(text)) for text in found)
    except (OSError, tarfile.TarError, zipfile.BadZipFile, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{source.file} cannot be read: {error}"
    except (InvalidRequirement, AttributeError, TypeError) as error:
        message = f"the [build-system] of {source.file} is not right: {error}"
    raise JupyflakeError("JF286", f"{where}: {message}", hint=f"another version of {source.name}")


def _downloaded(source: ResolvedWheel) -> Path:
    """Get the file; where it is then in the cache, fetching finds it."""
    # With its hash known, nothing would be downloaded.
    [(_, sha256)] = measure([replace(source, sha256=None)]).values()
    return download_directory(sha256) / store_name(source.file)


def _pyproject(path: Path) -> str | None:
    """Read the project's own file, which is in the one directory at the top."""
    if path.name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            names = [info for info in archive.infolist() if _is_pyproject(info.filename) and info.file_size <= _LIMIT]
            return archive.read(names[0]).decode() if names else None
    with tarfile.open(path) as archive:
        for member in archive:
            if _is_pyproject(member.name) and member.isfile() and member.size <= _LIMIT:
                file = archive.extractfile(member)
                return file.read().decode() if file else None
    return None


def _is_pyproject(name: str) -> bool:
    parts = name.removeprefix("./").split("/")
    return len(parts) == 2 and parts[1] == "pyproject.toml"  # noqa: PLR2004  (the directory and the file)
