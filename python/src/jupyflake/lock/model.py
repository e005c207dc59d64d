"""The values in jupyter.lock; a lock may come from anywhere, so every text in it has a form."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

FORMAT = 1

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Size = Annotated[int, Meta(ge=0)]
# One component of a path, and a relative path that stays inside its root.
FileName = Annotated[str, Meta(pattern=r"^(?!\.{1,2}$)[^/\\\x00-\x1f]+$")]
Path = Annotated[str, Meta(pattern=r"^(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f]+(?:/(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f]+)*$")]
# The project itself, or a directory in it.
Directory = Annotated[
    str, Meta(pattern=r"^(?:\.|(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f]+(?:/(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f]+)*)$")
]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9+._-]*$")]
Version = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+:~!_-]*$")]
PackageVersion = Annotated[str, Meta(pattern=r"^[\x20-\x7e]*$")]
Revision = Annotated[str, Meta(pattern=r"^[0-9a-f]{40}$")]
System = Annotated[str, Meta(pattern=r"^[a-z0-9_]+-[a-z0-9]+$")]
Suite = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
Archive = Annotated[str, Meta(pattern=r"^debian(-security)?$")]


class FileSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="file"):
    """A wheel or source distribution in the project."""

    path: Path


class DirectorySource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="directory"):
    """A package's directory in the project; the line's hash is of what its lock depends on, not of all files."""

    path: Directory


class GitSource(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="kind", tag="git"
):
    """A commit of a repository; the line's hash is of the Nix archive of its files."""

    commit: Revision
    subdirectory: Path | None = None
    # A digest of what the manifest asks for: while it stays, the commit does.
    asked: Sha256


class UrlSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="url"):
    """A file at the address that the manifest has."""

    asked: Sha256


class IndexSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="index"):
    """A file of an index that has this name in the manifest, or in uv's settings."""

    name: Name


Source = FileSource | DirectorySource | GitSource | UrlSource | IndexSource


def shown(source: Source) -> str:
    """Say in a few words where a package is from, as far as the lock knows."""
    if isinstance(source, FileSource | DirectorySource):
        return "the project itself" if source.path == "." else source.path
    if isinstance(source, GitSource):
        return f"git {source.commit[:12]}"
    return f"index {source.name}" if isinstance(source, IndexSource) else "an address"


class Environment(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one kernel, the server, the shell or the image is built from."""

    base: str
    language: str | None = None
    python: str | None = None
    packages: tuple[Name, ...] | None = None
    tools: tuple[Name, ...] | None = None
    # What is there only while packages of it are built from source.
    build_tools: tuple[Name, ...] | None = field(default=None, name="build-tools")
    # On nixpkgs, what the pinned revision has of all that is named above; Nix needs none of it.
    versions: dict[Name, PackageVersion] | None = None

    @property
    def suite(self) -> str:
        """The Debian suite: what stands behind the slash of the base."""
        return self.base.partition("/")[2]


class Bootstrap(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A static executable that everything is built with: one member of a deb or of a wheel."""

    name: Name
    version: Version
    system: System
    suite: Suite | None = None
    file: FileName
    archive: Archive | None = None
    path: Path | None = None
    size: Size
    sha256: Sha256
    member: Path
    nar: Sha256


class Wheel(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A wheel, and which environments take it on which systems."""

    name: Name
    version: Version
    file: FileName
    path: Path | None = None
    size: Size
    sha256: Sha256
    # Where it is from, if not from the machine's own index.
    source: Source | None = None
    # Which change of the lock brought it: images put what came later on top, and engines keep what is below.
    since: Annotated[int, Meta(ge=0)] = 0
    use: dict[Name, tuple[System, ...]]


class Deb(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Debian package of one suite and system."""

    suite: Suite
    system: System
    name: Name
    version: Version
    archive: Archive
    path: Path
    size: Size
    sha256: Sha256
    depends: tuple[Name, ...]

    @property
    def file(self) -> str:
        """The name of the file in the archive."""
        return self.path.rpartition("/")[2]


class Lock(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of jupyter.lock."""

    version: int = FORMAT
    manifest: Sha256
    systems: tuple[System, ...]
    # In the manifest's order, which Nix' sorted tables lose: the first is the server's default.
    kernels: tuple[Name, ...] = ()
    # The revision that versions are of.
    nixpkgs: Revision | None = None
    environments: dict[Name, Environment]
    bootstrap: tuple[Bootstrap, ...] = ()
    wheels: tuple[Wheel, ...] = ()
    debs: tuple[Deb, ...] = ()
