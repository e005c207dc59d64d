"""Where packages come from that are not on the machine's own index: `[sources]`, direct references, editable ones."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jupyflake.errors import JupyflakeError
from jupyflake.manifest.model import SERVER, Source
from jupyflake.process import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyflake.manifest.model import Manifest

KINDS = ("path", "git", "url", "index")
REFERENCES = ("tag", "rev", "branch")
ARCHIVES = (".tar.gz", ".zip")
_GIT_SCHEMES = ("https", "ssh", "http", "git", "file")
_URL_SCHEMES = ("https", "http", "file")
_SCP = re.compile(r"(?:git\+|ssh://)?(?:[\w.-]+@)?[\w.-]+:(?!//)[^:\\].*")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")
_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_EXAMPLE = 'git = "https://…", path = "…", url = "https://…" or index = "…"'


@dataclass(frozen=True)
class Origin:
    """A package with its source, and the table of the manifest that says so."""

    name: str
    source: Source
    where: str

    @property
    def asked(self) -> str:
        """A digest of what is asked for, by which a later lock sees that it is still the same."""
        table = {key: value for key, value in msgspec.to_builtins(self.source).items() if value is not None}
        return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a source, and with which of its keys."""

    code: str
    message: str
    hint: str
    key: str | None = None


def origins(manifest: Manifest) -> dict[str, Origin]:
    """Give the sources of all packages by normalised name.

    Raises JF195 for a package that has two.
    """
    found: dict[str, Origin] = {}
    for name, source in manifest.sources.items():
        normalised = str(canonicalize_name(name))
        _add(found, Origin(normalised, source, f"[sources.{name}]"))
    for where, packages in _packages(manifest):
        for text in packages:
            requirement = Requirement(text)
            if requirement.url is not None:
                name = str(canonicalize_name(requirement.name))
                _add(found, Origin(name, from_url(requirement.url), where))
    return found


def add_origin(found: dict[str, Origin], origin: Origin) -> None:
    """Add a source to others; raises JF195 where the package has another one."""
    _add(found, origin)


def _add(found: dict[str, Origin], origin: Origin) -> None:
    if origin.source.path is not None:
        path = inside(origin.source.path) or origin.source.path
        origin = Origin(origin.name, msgspec.structs.replace(origin.source, path=path), origin.where)
    other = found.setdefault(origin.name, origin)
    if other.source != origin.source:
        raise JupyflakeError(
            "JF195",
            f"{origin.where}: {origin.name} has another source in {other.where}; a package has one in a project",
            hint=f"one line in [sources]: {origin.name} = {{ {shown(other.source)} }}",
        )


def _packages(manifest: Manifest) -> Iterator[tuple[str, list[str]]]:
    from jupyflake.languages import PYPI  # noqa: PLC0415  (reads the languages' files)
    from jupyflake.manifest.environments import packages_from  # noqa: PLC0415  (it imports requirements)

    yield f"[{SERVER}]", manifest.jupyter.packages
    for name, kernel in manifest.kernels.items():
        if packages_from(kernel.language, kernel.argv, kernel.packages) == PYPI:
            yield f"[kernels.{name}]", kernel.packages


def bare(text: str) -> str:
    """Give a requirement without the place that it names; others stay as they are."""
    requirement = Requirement(text)
    if requirement.url is None:
        return text
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{f'; {requirement.marker}' if requirement.marker else ''}"


def from_url(url: str) -> Source:
    """Read the address of a direct reference, as PEP 508 and pip write it."""
    if not url.startswith("git+"):
        return Source(url=url)
    parts = urlsplit(url.removeprefix("git+"))
    fragment = parse_qs(parts.fragment)
    path, at, reference = parts.path.rpartition("@")
    if not at:
        path, reference = parts.path, ""
    kind = "rev" if _COMMIT.fullmatch(reference) else "tag"
    return Source(
        git=parts._replace(path=path, fragment="").geturl(),
        subdirectory=next(iter(fragment.get("subdirectory", [])), None),
        **({kind: unquote(reference)} if reference else {}),
    )


def shown(source: Source) -> str:
    """Write a source as `[sources]` has it, without passwords."""
    table = msgspec.to_builtins(source)
    return ", ".join(f'{key} = "{redact(value)}"' for key, value in table.items() if value is not None)


def inside(path: str) -> str | None:
    """Give a path of the project in its shortest form, or nothing where it leads outside."""
    normal = posixpath.normpath(path)
    if path.startswith(("/", "~")) or "\\" in path or normal == ".." or normal.startswith("../") or not path.strip():
        return None
    return normal


def is_archive(name: str) -> bool:
    """Whether a file of this name is a wheel or a source distribution."""
    return name.endswith((".whl", *ARCHIVES))


def file_of(url: str) -> str:
    """Give the name of the file that an address has."""
    return unquote(urlsplit(url).path).rpartition("/")[2]


