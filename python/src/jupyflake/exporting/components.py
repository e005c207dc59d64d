"""The parts of a lock for one system, as software bills of materials list them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from jupyflake.exporting.places import has_hash
from jupyflake.resolve.plan import BUILD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyflake.lock import Bootstrap, Deb, Lock, Wheel

_MACHINES = {
    "x86_64-linux": ("linux", "Linux", "x86_64"),
    "aarch64-linux": ("linux", "Linux", "aarch64"),
    "aarch64-darwin": ("darwin", "Darwin", "arm64"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What an artifact says about itself: its licence, and of a wheel what it requires."""

    licence: str | None = None
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """One part."""

    # Unique in the document, and the same in each that is made of the same lock.
    ref: str
    name: str
    version: str
    purl: str
    kind: str
    file: str | None = None
    sha256: str | None = None
    licence: str | None = None
    # Which environments have it; of Debian's packages only those that ask for it by name.
    environments: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    # It is used to build, and is not in what is built.
    builds: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)


def components(lock: Lock, system: str, said: Mapping[str, Said]) -> tuple[Component, ...]:
    """List the parts of a lock that a system has; `said` is what artifacts say, by SHA-256."""
    nothing = Said()
    found = [_wheel(lock, wheel, system, said) for wheel in lock.wheels if _used(wheel, system)]
    found += [_deb(deb, said.get(deb.sha256, nothing)) for deb in lock.debs if deb.system == system]
    known = {component.sha256 for component in found}
    found += [
        _bootstrap(item, said.get(item.sha256, nothing))
        for item in lock.bootstrap
        if item.system == system and item.sha256 not in known
    ]
    found += _nixpkgs(lock)
    return tuple(sorted(found, key=lambda component: component.ref))


def source_package(deb: Deb) -> str:
    """Give the name of the source package, which is the directory that the archive has the file in."""
    return deb.path.split("/")[-2]


def source_version(version: str) -> str:
    """Give the version of the source: that of the package without the number of rebuilds."""
    return re.sub(r"\+b\d+$", "", version)


def _used(wheel: Wheel, system: str) -> bool:
    return any(system in systems for systems in wheel.use.values())


def _wheel(lock: Lock, wheel: Wheel, system: str, said: Mapping[str, Said]) -> Component:
    own = said.get(wheel.sha256, Said())
    here = tuple(sorted(name for name, systems in wheel.use.items() if system in systems))
    depends = {
        _wheel_ref(other)
        for name in here
        for other in _required(lock, own.requires, name, system)
        if other is not wheel
    }
    return Component(
        ref=_wheel_ref(wheel),
        name=wheel.name,
        version=wheel.version,
        # A package of the project's own is not the one that an index has under its name.
        purl=f"pkg:{'pypi' if has_hash(wheel) else 'generic'}/{wheel.name}@{quote(wheel.version, safe='.-_')}",
        kind="wheel",
        file=wheel.file,
        sha256=wheel.sha256 if has_hash(wheel) else None,
        licence=own.licence,
        environments=here,
        depends=tuple(sorted(depends)),
        builds=all(BUILD in name for name in here),
    )


def _wheel_ref(wheel: Wheel) -> str:
    return f"wheel/{wheel.file}"


def _required(lock: Lock, requires: tuple[str, ...], environment: str, system: str) -> list[Wheel]:
    """Give the wheels of an environment that stand for what a wheel requires there, extras aside."""
    names = set()
    case = _case(lock.environments[environment].python or "3", system)
    for text in requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate(case):
            names.add(canonicalize_name(requirement.name))
    return [wheel for wheel in lock.wheels if wheel.name in names and system in wheel.use.get(environment, ())]


def _case(python: str, system: str) -> dict[str, str]:
    platform, name, machine = _MACHINES[system]
    return {
        "extra": "",
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": name,
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": platform,
    }


def _deb(deb: Deb, said: Said) -> Component:
    source = source_package(deb)
    version = quote(deb.version, safe=".-_~:")
    # The file's name says it: a package may be for all.
    architecture = deb.file.removesuffix(".deb").rpartition("_")[2]
    where = f"arch={architecture}&distro={deb.suite}&upstream={quote(source, safe='.-_~')}"
    return Component(
        ref=f"deb/{deb.suite}/{deb.name}",
        name=deb.name,
        version=deb.version,
        purl=f"pkg:deb/debian/{quote(deb.name, safe='.-_')}@{version}?{where}",
        kind="deb",
        file=deb.file,
        sha256=deb.sha256,
        licence=said.licence,
        depends=tuple(f"deb/{deb.suite}/{name}" for name in deb.depends),
        properties={"suite": deb.suite, "source": source},
    )


def _bootstrap(item: Bootstrap, said: Said) -> Component:
    version = quote(item.version, safe=".-_~:")
    purl = f"pkg:deb/debian/{item.file.split('_')[0]}@{version}" if item.archive else f"pkg:pypi/{item.name}@{version}"
    return Component(
        ref=f"build/{item.name}",
        name=item.name,
        version=item.version,
        purl=purl,
        kind="deb" if item.archive else "wheel",
        file=item.file,
        sha256=item.sha256,
        licence=said.licence,
        builds=True,
    )


def _nixpkgs(lock: Lock) -> list[Component]:
    """List what comes from nixpkgs, as far as the lock names it; what that brings in, Nix alone knows."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, environment in sorted(lock.environments.items()):
        for package, version in (environment.versions or {}).items():
            found.setdefault((package, version), []).append(name)
    revision = {"nixpkgs": lock.nixpkgs} if lock.nixpkgs else {}
    return [
        Component(
            ref=f"nixpkgs/{package}/{version}",
            name=package,
            version=version,
            purl=f"pkg:generic/{quote(package, safe='.-_')}@{quote(version, safe='.-_')}",
            kind="nixpkgs",
            environments=tuple(names),
            properties=revision,
        )
        for (package, version), names in found.items()
    ]
