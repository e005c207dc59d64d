"""Python environments by uv: requirements in, exact wheels out. Where the index is, uv's own settings say."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from jupyflake import process
from jupyflake.errors import JupyflakeError
from jupyflake.resolve import tags
from jupyflake.resolve.plan import Metadata
from jupyflake.resolve.unbuilt import interpreter_that_builds_nothing, is_elsewhere, settings, unanswered
from jupyflake.resolve.uv_errors import explain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyflake.console import Console
    from jupyflake.resolve.plan import PythonRequest

# A file host that is laid out by hash; where it stands is the machine's business.
_PATH = re.compile(r"(?:^|/)(packages/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}/[^/]+)$")
# Of uv's warnings, those about what the manifest asks for.
_WARNING = re.compile(r"^warning: ([Tt]he package .* does not have an extra named .*)$", re.MULTILINE)
_SEED = 'lock-version = "1.0"\ncreated-by = "jupyflake"\n'


@dataclass(frozen=True)
class ResolvedWheel:
    """A wheel as the index has it; `url` stays in memory."""

    name: str
    version: str
    file: str
    url: str
    path: str | None = None
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Resolution:
    """The wheel of each package that was chosen, and all the files that would have done."""

    chosen: tuple[ResolvedWheel, ...]
    files: Mapping[str, tuple[ResolvedWheel, ...]]
    warnings: tuple[str, ...] = ()

    @property
    def versions(self) -> dict[str, str]:
        """The version of each package."""
        return {wheel.name: wheel.version for wheel in self.chosen}


def program() -> str:
    """Find uv: the one that was installed with jupyflake, else the one on PATH."""
    try:
        from uv import find_uv_bin  # noqa: PLC0415  (may be missing where the system's uv serves)

        return find_uv_bin()
    except (ImportError, FileNotFoundError):
        return shutil.which("uv") or "uv"


def compile_environment(
    request: PythonRequest,
    system: str,
    pins: Mapping[str, str],
    *,
    console: Console,
    refresh: frozenset[str] | None = frozenset(),
    dependencies: bool = True,
) -> Resolution:
    """Resolve one environment for one system; versions in `pins` are kept where they can be.

    `refresh` names the packages whose index pages are asked for anew (`None`: all).
    """
    with tempfile.TemporaryDirectory(prefix="jupyflake-uv-") as directory:
        folder = Path(directory)
        completed = process.run(
            command_for(request, system, pins, folder, refresh=refresh, dependencies=dependencies),
            cwd=folder,
            env=environment(),
            check=False,
        )
        if completed.returncode != 0:
            unknown = unanswered(completed.stderr, request)
            if unknown:
                raise unknown
            console.detail(process.redact(completed.stderr))
            failure = explain(completed.stderr, request, system)
            from jupyflake.resolve.alternatives import with_alternatives  # noqa: PLC0415  (only in an error)

            raise with_alternatives(failure.error, failure.package, request, system)
        output = (folder / f"pylock.{label(request)}.toml").read_text(encoding="utf-8")
    hint = "leave it out, or write one that this version has"
    warnings = tuple(f"{request.where}: {text}: {hint}" for text in _WARNING.findall(completed.stderr))
    return replace(read_pylock(output, request, system), warnings=warnings)


def read_pylock(text: str, request: PythonRequest, system: str) -> Resolution:
    """Take the wheels of uv's answer, one a package."""
    chosen = []
    files: dict[str, tuple[ResolvedWheel, ...]] = {}
    for package in tomllib.loads(text).get("packages", []):
        wheels = tuple(_wheel(package, wheel) for wheel in package.get("wheels", ()))
        if not wheels and package["name"] in request.sdists and "sdist" in package:
            source = _wheel(package, package["sdist"])
            chosen.append(source)
            files[source.name] = (source,)
            continue
        if not wheels:
            raise JupyflakeError(
                "JF207",
                f"{request.where}: {package['name']} comes from a URL, a file or a repository, not from the index",
                hint=f'name the package and its version, such as "{package["name"]}>=1"',
            )
        by_file = {wheel.file: wheel for wheel in wheels}
        file = tags.best(by_file, request.python, system)
        if file is None:
            raise JupyflakeError(
                "JF207",
                f"{request.where}: {package['name']} {wheels[0].version} has no wheel for Python {request.python}"
                f" on {system}",
                hint="choose another version of it, or another Python for the kernel",
            )
        chosen.append(by_file[file])
        files[by_file[file].name] = wheels
    return Resolution(tuple(chosen), files)


