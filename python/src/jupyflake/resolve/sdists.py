"""Packages that are built from source: what building them takes, as their own pyproject.toml says."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement

from jupyflake.errors import JupyflakeError
from jupyflake.fetch.measure import measure
from jupyflake.fetch.plan import download_directory
from jupyflake.resolve.plan import BUILD, Metadata, PythonRequest
from jupyflake.resolve.uv import compile_environment
from jupyflake.store import store_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from jupyflake.console import Console
    from jupyflake.resolve.backends import Backends
    from jupyflake.resolve.unbuilt import UnansweredError
    from jupyflake.resolve.uv import Resolution, ResolvedWheel

# What PEP 517 and 518 take for said where a project says nothing.
_DEFAULT = ("setuptools>=40.8.0",)
_LIMIT = 1 << 20


# Once with what pyproject.toml names, and again with what the backend said then.
_ROUNDS = 3
# Backends that never ask for more than pyproject.toml names.
_STATIC = ("flit_core.", "poetry.core.", "uv_build")


class Sdists:
    """What is known of sources in one run of locking."""

    def __init__(self, backends: Backends | None, console: Console) -> None:
        """Ask `backends`, if there are any."""
        self._backends = backends
        self._console = console
        # Environment, package and version → what its backend requires besides.
        self._more: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def informed(self, request: PythonRequest, unanswered: UnansweredError) -> PythonRequest:
        """Give the request with the metadata of a source that uv could not read."""
        name, version = unanswered.name, unanswered.version
        found = None
        if self._backends is not None:
            exact = replace(request, requirements=(f"{name}=={version}",), constraints=(), overrides=())
            exact = replace(exact, sdists=(name,), metadata=())
            listed = compile_environment(exact, self._backends.system, {}, console=self._console, dependencies=False)
            source = next(source for source in listed.chosen if source.name == name)
            found = self._learn(self._backends, request, source, metadata=True)
        return replace(request, metadata=(*request.metadata, found or Metadata(name, version)))

    def build_requests(
        self, requests: Sequence[PythonRequest], resolved: Mapping[str, Mapping[str, Resolution]]
    ) -> Iterator[PythonRequest]:
        """Ask for one environment for each package of an environment that is built from source.

        Raises JF285 for a package in `sdists` that the environment has not, JF286 for a source that cannot be read.
        """
        for request in requests:
            chosen = {wheel.name: wheel for each in resolved[request.name].values() for wheel in each.chosen}
            for name in request.sdists:
                if name not in chosen:
                    message = f"sdists names {name}, which is neither in packages nor brought in by one of them"
                    hint = f'"{name}" in packages, or remove it from sdists'
                    raise JupyflakeError("JF285", f"{request.where}: {message}", hint=hint)
            for name in request.sdists:
                source = chosen[name]
                key = (request.name, name, source.version)
                if self._backends is not None and key not in self._more and not _is_static(source, request.where):
                    self._ask(self._backends, request, source)
                yield _build_request(request, source, self._more.get(key, ()))

    def _ask(self, backends: Backends, request: PythonRequest, source: ResolvedWheel) -> None:
        if backends.here:
            self._learn(backends, request, source, metadata=False)
        else:
            self._console.warn(
                f"{request.where}: the build backend of {source.name} was not asked what else it needs:"
                f" this machine is {backends.system}"
            )

    def _learn(
        self, backends: Backends, request: PythonRequest, source: ResolvedWheel, *, metadata: bool
    ) -> Metadata | None:
        """Ask a source's backend, again with what it requires where that was not there."""
        self._console.info(f"asking the build backend of {source.name} {source.version}")
        more: tuple[str, ...] = ()
        for _ in range(_ROUNDS):
            build = _build_request(request, source, more)
            wheels = compile_environment(build, backends.system, {}, console=self._console).chosen
            answer = backends.ask(request, source, wheels)
            self._more[request.name, source.name, source.version] = more = answer.requires
            if answer.metadata is not None or not metadata:
                return answer.metadata
        raise JupyflakeError(
            "JF287",
            f"{request.where}: {source.name} {source.version} does not say what it needs",
            hint=f"another version of {source.name}, or what its build needs in build-requires",
        )


def _build_request(request: PythonRequest, source: ResolvedWheel, more: tuple[str, ...]) -> PythonRequest:
    return PythonRequest(
        name=f"{request.name}{BUILD}{source.name}",
        python=request.python,
        requirements=(*_requires(source, request.where), *more, *request.build_requires),
    )


def _is_static(source: ResolvedWheel, where: str) -> bool:
    return str(_build_system(source, where).get("build-backend", "")).startswith(_STATIC)


def _requires(source: ResolvedWheel, where: str) -> tuple[str, ...]:
    try:
        return tuple(str(Requirement(text)) for text in _build_system(source, where).get("requires", _DEFAULT))
    except (InvalidRequirement, TypeError) as error:
        raise _unusable(source, where, f"the [build-system] of {source.file} is not right: {error}") from error


def _build_system(source: ResolvedWheel, where: str) -> dict[str, Any]:
    try:
        found = tomllib.loads(_pyproject(_downloaded(source)) or "").get("build-system", {})
    except (OSError, tarfile.TarError, zipfile.BadZipFile, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unusable(source, where, f"{source.file} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise _unusable(source, where, f"the [build-system] of {source.file} is not right: it is no table")
    return found


def _unusable(source: ResolvedWheel, where: str, message: str) -> JupyflakeError:
    return JupyflakeError("JF286", f"{where}: {message}", hint=f"another version of {source.name}")


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
