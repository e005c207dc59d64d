"""Packages of `[sources]`: found, looked into and hashed before uv is asked about the rest."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from jupyflake.errors import JupyflakeError
from jupyflake.lock.model import DirectorySource, FileSource, GitSource, UrlSource
from jupyflake.manifest import sources as manifests
from jupyflake.manifest.model import Source
from jupyflake.resolve import indexes, repositories, trees
from jupyflake.resolve.located import Local, Sources
from jupyflake.resolve.urls import download

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyflake.lock import Lock
    from jupyflake.manifest.sources import Origin
    from jupyflake.project import Project


def prepare(project: Project, previous: Lock | None, upgrade: frozenset[str] | None, folder: Path) -> Sources:
    """Look into all sources of a project; what was locked stays, unless `upgrade` names it (`None`: all).

    `folder` gets what uv is given. Raises JF291 to JF297 for sources that are not there or not right.
    """
    found = manifests.origins(project.manifest)
    editable = _editable(project, found)
    new = {str(canonicalize_name(name)) for name in upgrade or ()}
    kept = {
        wheel.name: wheel
        for wheel in (previous.wheels if previous else ())
        if wheel.source is not None and upgrade is not None and wheel.name not in new
    }
    local: dict[str, Local] = {}
    for name, origin in sorted(found.items()):
        source = origin.source
        if source.path is not None:
            local[name] = _of_path(project.directory, origin, folder, found)
        elif source.git is not None:
            locked = kept[name].source if name in kept else None
            commit = locked.commit if isinstance(locked, GitSource) and locked.asked == origin.asked else None
            local[name] = _of_git(origin, commit, folder, found)
        elif source.url is not None:
            line = kept.get(name)
            same = line is not None and isinstance(line.source, UrlSource) and line.source.asked == origin.asked
            local[name] = _of_url(origin, line.sha256 if line is not None and same else None, folder, found)
    named = {name: str(origin.source.index) for name, origin in found.items() if origin.source.index is not None}
    addresses = indexes.addresses(project.manifest.indexes, {each.where: each.source.index for each in found.values()})
    return Sources(local, named, addresses, editable)


def _editable(project: Project, found: dict[str, Origin]) -> dict[str, str]:
    """Give the names of the packages in editable directories, and make sources of them."""
    names: dict[str, str] = {}
    for kernel, table in project.manifest.kernels.items():
        for entry in table.editable:
            where = f"[kernels.{kernel}]"
            path = manifests.inside(entry) or entry
            tree = _directory(project.directory, path, where)
            label = _label(path)
            data = trees.pyproject(tree, where, label)
            table_of = (data or {}).get("project")
            if table_of is None or not table_of.get("name"):
                raise JupyflakeError(
                    "JF196",
                    f"{where}: {label} has no [project] with a name in its pyproject.toml",
                    hint='[project] there, with name = "…", version = "…" and dependencies = [ ]',
                )
            coded = {"scripts", "gui-scripts", "entry-points"} & set(table_of.get("dynamic", ()))
            if coded:
                raise JupyflakeError(
                    "JF196",
                    f"{where}: {label} leaves {min(coded)} to its build, and what is editable is not built",
                    hint=f"write {min(coded)} into its pyproject.toml, or take the path into [sources]",
                )
            names[path] = str(canonicalize_name(table_of["name"]))
            manifests.add_origin(found, manifests.Origin(names[path], Source(path=path), where))
    return names


def _of_path(directory: Path, origin: Origin, folder: Path, found: Mapping[str, Origin]) -> Local:
    path = str(origin.source.path)
    if manifests.is_archive(path):
        file = directory / path
        if not file.is_file():
            raise _missing(directory, path, origin.where)
        return _of_file(origin, _File(file, FileSource(path=path), file.as_uri()), folder, found)
    tree = _directory(directory, path, origin.where)
    read = trees.read(tree, origin.where, _label(path))
    data = trees.pyproject(tree, origin.where, _label(path))
    _require_sources(origin, read, trees.own_sources(data), found)
    return Local(
        version=read.version,
        stub=_stub(origin, read, folder, _label(path)),
        file=f"{origin.name}-{read.version}",
        size=0,
        sha256=trees.digest(tree, data),
        source=DirectorySource(path=path),
        url=tree.as_uri(),
        build_requires=read.build_requires,
    )


def _of_git(origin: Origin, commit: str | None, folder: Path, found: Mapping[str, Origin]) -> Local:
    got = repositories.get(origin, commit)
    _require_sources(origin, got.tree, got.own_sources, found)
    return Local(
        version=got.tree.version,
        stub=_stub(origin, got.tree, folder, manifests.shown(origin.source)),
        file=repositories.file_of(origin.name, got.commit),
        size=0,
        sha256=got.nar,
        source=GitSource(commit=got.commit, subdirectory=origin.source.subdirectory, asked=origin.asked),
        url=f"git:{origin.name}-{got.commit}",
        build_requires=got.tree.build_requires,
    )


def _of_url(origin: Origin, sha256: str | None, folder: Path, found: Mapping[str, Origin]) -> Local:
    file = download(origin, sha256)
    return _of_file(origin, _File(file, UrlSource(asked=origin.asked), str(origin.source.url)), folder, found)


class _File(NamedTuple):
    """A file, what the lock says of where it is from, and its address."""

    path: Path
    source: FileSource | UrlSource
    url: str


def _of_file(origin: Origin, given: _File, folder: Path, found: Mapping[str, Origin]) -> Local:
    """Look into a wheel or a source distribution."""
    path, source, url = given
    file = manifests.file_of(url)
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    own: dict[str, dict[str, object]] = {}
    requires = None
    if file.endswith(".whl"):
        read = _wheel(path, file, origin.where)
    else:
        from jupyflake.resolve.archives import unpacked  # noqa: PLC0415  (most projects have none)

        with unpacked(path, file, origin.where) as tree:
            read = trees.read(tree, origin.where, file)
            own = trees.own_sources(trees.pyproject(tree, origin.where, file))
        requires = read.build_requires
    _require_sources(origin, read, own, found)
    return Local(
        version=read.version,
        stub=_stub(origin, read, folder, file),
        file=file,
        size=path.stat().st_size,
        sha256=sha256,
        source=source,
        url=url,
        build_requires=requires,
    )


def _wheel(path: Path, file: str, where: str) -> trees.Tree:
    try:
        name, version, _, _ = parse_wheel_filename(file)
        with zipfile.ZipFile(path) as archive:
            inside = [
                each for each in archive.namelist() if each.endswith(".dist-info/METADATA") and each.count("/") == 1
            ]
            text = archive.read(inside[0]).decode()
    except (InvalidWheelFilename, zipfile.BadZipFile, UnicodeDecodeError, IndexError, OSError) as error:
        reason = "it has no METADATA" if isinstance(error, IndexError) else str(error).lower()
        message = f"{where}: {file} is no wheel that can be read: {reason}"
        raise JupyflakeError("JF292", message, hint="build or copy the wheel again") from error
    lines = trees.headers(text.splitlines())
    metadata = "".join(f"{header}: {value}\n" for header, values in lines.items() for value in values)
    return trees.Tree(str(name), str(version), metadata, ())


def _stub(origin: Origin, tree: trees.Tree, folder: Path, label: str) -> Path:
    if tree.name != origin.name:
        raise JupyflakeError(
            "JF293",
            f"{origin.where}: {label} is the package {tree.name}, not {origin.name}",
            hint=f"{tree.name} = {{ {manifests.shown(origin.source)} }}",
        )
    # Where a dependency is, the project says.
    lines = (
        f"Requires-Dist: {manifests.bare(line.partition(':')[2].strip())}"
        if line.startswith("Requires-Dist:")
        else line
        for line in tree.metadata.splitlines()
    )
    bare = trees.Tree(tree.name, tree.version, "".join(f"{line}\n" for line in lines), ())
    return trees.stub(bare, folder)


def _require_sources(
    origin: Origin, tree: trees.Tree, own: Mapping[str, Mapping[str, object]], found: Mapping[str, Origin]
) -> None:
    """Refuse dependencies that the package itself has a source for, and the project none: names could be confused."""
    for line in tree.metadata.splitlines():
        if not line.startswith("Requires-Dist:"):
            continue
        requirement = Requirement(line.partition(":")[2].strip())
        name = str(canonicalize_name(requirement.name))
        if name in found or (requirement.url is None and name not in own):
            continue
        source = manifests.from_url(requirement.url) if requirement.url else _own(origin, own[name])
        what = manifests.shown(source) if source else "…"
        raise JupyflakeError(
            "JF296",
            f"{origin.where}: {origin.name} needs {name}, which it has a source for, and the project has none",
            hint=f"{name} = {{ {what} }}, in [sources]",
        )


def _own(origin: Origin, entry: Mapping[str, object]) -> Source | None:
    """Give what a package says to uv in the words of this project, where it can be said."""
    import posixpath  # noqa: PLC0415  (only in an error)

    path = entry.get("path")
    if isinstance(path, str) and origin.source.path is not None:
        inside = manifests.inside(posixpath.join(origin.source.path, path))
        return Source(path=inside) if inside else None
    if isinstance(path, str) and origin.source.git is not None:
        inside = manifests.inside(posixpath.join(origin.source.subdirectory or ".", path))
        git = origin.source
        return Source(git=git.git, tag=git.tag, rev=git.rev, branch=git.branch, subdirectory=inside) if inside else None
    known = {key: value for key, value in entry.items() if key in Source.__struct_fields__ and isinstance(value, str)}
    return Source(**known) if known else None


def _directory(directory: Path, path: str, where: str) -> Path:
    tree = directory / path
    if tree.is_dir():
        return tree
    if tree.exists():
        raise JupyflakeError(
            "JF291",
            f"{where}: {path} is neither a directory, nor a wheel (.whl) or source distribution (.tar.gz, .zip)",
            hint="the directory with the package's pyproject.toml, or a file of these kinds",
        )
    raise _missing(directory, path, where)


def _missing(directory: Path, path: str, where: str) -> JupyflakeError:
    from jupyflake.manifest.shape import nearest  # noqa: PLC0415  (only in an error)

    target = directory / path
    there = sorted(each.name for each in target.parent.iterdir()) if target.parent.is_dir() else []
    near = nearest(target.name, there)
    parent = Path(path).parent
    hint = f'path = "{(parent / near).as_posix()}"' if near else f"put it there, or correct the path: {path}"
    return JupyflakeError("JF291", f"{where}: there is no {path} in the project", hint=hint)


def _label(path: str) -> str:
    return "the project itself" if path == "." else path