def wrong(source: Source) -> Wrong | None:
    """Say what is wrong with a source."""
    given = [kind for kind in KINDS if getattr(source, kind) is not None]
    if len(given) != 1:
        what = f"has {' and '.join(given)}" if given else "says nothing of where it is"
        return Wrong("JF191", f"the source {what}; expected one of {', '.join(KINDS)}", _EXAMPLE)
    kind = given[0]
    for key in (*REFERENCES, "subdirectory"):
        if getattr(source, key) is not None and kind != "git":
            return Wrong("JF191", f'the key "{key}" is for git, and this source is a {kind}', f"remove {key}", key)
    named = [key for key in REFERENCES if getattr(source, key) is not None]
    if len(named) > 1:
        message = f"{' and '.join(named)} name one commit each; one is enough"
        return Wrong("JF191", message, f"remove {named[1]}", named[1])
    checks = {"path": _wrong_path, "git": _wrong_git, "url": _wrong_url, "index": _wrong_index}
    return checks[kind](source)


def _wrong_path(source: Source) -> Wrong | None:
    path = source.path or ""
    if inside(path) is None:
        name = path.rstrip("/").rpartition("/")[2] or "package"
        folder = "wheels" if is_archive(name) else "libs"
        return Wrong(
            "JF192",
            f'"{path}" is not in the project, and Nix sees nothing else; paths are relative to jupyter.toml',
            f'copy it into the project: path = "{folder}/{name}"',
            "path",
        )
    return None


def _wrong_git(source: Source) -> Wrong | None:
    url = source.git or ""
    if "://" not in url and _SCP.fullmatch(url):
        host, _, path = url.removeprefix("git+").partition(":")
        message = f'"{url}" is ssh\'s short form, not a URL'
        return Wrong("JF191", message, f'git = "ssh://{host}/{path.lstrip("/")}"', "git")
    if url.startswith("git+"):
        message = f'"{redact(url)}": git+ is for requirements; here the key says that it is git'
        return Wrong("JF191", message, f'git = "{redact(url.removeprefix("git+"))}"', "git")
    return _wrong_address(url, "git", _GIT_SCHEMES) or _wrong_place(source)


def _wrong_place(source: Source) -> Wrong | None:
    """Say what is wrong with the place in a repository."""
    for key in REFERENCES:
        value = getattr(source, key)
        if value is not None and (not value or value.startswith("-") or _CONTROL.search(value) or ".." in value):
            return Wrong("JF191", f'"{value}" is not the name of a {key}', f'{key} = "v1.0"', key)
    if source.rev is not None and not _COMMIT.fullmatch(source.rev):
        message = f'"{source.rev}" is not the hash of a commit, of 7 to 40 digits'
        return Wrong("JF191", message, f'tag = "{source.rev}", or branch = "{source.rev}"', "rev")
    if source.subdirectory is not None and inside(source.subdirectory) is None:
        message = f'"{source.subdirectory}" leads out of the repository'
        return Wrong("JF192", message, 'subdirectory = "python"', "subdirectory")
    return None


def _wrong_url(source: Source) -> Wrong | None:
    url = source.url or ""
    problem = _wrong_address(url, "url", _URL_SCHEMES)
    if problem is not None:
        return problem
    if not is_archive(file_of(url)):
        git = ".git" in url or url.startswith("git")
        return Wrong(
            "JF191",
            f'"{redact(url)}" is not the address of a wheel (.whl) or of a source distribution (.tar.gz, .zip)',
            f'git = "{redact(url)}"' if git else 'url = "https://…/name-1.0-py3-none-any.whl"',
            "url",
        )
    return None


def _wrong_index(source: Source) -> Wrong | None:
    return None if INDEX_NAME.fullmatch(source.index or "") else wrong_index_name(source.index or "", "index")


INDEX_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def wrong_index_name(name: str, key: str | None = None) -> Wrong:
    """Say that an index can't be called so."""
    if "://" in name:
        message = f'"{redact(name)}" is an address; a source has the name of an index'
        return Wrong("JF194", message, f'index = "company", and in [indexes] company = "{redact(name)}"', key)
    return Wrong("JF194", f'the name "{name}" of an index may have letters, digits and . _ - only', '"company"', key)


def wrong_address_of_index(url: str) -> Wrong | None:
    """Say what is wrong with the address of an index."""
    return _wrong_address(url, None, _URL_SCHEMES)


def _wrong_address(url: str, key: str | None, schemes: tuple[str, ...]) -> Wrong | None:
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        return Wrong("JF191", f'"{redact(url)}" is not an address', 'an address, such as "https://…"', key)
    if parts.scheme not in schemes or _CONTROL.search(url) or not (parts.netloc or parts.scheme == "file"):
        message = f'"{redact(url)}" is not an address with one of {", ".join(schemes)}'
        return Wrong("JF191", message, 'an address, such as "https://…"', key)
    # A name alone is ssh's way to log in.
    if password is not None or (parts.username is not None and parts.scheme != "ssh"):
        return Wrong(
            "JF193",
            f'"{redact(url)}" has a login, and jupyter.toml is for all to read',
            "the address alone; logins go into ~/.netrc, UV_INDEX_<NAME>_USERNAME and _PASSWORD, or git's own store",
            key,
        )
    return None
