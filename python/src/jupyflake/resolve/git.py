"""Commits of git repositories by git itself: which one is meant, and its files.

Logins are git's own affair: its credential helpers, ssh and its agent. Nothing asks on the terminal.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, NoReturn

from jupyflake import process
from jupyflake.errors import JupyflakeError
from jupyflake.manifest.shape import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jupyflake.manifest.model import Source

_FULL = re.compile(r"[0-9a-f]{40}")
_PROTOCOLS = ("https", "ssh", "http", "git")
# What would change the files that a commit has, by the settings of a machine.
_PLAIN = (
    *("-c", "core.autocrlf=false", "-c", "core.eol=lf", "-c", "core.symlinks=true"),
    *("-c", "core.fileMode=true", "-c", "advice.detachedHead=false"),
)
_SHOWN = 5


def commit_of(source: Source, where: str) -> str:
    """Ask the repository for the commit that a source names.

    Raises JF294 where there is no such repository, tag or branch, JF295 without git.
    """
    if source.rev is not None and _FULL.fullmatch(source.rev):
        return source.rev
    refs = _references(source, where)
    if source.rev is not None:
        # The beginning of a hash: a tag or branch may be at that commit, else all of them are looked through.
        return next((commit for commit in refs.values() if commit.startswith(source.rev)), source.rev)
    wanted = source.tag or source.branch
    if wanted is None:
        return refs.get("HEAD") or _unknown(source, where, "HEAD", refs)
    tag = refs.get(f"refs/tags/{wanted}^{{}}") or refs.get(f"refs/tags/{wanted}")
    branch = refs.get(f"refs/heads/{wanted}")
    found = branch if source.branch else tag or branch
    return found or _unknown(source, where, wanted, refs)


def check_out(source: Source, commit: str, target: Path, where: str) -> str:
    """Put the files of a commit into a new directory, with those of its submodules; give the whole hash.

    The directory is still a repository. Raises JF391 where the repository no longer has the commit.
    """
    target.mkdir(parents=True)
    url = str(source.git)
    _git(source, where, "init", "--quiet", cwd=target)
    _git(source, where, "remote", "add", "origin", "--", url, cwd=target)
    one = ("fetch", "--quiet", "--depth", "1", "--no-tags", "origin")
    full = _FULL.fullmatch(commit) is not None
    if not (full and _tried(one, commit, cwd=target)):
        # Hosts may give what a name stands for only.
        _git(source, where, "fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*", cwd=target)
    if not _tried(("checkout", "--quiet", "--detach"), commit, cwd=target):
        gone = "JF391" if full else "JF294"
        raise JupyflakeError(
            gone,
            f"{where}: {process.redact(url)} has no commit {commit}",
            hint=f"jupyflake lock --upgrade-package {_package(where)}" if full else 'tag = "…", or the whole hash',
        )
    if (target / ".gitmodules").exists():
        _git(source, where, "submodule", "--quiet", "update", "--init", "--recursive", cwd=target)
    return _git(source, where, "rev-parse", "HEAD", cwd=target).strip()


def deepen(target: Path) -> None:
    """Get the history and the tags too: what takes its version from them needs both."""
    _tried(("fetch", "--quiet", "--unshallow", "--tags"), "origin", cwd=target)


def without_history(target: Path) -> None:
    """Leave only the files: what git knows of them is another on each machine."""
    for entry in (target / ".git", *target.rglob(".git")):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)


def _references(source: Source, where: str) -> dict[str, str]:
    listed = _git(source, where, "ls-remote", "--", str(source.git))
    lines = (line.split("\t", 1) for line in listed.splitlines() if "\t" in line)
    return {name: commit for commit, name in lines}


def _unknown(source: Source, where: str, wanted: str, refs: Mapping[str, str]) -> NoReturn:
    kind = "branch" if source.branch else "tag"
    prefix = "refs/heads/" if source.branch else "refs/tags/"
    names = [name.removeprefix(prefix) for name in refs if name.startswith(prefix) and not name.endswith("^{}")]
    near = nearest(wanted, names) or (names[-1] if names else None)
    listed = ", ".join(names[-_SHOWN:])
    there = f"the last ones are {listed}" if len(names) > _SHOWN else f"there are {listed}" if names else "it has none"
    raise JupyflakeError(
        "JF294",
        f'{where}: {process.redact(str(source.git))} has no {kind} "{wanted}"; {there}',
        hint=f'{kind} = "{near}"' if near else "leave it out: the default branch then counts",
    )


def _tried(command: Iterable[str], last: str, *, cwd: Path) -> bool:
    completed = process.run(["git", *_PLAIN, *command, last], cwd=cwd, env=_environment(local=True), check=False)
    return completed.returncode == 0


def _git(source: Source, where: str, *words: str, cwd: Path | None = None) -> str:
    if shutil.which("git") is None:
        raise JupyflakeError("JF295", f"{where}: the package is in a git repository, and there is no git", hint="git")
    local = str(source.git).startswith("file:")
    completed = process.run(["git", *_PLAIN, *words], cwd=cwd, env=_environment(local=local), check=False)
    if completed.returncode == 0:
        return completed.stdout
    raise _failed(source, where, completed.stderr)


def _failed(source: Source, where: str, said: str) -> JupyflakeError:
    url = process.redact(str(source.git))
    lines = [line.strip() for line in process.redact(said).splitlines() if line.strip()]
    fatal = next((line for line in lines if line.startswith("fatal:")), lines[-1] if lines else "it says nothing")
    reason = re.sub(r"^(fatal|error): ", "", fatal)[:200]
    login = re.search(r"terminal prompts disabled|Authentication failed|Permission denied|403|401", said)
    if login:
        return JupyflakeError(
            "JF294",
            f"{where}: {url} does not let this machine in: {reason}",
            hint=f"log in with git: `git ls-remote {url}` must work without a question",
        )
    if re.search(r"not found|does not (?:appear|exist)|No such", said):
        return JupyflakeError(
            "JF294", f"{where}: there is no repository at {url}: {reason}", hint="correct the address"
        )
    return JupyflakeError(
        "JF294", f"{where}: git cannot read {url}: {reason}", hint="check the address and the network"
    )


def _package(where: str) -> str:
    return where.strip("[]").removeprefix("sources.") if where.startswith("[sources.") else "NAME"


def _environment(*, local: bool) -> dict[str, str]:
    variables = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_REPOSITORY}
    variables |= {"GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C"}
    variables["GIT_ALLOW_PROTOCOL"] = ":".join((*_PROTOCOLS, *(["file"] if local else [])))
    variables.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
    return variables


# Set where jupyflake runs in a hook of git.
_OF_ANOTHER_REPOSITORY = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"})
