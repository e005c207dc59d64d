"""A software bill of materials in CycloneDX 1.6, as JSON.

Source: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from jupyflake import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyflake.exporting.components import Component

# The root of names that are made from a lock's digest.
SPACE = uuid.uuid5(uuid.NAMESPACE_OID, "jupyflake")


def document(name: str, digest: str, system: str, parts: Sequence[Component]) -> str:
    """Write the document; `digest` is that of what it is made from, so that the same parts have the same number."""
    needed = {ref for part in parts for ref in part.depends}
    data = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(SPACE, f'cyclonedx {digest} {system}')}",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "jupyflake", "version": __version__}]},
            "component": {"type": "application", "bom-ref": "project", "name": name},
            "properties": [{"name": "jupyflake:system", "value": system}],
        },
        "components": [_component(part) for part in parts],
        "dependencies": [
            {
                "ref": "project",
                "dependsOn": [part.ref for part in parts if part.ref not in needed and not part.builds],
            },
            *({"ref": part.ref, "dependsOn": list(part.depends)} for part in parts),
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _component(part: Component) -> dict[str, Any]:
    properties = {"kind": part.kind, **part.properties}
    if part.environments:
        properties["environments"] = " ".join(part.environments)
    if part.file:
        properties["file"] = part.file
    return {
        "type": "library",
        "bom-ref": part.ref,
        "name": part.name,
        "version": part.version,
        **({"scope": "excluded"} if part.builds else {}),
        **({"hashes": [{"alg": "SHA-256", "content": part.sha256}]} if part.sha256 else {}),
        **({"licenses": [{"expression": part.licence}]} if part.licence else {}),
        "purl": part.purl,
        "properties": [{"name": f"jupyflake:{key}", "value": value} for key, value in sorted(properties.items())],
    }
