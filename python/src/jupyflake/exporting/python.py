"""A Python environment of the lock as a requirements file and as a pylock.toml (PEP 751)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from jupyflake.errors import JupyflakeError
from jupyflake.exporting import places
from jupyflake.manifest.model import SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyflake.lock import Lock, Wheel
    from jupyflake.manifest.sources import Origin

# The sources of a manifest that names none.
NOWHERE: Mapping[str, Origin] = MappingProxyType({})
MARKERS = {
    "x86_64-linux": 'sys_platform == "linux" and platform_machine == "x86_64"',
    "aarch64-linux": 'sys_platform == "linux" and platform_machine == "aarch64"',
    "aarch64-darwin": 'sys_platform == "darwin" and platform_machine == "arm64"',
}


def environment(lock: Lock, name: str) -> str:
    """Give the Python of an environment.

    Raises JF122 where there is none of this name, JF153 where it is of another language.
    """
    found = lock.environments.get(name)
    if found is None or (found.language is None):
        known = ", ".join(each for each, value in lock.environments.items() if value.language and each != SERVER)
        raise JupyflakeError(
            "JF122", f'jupyter.lock has no kernel "{name}"; it has {known}', hint="jupyflake kernel list"
        )
    if found.python is None:
        raise JupyflakeError(
            "JF153",
            f"the kernel \"{name}\" is of language {found.language}: its packages are the base's, not Python's",
            hint="jupyflake export environment, or cyclonedx",
        )
    return found.python


def wheels(lock: Lock, name: str) -> dict[tuple[str, str], list[Wheel]]:
    """Give the wheels of an environment by package and version."""
    found: dict[tuple[str, str], list[Wheel]] = {}
    for wheel in sorted(lock.wheels, key=lambda each: (each.name, each.version, each.file)):
        if name in wheel.use:
            found.setdefault((wheel.name, wheel.version), []).append(wheel)
    return found


def marker(lock: Lock, name: str, files: Iterable[Wheel]) -> str | None:
    """Give the marker of the systems that take one of these files, or nothing where all do."""
    systems = {system for wheel in files for system in wheel.use[name]}
    if systems == set(lock.systems):
        return None
    cases = [MARKERS[system] for system in lock.systems if system in systems]
    return " or ".join(f"({case})" if len(cases) > 1 else case for case in cases)


def requirements(lock: Lock, name: str, origins: Mapping[str, Origin] = NOWHERE, *, hashes: bool = True) -> str:
    """Write a requirements file with exact versions, and the hashes of the files that the lock names.

    pip takes hashes for all or for none; of directories and repositories there are none.
    """
    python = environment(lock, name)
    what = "the server" if name == SERVER else f"the kernel {name}"
    lines = [f"# Made from jupyter.lock by jupyflake export: {what}, Python {python}"]
    listed = wheels(lock, name)
    if hashes and not all(places.has_hash(wheel) for files in listed.values() for wheel in files):
        hashes = False
        lines.append("# Without hashes: directories and repositories have none")
    for files in listed.values():
        case = marker(lock, name, files)
        line = places.requirement(files[0], origins) + (f" ; {case}" if case else "")
        sums = [f"    --hash=sha256:{digest}" for digest in sorted({wheel.sha256 for wheel in files})] if hashes else []
        lines.append(" \\\n".join([line, *sums]))
    return "\n".join(lines) + "\n"


def pylock(
    lock: Lock, name: str, origins: Mapping[str, Origin] = NOWHERE, *, url: str | None = None, directory: str = "wheels"
) -> str:
    """Write a pylock.toml: files lie in `directory` beside it, or at `url` as the package index's file host has them.

    Raises JF155 where a file has no place of its own on such a host.
    """
    import tomlkit  # noqa: PLC0415  (one of several formats)

    python = environment(lock, name)
    document = tomlkit.document()
    document["lock-version"] = "1.0"
    environments = tomlkit.array()
    environments.extend(MARKERS[system] for system in lock.systems)
    document["environments"] = environments.multiline(multiline=True)
    document["requires-python"] = f"=={python}.*"
    document["created-by"] = "jupyflake"
    packages = tomlkit.aot()
    for (package, version), files in wheels(lock, name).items():
        table = tomlkit.table()
        table["name"] = package
        table["version"] = version
        case = marker(lock, name, files)
        if case:
            table["marker"] = case
        place = places.table(files[0], origins)
        if place is not None:
            table.update(place)
            packages.append(table)
            continue
        array = tomlkit.array()
        for wheel in files:
            item = tomlkit.inline_table()
            item["name"] = wheel.file
            if url is None:
                item["path"] = f"{directory}/{wheel.file}"
            else:
                item["url"] = _address(wheel, url)
            item["size"] = wheel.size
            sums = tomlkit.inline_table()
            sums["sha256"] = wheel.sha256
            item["hashes"] = sums
            array.append(item)
        table["wheels"] = array.multiline(multiline=True)
        packages.append(table)
    document["packages"] = packages
    return tomlkit.dumps(document)


def _address(wheel: Wheel, url: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415  (one use)

    if wheel.path is None:
        raise JupyflakeError(
            "JF155",
            f"{wheel.file} comes from an index that does not lay its files out by hash, so its address is not known",
            hint="without --url: --wheels puts the files beside the pylock.toml",
        )
    return f"{url.rstrip('/')}/{quote(wheel.path)}"
