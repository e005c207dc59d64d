"""Git sources: the files of a commit, kept in the cache until they are in the store."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyflake import store
from jupyflake.cache import cache_directory
from jupyflake.errors import JupyflakeError
from jupyflake.manifest.sources import shown
from jupyflake.resolve import git, trees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyflake.manifest.sources import Origin


class Got(NamedTuple):
    """A commit: what its package says, and the hash of its files."""

    commit: str
    nar: str
    tree: trees.Tree
    own_sources: Mapping[str, Mapping[str, Any]]


def get(origin: Origin, commit: str | None) -> Got:
    """Get a commit (that which the source names, if none is given) and read its package.

    Raises JF294 for what the repository does not have, JF292 for a package that cannot be read.
    """
    commit = commit or git.commit_of(origin.source, origin.where)
    known = _said(origin, commit)
    if known.is_file() and (answer := _read(known)):
        return answer
    with tempfile.TemporaryDirectory(dir=cache_directory("git")) as directory:
        tree = Path(directory) / "tree"
        commit = git.check_out(origin.source, commit, tree, origin.where)
        package = tree / (origin.source.subdirectory or ".")
        if not package.is_dir():
            raise JupyflakeError(
                "JF291",
                f"{origin.where}: there is no directory {origin.source.subdirectory} in commit {commit[:12]}",
                hint="subdirectory is that of pyproject.toml in the repository",
            )
        label = shown(origin.source)
        data = trees.pyproject(package, origin.where, label)
        if not trees.is_static(data):
            git.deepen(tree)
        read = trees.read(package, origin.where, label)
        git.without_history(tree)
        got = Got(commit, store.nar_of(tree), read, trees.own_sources(data))
        _keep(tree, origin.name, commit)
    known = _said(origin, commit)
    known.write_text(json.dumps(got._asdict() | {"tree": got.tree.__dict__}), encoding="utf-8")
    return got


def files(origin: Origin, commit: str, nar: str) -> Path:
    """Get the files of a locked commit, verified.

    Raises JF391 where the repository no longer has the commit, JF392 where its files are others.
    """
    kept = _kept(origin.name, commit)
    if kept.is_dir() and store.nar_of(kept) == nar:
        return kept
    with tempfile.TemporaryDirectory(dir=cache_directory("git")) as directory:
        tree = Path(directory) / "tree"
        git.check_out(origin.source, commit, tree, origin.where)
        git.without_history(tree)
        found = store.nar_of(tree)
        if found != nar:
            raise JupyflakeError(
                "JF392",
                f"{origin.name}: git gives other files for commit {commit[:12]} than were locked",
                hint=f"jupyflake lock --upgrade-package {origin.name}",
            )
        return _keep(tree, origin.name, commit)


def file_of(name: str, commit: str) -> str:
    """Give the name that the files of a commit have in the store."""
    return f"{name}-{commit[:12]}"


def _kept(name: str, commit: str) -> Path:
    return cache_directory("git") / commit / store.store_name(file_of(name, commit))


def _keep(tree: Path, name: str, commit: str) -> Path:
    target = _kept(name, commit)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    return tree.rename(target)


def _said(origin: Origin, commit: str) -> Path:
    return cache_directory("git") / commit / f"{origin.name}-{origin.asked[:12]}.json"


def _read(path: Path) -> Got | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        tree = data["tree"]
        read = trees.Tree(tree["name"], tree["version"], tree["metadata"], tuple(tree["build_requires"]))
        return Got(data["commit"], data["nar"], read, data["own_sources"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