def _wheel(package: Mapping[str, Any], wheel: Mapping[str, Any]) -> ResolvedWheel:
    url = str(wheel.get("url") or Path(str(wheel["path"])).resolve().as_uri())
    path = unquote(urlsplit(url).path)
    file = str(wheel.get("name") or path.rpartition("/")[2])
    match = _PATH.search(path)
    return ResolvedWheel(
        name=str(package["name"]),
        version=str(package["version"]),
        file=file,
        url=url,
        path=match.group(1) if match else None,
        size=wheel.get("size"),
        sha256=(wheel.get("hashes") or {}).get("sha256"),
    )


def command_for(
    request: PythonRequest,
    system: str,
    pins: Mapping[str, str],
    folder: Path,
    *,
    refresh: frozenset[str] | None,
    dependencies: bool,
) -> list[str]:
    """Write what is asked for into a folder, and give the command that makes a pylock file of it there."""
    output = f"pylock.{label(request)}.toml"
    if not dependencies:
        # What these need doesn't matter then.
        request = replace(request, metadata=tuple(Metadata(name) for name in request.sdists))
    # What uv finds in its output file it prefers.
    if pins:
        packages = (f'\n[[packages]]\nname = "{name}"\nversion = "{pins[name]}"\n' for name in sorted(pins))
        (folder / output).write_text(_SEED + "".join(packages), encoding="utf-8")
    command = [*compiling(request, system, folder), *("--format", "pylock.toml"), *("-o", output)]
    if refresh is None:
        command.append("--refresh")
    for name in sorted(refresh or ()):
        command += ["--refresh-package", name]
    if not dependencies:
        command.append("--no-deps")
    return command


def compiling(request: PythonRequest, system: str, folder: Path) -> list[str]:
    """Write what is asked for into a folder, and give the command that resolves it there."""
    # A configuration here ends uv's search through the parent directories.
    (folder / "uv.toml").write_text(settings(request, os.environ), encoding="utf-8")
    command = [program(), "pip", "compile", "requirements.in", "--no-progress"]
    if request.metadata and is_elsewhere(os.environ):
        command += ["--config-file", "uv.toml"]
    for option, name, lines in (
        (None, "requirements.in", request.requirements),
        ("--constraints", "constraints.txt", request.constraints),
        ("--overrides", "overrides.txt", request.overrides),
    ):
        if option is None or lines:
            (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        if option and lines:
            command += [option, name]
    for name in request.sdists:
        command += ["--no-binary", name]
    # Any interpreter does: the target's is never run.
    python = sys.executable
    if request.sdists:
        python = str(interpreter_that_builds_nothing(folder))
        command.append("--no-build-isolation")
    return [
        *command,
        *("--python", python),
        *("--python-version", request.python),
        "--no-python-downloads",
        *("--only-binary", ":all:"),
        *("--python-platform", tags.uv_platform(system)),
    ]


def newest(request: PythonRequest, system: str, names: frozenset[str]) -> dict[str, str]:
    """Give the newest version of each package that has a wheel for the Python and the system, whatever others need."""
    from jupyflake.resolve.plan import PythonRequest  # noqa: PLC0415  (it imports this module's users)

    alone = PythonRequest(name=request.name, python=request.python, requirements=tuple(sorted(names)))
    alone = replace(alone, sdists=tuple(name for name in request.sdists if name in names))
    with tempfile.TemporaryDirectory(prefix="jupyflake-uv-") as directory:
        folder = Path(directory)
        command = command_for(alone, system, {}, folder, refresh=None, dependencies=False)
        completed = process.run(command, cwd=folder, env=environment(), check=False)
        if completed.returncode != 0:
            raise explain(completed.stderr, alone, system).error
        packages = tomllib.loads((folder / f"pylock.{label(alone)}.toml").read_text(encoding="utf-8"))["packages"]
    return {str(package["name"]): str(package["version"]) for package in packages}


def environment() -> dict[str, str]:
    """Give the environment that uv runs in."""
    variables = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    # An index that cannot be reached is told after seconds, not minutes.
    variables.setdefault("UV_HTTP_RETRIES", "1")
    # The machine's own trust store, as apt, git and pip use it: a company's mirror is signed by the company. The second
    # name is that of older releases.
    variables.setdefault("UV_SYSTEM_CERTS", "1")
    variables.setdefault("UV_NATIVE_TLS", variables["UV_SYSTEM_CERTS"])
    variables["NO_COLOR"] = "1"
    return variables


def label(request: PythonRequest) -> str:
    """Give the word of an environment in the names of pylock files."""
    # A name with a dot would not be a pylock file's.
    return request.name.replace(".", "-")
