"""List what an image holds: a bill of materials, and the database in which scanners look for Debian's packages.

    inventory COMPONENTS GRAPH OUTPUT

COMPONENTS (JSON) says which packages store paths hold, GRAPH (exportReferencesGraph) which store paths the image has.
The output is a directory with `sbom.cdx.json` (CycloneDX), `status` (dpkg's), and `left-out.tsv`: which directories of
packages' own tests the wheels came with, with their files and bytes, and the image hasn't got.

Sources: https://cyclonedx.org/docs/1.6/json/, https://manpages.debian.org/dpkg-query
"""

from __future__ import annotations

import json
import os
import re
import sys
import uuid
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Package(TypedDict, total=False):
    """A package; of the last three only Debian's have some."""

    path: str
    kind: str
    name: str
    version: str
    file: str
    sha256: str
    suite: str
    source: str
    depends: Sequence[str]


_SPACE = uuid.uuid5(uuid.NAMESPACE_OID, "jupyflake")
_ARCHITECTURE = re.compile(r"_([a-z0-9]+)\.deb$")
_REBUILD = re.compile(r"\+b\d+$")
_STORE_NAME = re.compile(r"[a-z0-9]{32}-(?P<name>[A-Za-z].*?)-(?P<version>\d[A-Za-z0-9.+_]*)$")
_LICENCE = re.compile(r"^License-Expression: (\S.*?)\s*$", re.MULTILINE)


def paths_of(graph: str) -> set[str]:
    """Read the store paths of the closure: of each its path, its deriver, and how many and which it refers to."""
    lines = graph.splitlines()
    found, place = set(), 0
    while place < len(lines):
        found.add(lines[place])
        place += 3 + int(lines[place + 2])
    return found


def present(packages: Iterable[Package], names: set[str], *, others: bool) -> list[Package]:
    """Choose the packages whose paths are there; with `others` also what the names of the remaining paths tell."""
    chosen = {}
    known = set()
    for package in packages:
        known.add(package["path"])
        if package["path"] in names:
            chosen[reference(package)] = package
    for name in sorted(names - known) if others else ():
        if found := _STORE_NAME.match(name):
            package = Package(path=name, kind="nix", name=found["name"], version=found["version"])
            chosen[reference(package)] = package
    return [chosen[key] for key in sorted(chosen)]


def reference(package: Package) -> str:
    """Name a package within the document."""
    if package["kind"] == "deb":
        return f"deb/{package['suite']}/{package['name']}"
    if package["kind"] == "wheel":
        return f"wheel/{package['file']}"
    return f"nix/{package['name']}/{package['version']}"


def purl(package: Package) -> str:
    """Write the package's URL, by which databases of faults know it."""
    version = quote(package["version"], safe=".-_~:")
    if package["kind"] == "wheel":
        return f"pkg:pypi/{package['name']}@{version}"
    name = quote(package["name"], safe=".-_")
    if package["kind"] == "deb":
        source = quote(package["source"], safe=".-_~")
        where = f"arch={architecture(package)}&distro={package['suite']}&upstream={source}"
        return f"pkg:deb/debian/{name}@{version}?{where}"
    return f"pkg:nix/{name}@{version}"


def architecture(package: Package) -> str:
    """Give Debian's name of the architecture, or `all`."""
    found = _ARCHITECTURE.search(package["file"])
    return found[1] if found else "all"


def licence(store: str, package: Package) -> str | None:
    """Read the licence that a wheel gives as an SPDX expression; older ways to say it aren't read."""
    place = f"{store}/{package['path']}/site-packages"
    for entry in sorted(os.listdir(place)) if package["kind"] == "wheel" and os.path.isdir(place) else ():
        if entry.endswith(".dist-info"):
            with open(f"{place}/{entry}/METADATA", encoding="utf-8", errors="replace") as metadata:
                # The headers end at the first empty line.
                found = _LICENCE.search(metadata.read().partition("\n\n")[0])
            return found[1] if found else None
    return None


