"""Licences as SPDX expressions, from what wheels and Debian packages say themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

if TYPE_CHECKING:
    from collections.abc import Iterable

# How Debian's copyright files and PyPI's classifiers call what SPDX calls otherwise, in lower case.
_SPDX = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "artistic": "Artistic-1.0-Perl",
    "artistic or gpl-1+": "Artistic-1.0-Perl OR GPL-1.0-or-later",
    "bsd": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd-2": "BSD-2-Clause",
    "bsd-3": "BSD-3-Clause",
    "bsd-3-clauses": "BSD-3-Clause",
    "boost software license 1.0 (bsl-1.0)": "BSL-1.0",
    "boost-1.0": "BSL-1.0",
    "cc0": "CC0-1.0",
    "expat": "MIT",
    "gnu general public license v2 or later (gplv2+)": "GPL-2.0-or-later",
    "gnu general public license v3 (gplv3)": "GPL-3.0-only",
    "gnu general public license v3 or later (gplv3+)": "GPL-3.0-or-later",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.0-or-later",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "gnu lesser general public license v3 or later (lgplv3+)": "LGPL-3.0-or-later",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "modified bsd": "BSD-3-Clause",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "new bsd": "BSD-3-Clause",
    "new bsd license": "BSD-3-Clause",
    "psf": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "zpl-2.1": "ZPL-2.1",
}
_GNU = re.compile(r"(a?gpl|lgpl|gfdl)-?v?(\d(?:\.\d)?)(\+)?", re.IGNORECASE)
_LONGEST = 80


def expression(texts: Iterable[str]) -> str | None:
    """Join what a package says into one SPDX expression; a name that SPDX has not becomes a LicenseRef."""
    parts = sorted({part for text in texts if (part := _one(text))})
    if not parts:
        return None
    if len(parts) > 1:
        parts = [f"({part})" if " OR " in part else part for part in parts]
    return " AND ".join(parts)


def _one(text: str) -> str | None:
    plain = " ".join(text.split()).strip(" .,")
    if not plain or plain.lower() in {"unknown", "other/proprietary license", "osi approved"}:
        return None
    if plain.lower() in _SPDX:
        return _SPDX[plain.lower()]
    words = re.split(r"\s+(and|or)\s+|\s*,\s*", plain, flags=re.IGNORECASE)
    joined = " ".join(_word(word) for word in words)
    for candidate in (plain, joined):
        try:
            return str(canonicalize_license_expression(candidate))
        except InvalidLicenseExpression:
            continue
    return reference(plain)


def _word(word: str | None) -> str:
    # A comma is neither "and" nor "or"; the stricter reading is the safe one.
    operator = (word or "and").upper()
    return operator if operator in {"AND", "OR"} else _name(str(word))


def _name(word: str) -> str:
    known = _SPDX.get(word.lower())
    if known:
        return known
    gnu = _GNU.fullmatch(word)
    if gnu:
        version = gnu[2] if "." in gnu[2] else f"{gnu[2]}.0"
        return f"{gnu[1].upper()}-{version}-{'or-later' if gnu[3] else 'only'}"
    return word


def reference(text: str) -> str:
    """Make SPDX's name of a licence that is not in its list."""
    slug = re.sub(r"[^A-Za-z0-9.-]+", "-", text.replace("+", "-or-later")).strip("-.")[:_LONGEST].strip("-.")
    return f"LicenseRef-{slug or 'unnamed'}"


def references(text: str) -> list[str]:
    """Give the names in an expression that are not in SPDX' list."""
    return re.findall(r"LicenseRef-[A-Za-z0-9.-]+", text)


def of_metadata(text: str) -> str | None:
    """Read the licence from a wheel's METADATA: the expression, else the field, else the classifiers."""
    head = text.replace("\r\n", "\n").split("\n\n", 1)[0]
    # Lines that go on are indented.
    fields = re.findall(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t]+.*)*)", head, re.MULTILINE)
    values: dict[str, list[str]] = {}
    for key, value in fields:
        values.setdefault(key.lower(), []).append(value)
    if "license-expression" in values:
        return expression(values["license-expression"])
    classifiers = [
        value.rpartition(" :: ")[2] for value in values.get("classifier", []) if value.startswith("License :: ")
    ]
    short = [value for value in values.get("license", []) if len(value) <= _LONGEST and "\n" not in value]
    # The field is free text: the classifiers have a list, so what SPDX does not know of it comes last.
    for texts in (short, classifiers, short):
        found = expression(texts)
        if found and not (texts is short and references(found) and classifiers):
            return found
    return None


def of_copyright(text: str) -> str | None:
    """Read the licences from a Debian package's copyright file, in DEP-5's form or by the texts that it names."""
    if re.match(r"Format:|Format-Specification:", text.lstrip()):
        paragraphs = re.split(r"\n[ \t]*\n", text)
        named = [
            match[1]
            for paragraph in paragraphs
            if re.search(r"^Files:", paragraph, re.MULTILINE)
            and (match := re.search(r"^License:[ \t]*(.*)$", paragraph, re.MULTILINE))
        ]
        found = expression(named)
        if found:
            return found
    return expression(
        f"{name.rstrip('.,;')}" for name in re.findall(r"/usr/share/common-licenses/([A-Za-z0-9.-]+)", text)
    )
