"""Which environments a manifest makes, each with its base and its Python decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.flake import DEBIAN, NIXPKGS, NIXPKGS_PYTHONS
from jupyflake.languages import PYPI, languages, takes_python
from jupyflake.manifest.model import IMAGE, SERVER, SHELL, Manifest
from jupyflake.manifest.requirements import python_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


# The package that has jupyterhub-singleuser, which a hub starts in the image.
HUB = "jupyterhub"


@dataclass(frozen=True, slots=True)
class Environment:
    """A kernel, the server, or the tools of the shell or the image."""

    base: str
    language: str | None = None
    python: str | None = None
    packages: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    sdists: tuple[str, ...] = ()
    build_requires: tuple[str, ...] = ()
    build_tools: tuple[str, ...] = ()
    # What its language's kernel is made of: PyPI packages, and packages of the base.
    kernel_packages: tuple[str, ...] = ()
    kernel_without: tuple[str, ...] = ()
    kernel_tools: tuple[str, ...] = ()
    packages_from: str | None = None
    # Directories of the project.
    editable: tuple[str, ...] = ()


def environments(manifest: Manifest, suites: Mapping[str, str]) -> dict[str, Environment]:
    """Give all environments by name: the server first, then the kernels as they are written."""
    project = manifest.project.base
    server = manifest.jupyter
    base, python = choose(server.python, None, project, suites)
    found = {
        SERVER: Environment(
            base,
            "python",
            python,
            _server_packages(manifest),
            tuple(server.constraints),
            tuple(server.tools),
            tuple(server.sdists),
            tuple(server.build_requires),
            tuple(server.build_tools),
        ),
    }
    for name, kernel in manifest.kernels.items():
        base, python = choose(kernel.python, kernel.base, project, suites)
        origin = packages_from(kernel.language, kernel.argv, kernel.packages)
        language = None if kernel.argv else languages().get(kernel.language)
        found[name] = Environment(
            base,
            kernel.language,
            python if origin == PYPI else None,
            tuple(kernel.packages),
            tuple(kernel.constraints),
            tuple(kernel.tools),
            tuple(kernel.sdists),
            tuple(kernel.build_requires),
            tuple(kernel.build_tools),
            language.packages if language else (),
            language.without if language else (),
            (language.tools_on(base) or ()) if language else (),
            origin,
            tuple(kernel.editable),
        )
    for name, tools in ((SHELL, manifest.shell.tools), (IMAGE, manifest.image.tools)):
        if tools:
            found[name] = Environment(project, tools=tuple(tools))
    return found


def packages_from(language: str, argv: Sequence[str] | None, packages: Sequence[str]) -> str | None:
    """Say where a kernel's packages are from; a kernel of one's own has a Python if it asks for one."""
    if argv is not None:
        return PYPI if packages or takes_python(argv) else None
    known = languages().get(language)
    return known.packages_from if known else None


def _server_packages(manifest: Manifest) -> tuple[str, ...]:
    """Give the server's requirements; a hub's image has jupyterhub, of the manifest's version where it names one."""
    packages = tuple(manifest.jupyter.packages)
    if not manifest.image.hub or HUB in {python_name(package) for package in packages}:
        return packages
    return (*packages, HUB)


def choose(
    python: str | None,
    base: str | None,
    project: str,
    suites: Mapping[str, str],
) -> tuple[str, str]:
    """Give the base and the Python of an environment that names neither, one or both."""
    own = base or project
    if own == NIXPKGS:
        return own, _of_nixpkgs(python)
    offered = suites[own.removeprefix(DEBIAN)]
    if python is None or python == offered:
        return own, offered
    others = [DEBIAN + suite for suite, version in suites.items() if version == python]
    listed = ", ".join(f"{version} ({suite})" for suite, version in suites.items())
    if not others:
        elsewhere = f', or base = "{NIXPKGS}", which has {python}' if python in NIXPKGS_PYTHONS else ""
        raise JupyflakeError(
            "JF110",
            f"Python {python} is in no Debian suite; there are {listed}",
            hint=f'python = "{offered}", which {own} has{elsewhere}',
        )
    if base is not None:
        raise JupyflakeError(
            "JF110",
            f"{base} has Python {offered}, not {python}",
            hint=f'base = "{others[0]}", or leave `base` out: `python` chooses the suite',
        )
    return others[0], python


def _of_nixpkgs(python: str | None) -> str:
    if python is None:
        return NIXPKGS_PYTHONS[0]
    if python not in NIXPKGS_PYTHONS:
        raise JupyflakeError(
            "JF110",
            f"nixpkgs has no Python {python}; there are {', '.join(sorted(NIXPKGS_PYTHONS, key=_minor))}",
            hint=f'python = "{NIXPKGS_PYTHONS[0]}"',
        )
    return python


def _minor(version: str) -> int:
    return int(version.partition(".")[2])
