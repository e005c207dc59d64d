"""A software bill of materials in SPDX 2.3, as JSON.

Source: https://spdx.github.io/spdx-spec/v2.3/
"""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from jupyflake import __version__
from jupyflake.exporting import licences
from jupyflake.exporting.cyclonedx import SPACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyflake.exporting.components import Component

_NONE = "NOASSERTION"
_ROOT = "SPDXRef-project"


def document(name: str, digest: str, system: str, parts: Sequence[Component]) -> str:
    """Write the document; the time in it, which the format demands, is always the beginning of Unix time."""
    named = sorted({ref for part in parts for ref in licences.references(part.licence or "")})
    needed = {ref for part in parts for ref in part.depends}
    relations = [_relation("SPDXRef-DOCUMENT", "DESCRIBES", _ROOT)]
    for part in parts:
        own = _id(part.ref)
        if part.builds:
            relations.append(_relation(own, "BUILD_TOOL_OF", _ROOT))
        elif part.ref not in needed:
            relations.append(_relation(_ROOT, "DEPENDS_ON", own))
        relations += [_relation(own, "DEPENDS_ON", _id(ref)) for ref in part.depends]
    data = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"{name} for {system}",
        "documentNamespace": f"urn:uuid:{uuid.uuid5(SPACE, f'spdx {digest} {system}')}",
        "creationInfo": {"created": "1970-01-01T00:00:00Z", "creators": [f"Tool: jupyflake-{__version__}"]},
        "packages": [
            {
                "SPDXID": _ROOT,
                "name": name,
                "downloadLocation": _NONE,
                "filesAnalyzed": False,
                "primaryPackagePurpose": "APPLICATION",
            },
            *map(_package, parts),
        ],
        "relationships": relations,
        "hasExtractedLicensingInfos": [
            {"licenseId": ref, "name": ref.removeprefix("LicenseRef-"), "extractedText": f"see the package: {ref}"}
            for ref in named
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _package(part: Component) -> dict[str, Any]:
    comment = f"in {', '.join(part.environments)}" if part.environments else None
    return {
        "SPDXID": _id(part.ref),
        "name": part.name,
        "versionInfo": part.version,
        **({"packageFileName": part.file} if part.file else {}),
        "downloadLocation": _NONE,
        "filesAnalyzed": False,
        **({"checksums": [{"algorithm": "SHA256", "checksumValue": part.sha256}]} if part.sha256 else {}),
        "licenseConcluded": _NONE,
        "licenseDeclared": part.licence or _NONE,
        "copyrightText": _NONE,
        **({"comment": comment} if comment else {}),
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": part.purl}
        ],
        "primaryPackagePurpose": "LIBRARY",
    }


def _relation(one: str, kind: str, other: str) -> dict[str, str]:
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def _id(ref: str) -> str:
    # Only letters, digits, "." and "-" are allowed; the number keeps apart what else would be the same.
    short = uuid.uuid5(SPACE, ref).hex[:8]
    return f"SPDXRef-{re.sub(r'[^A-Za-z0-9.-]+', '-', ref)}-{short}"
