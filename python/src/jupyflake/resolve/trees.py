"""What a package's directory says of itself: name, version, what it needs, and what building it takes.

uv gets all this as a wheel with metadata only, so it neither runs code of the package nor writes into its directory.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import sys
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from jupyflake import process
from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What PEP 517 and 518 take for said where a project says nothing.
DEFAULT_BUILD = ("setuptools>=40.8.0",)
PYPROJECT = "pyproject.toml"
# Keys that the lock depends on; `nix/sources.nix` makes the same digest of them.
PROJECT_KEYS = ("dependencies", "dynamic", "name", "optional-dependencies", "requires-python", "version")
BUILD_KEYS = ("backend-path", "build-backend", "requires")
# Where packages say it that don't say it in pyproject.toml.
OTHER_FILES = ("setup.cfg", "setup.py")
_TOLD_BY_CODE = frozenset({"version", "dependencies", "optional-dependencies"})
# What no build reads, and what may be large.
_LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".jupyter", ".venv", "venv", "__pycache__", "node_modules", ".direnv", ".tox", "*.egg-info")
)


@dataclass(frozen=True)
class Tree:
    """A package in a directory."""

    name: str
    version: str
    # The text of METADATA, and what builds take.
    metadata: str
    build_requires: tuple[str, ...]


def read(tree: Path, where: str, label: str) -> Tree:
    """Read what a package's directory says; `label` is how people are told of it.

    Raises JF292 for a directory that is no package, or that doesn't say what it must.
    """
    data = pyproject(tree, where, label)
    if data is None and not any((tree / name).is_file() for name in OTHER_FILES):
        raise JupyflakeError(
            "JF292",
            f"{where}: {label} has no pyproject.toml, so it is no package",
            hint=_a_pyproject(tree, label),
        )
    data = data or {}
    try:
        requires = tuple(str(Requirement(text)) for text in data.get("build-system", {}).get("requires", DEFAULT_BUILD))
        lines = _static(data) or _asked(tree, data, requires, where, label)
        found = headers(lines)
        version = str(Version(found["Version"][0]))
        metadata = "".join(f"{name}: {value}\n" for name, values in found.items() for value in values)
        return Tree(str(canonicalize_name(found["Name"][0])), version, metadata, requires)
    except (InvalidRequirement, InvalidVersion, AttributeError, TypeError, KeyError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error).partition("\n")[0]
        message = f"{where}: {label}: what its pyproject.toml says is not right: {reason}"
        raise JupyflakeError("JF292", message, hint=f"correct {PYPROJECT} of {label}") from error


def pyproject(tree: Path, where: str, label: str) -> dict[str, Any] | None:
    """Read a package's pyproject.toml, if it has one; raises JF292 for one that is no TOML."""
    try:
        return tomllib.loads((tree / PYPROJECT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{where}: {PYPROJECT} of {label} cannot be read: {error}"
        raise JupyflakeError("JF292", message, hint="correct that file") from error


def digest(tree: Path, data: Mapping[str, Any] | None) -> str:
    """Give the SHA-256 of what a lock depends on in a package's directory; Nix makes the same."""
    project = (data or {}).get("project", {})
    kept: dict[str, Any] = {
        "project": {key: project[key] for key in PROJECT_KEYS if key in project},
        "build-system": {
            key: value for key, value in (data or {}).get("build-system", {}).items() if key in BUILD_KEYS
        },
    }
    if not is_static(data):
        kept["files"] = {
            name: hashlib.sha256((tree / name).read_bytes()).hexdigest()
            for name in OTHER_FILES
            if (tree / name).is_file()
        }
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_static(data: Mapping[str, Any] | None) -> bool:
    """Whether pyproject.toml itself says all that resolving takes."""
    project = (data or {}).get("project")
    return project is not None and not _TOLD_BY_CODE & set(project.get("dynamic", ()))


def own_sources(data: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Give what a package says to uv of where its dependencies are."""
    found = (data or {}).get("tool", {}).get("uv", {}).get("sources", {})
    return {
        str(canonicalize_name(name)): entry
        for name, entry in (found.items() if isinstance(found, dict) else ())
        if isinstance(entry, dict)
    }


def stub(tree: Tree, folder: Path) -> Path:
    """Write a wheel that has a package's metadata and nothing else."""
    name = tree.name.replace("-", "_")
    path = folder / f"{name}-{tree.version}-py3-none-any.whl"
    info = f"{name}-{tree.version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\n{tree.metadata}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: jupyflake\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{file},sha256={_record_hash(text)},{len(text.encode())}\n" for file, text in files.items()]
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        archive.writestr(f"{info}/RECORD", "".join([*record, f"{info}/RECORD,,\n"]))
    return path


def _record_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _static(data: Mapping[str, Any]) -> list[str] | None:
    if not is_static(data):
        return None
    project = data["project"]
    lines = [f"Name: {project['name']}", f"Version: {project['version']}"]
    if "requires-python" in project:
        lines.append(f"Requires-Python: {project['requires-python']}")
    lines += [f"Requires-Dist: {Requirement(text)}" for text in project.get("dependencies", ())]
    for extra, texts in project.get("optional-dependencies", {}).items():
        lines.append(f"Provides-Extra: {canonicalize_name(extra)}")
        lines += [f"Requires-Dist: {_for_extra(text, extra)}" for text in texts]
    return lines


def _for_extra(text: str, extra: str) -> Requirement:
    from packaging.markers import Marker  # noqa: PLC0415  (few packages come here)

    requirement = Requirement(text)
    condition = f'extra == "{canonicalize_name(extra)}"'
    requirement.marker = Marker(f"({requirement.marker}) and {condition}" if requirement.marker else condition)
    return requirement


def headers(lines: Iterable[str]) -> dict[str, list[str]]:
    """Keep of METADATA what resolving takes."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if not line.strip():
            break
        name, _, value = line.partition(":")
        if name in {"Name", "Version", "Requires-Python", "Requires-Dist", "Provides-Extra"}:
            found.setdefault(name, []).append(value.strip())
    return found


def _asked(tree: Path, data: Mapping[str, Any], requires: tuple[str, ...], where: str, label: str) -> list[str]:
    """Ask the build backend, in a copy, with what it says that it needs."""
    from jupyflake.resolve.uv import environment, program  # noqa: PLC0415  (it imports this module's users)

    with tempfile.TemporaryDirectory(prefix="jupyflake-metadata-") as directory:
        copy = Path(directory) / "source"
        shutil.copytree(tree, copy, symlinks=True, ignore=_LEFT_OUT)
        if (tree / ".git").exists():
            # What takes its version from git looks there.
            (copy / ".git").symlink_to((tree / ".git").resolve())
        command = [program(), "run", "--quiet", "--no-project", "--isolated", "--no-config", "--no-python-downloads"]
        for requirement in requires:
            command += ["--with", requirement]
        system = json.dumps(data.get("build-system", {}))
        script = Path(__file__).with_name("metadata_hook.py")
        words = ["--python", sys.executable, "python", "-P", "-s", "-B", str(script), system, f"{directory}/out"]
        completed = process.run([*command, *words], cwd=copy, env=environment(), check=False)
        if completed.returncode == 0:
            return (Path(directory) / "out").read_text(encoding="utf-8").splitlines()
    lines = [line.strip() for line in process.redact(completed.stderr).splitlines() if line.strip()]
    reason = lines[-1][:200] if lines else "it says nothing"
    raise JupyflakeError(
        "JF292",
        f"{where}: the build backend of {label} does not tell its metadata: {reason}",
        hint=f"name and version in [project] of its {PYPROJECT}, or what it needs in requires of [build-system]",
    )


def _a_pyproject(tree: Path, label: str) -> str:
    inner = sorted(path.parent.relative_to(tree).as_posix() for path in tree.glob("*/pyproject.toml"))
    if inner:
        return f"{'the directory' if label else ''} {inner[0]} in it has one: name that".strip()
    name = canonicalize_name(tree.resolve().name) or "my-package"
    return f'a {PYPROJECT} there, with [project], name = "{name}" and version = "0.1.0"'