def left_out(store: str, packages: Iterable[Package]) -> str:
    """List what unpacking left out: package, version, directory, files and bytes, a line each."""
    lines = ["package\tversion\tdirectory\tfiles\tbytes\n"]
    for package in packages:
        place = f"{store}/{package['path']}/nix-support/left-out"
        if os.path.exists(place):
            with open(place, encoding="utf-8", errors="surrogateescape") as file:
                lines += [f"{package['name']}\t{package['version']}\t{line}" for line in file]
    return "".join(dict.fromkeys(lines))


def bill(image: Mapping[str, str], packages: Sequence[Package], licences: Mapping[str, str]) -> dict[str, Any]:
    """Make the bill of materials: the same image has the same one, wherever and whenever it is made."""
    there = {reference(package) for package in packages}
    depends = {
        reference(package): sorted(
            {f"deb/{package['suite']}/{name}" for name in package.get("depends", ())} & there - {reference(package)}
        )
        for package in packages
    }
    needed = {other for others in depends.values() for other in others}
    components = [_component(package, licences.get(reference(package))) for package in packages]
    number = uuid.uuid5(_SPACE, json.dumps([dict(image), components], sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "jupyflake"}]},
            "component": {"type": "container", "bom-ref": "image", **image},
        },
        "components": components,
        "dependencies": [
            {"ref": "image", "dependsOn": sorted(there - needed)},
            *({"ref": name, "dependsOn": others} for name, others in depends.items()),
        ],
    }


def _component(package: Package, licence: str | None) -> dict[str, Any]:
    properties = {key: str(package[key]) for key in ("file", "kind", "source", "suite") if key in package}  # type: ignore[literal-required]
    return {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        **({"hashes": [{"alg": "SHA-256", "content": package["sha256"]}]} if "sha256" in package else {}),
        **({"licenses": [{"expression": licence}]} if licence else {}),
        "purl": purl(package),
        "properties": [{"name": f"jupyflake:{key}", "value": value} for key, value in properties.items()],
    }


def status(packages: Iterable[Package], suite: str) -> str:
    """Write dpkg's database: one suite's packages, since a scanner takes all to be of the suite in os-release."""
    return "".join(_stanza(package) for package in packages if package["kind"] == "deb" and package["suite"] == suite)


def _stanza(package: Package) -> str:
    source_version = _REBUILD.sub("", package["version"])
    source = package["source"] if source_version == package["version"] else f"{package['source']} ({source_version})"
    fields = {
        "Package": package["name"],
        "Status": "install ok installed",
        "Priority": "optional",
        "Section": "misc",
        "Maintainer": "Debian",
        "Architecture": architecture(package),
        "Source": source,
        "Version": package["version"],
        "Depends": ", ".join(package["depends"]),
        "Description": f"{package['name']}, unpacked into the Nix store",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value) + "\n"


def main(described: str, graph: str, output: str) -> None:
    """Write the three files."""
    with open(described, encoding="utf-8") as file:
        given = json.load(file)
    with open(graph, encoding="utf-8") as file:
        paths = paths_of(file.read())
    names = {os.path.basename(path) for path in paths}
    packages = present(given["components"], names, others=given["base"] == "nixpkgs")
    store = os.path.dirname(min(paths))
    licences = {reference(package): found for package in packages if (found := licence(store, package))}
    os.mkdir(output)
    with open(f"{output}/sbom.cdx.json", "w", encoding="utf-8") as file:
        json.dump(bill(given["image"], packages, licences), file, indent=1, ensure_ascii=False)
        file.write("\n")
    with open(f"{output}/left-out.tsv", "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(left_out(store, packages))
    with open(f"{output}/status", "w", encoding="utf-8") as file:
        file.write(status(packages, given["base"].removeprefix("debian/")))


if __name__ == "__main__":
    main(*sys.argv[1:])
