"""The text of a new project's manifest: from options, from a template, or from the notebooks that are there."""

from __future__ import annotations

import contextlib
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from jupyflake.errors import JupyflakeError
from jupyflake.manifest import edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# Name → directory below templates/.
TEMPLATES = {"minimal": "default", "multi-kernel": "multi-kernel", "r": "r", "image": "image", "hub": "hub"}
# What notebooks are searched for in: no more of them than people keep in one project.
_MANY = 500
_LANGUAGES = {"python": "python", "r": "r", "R": "r"}

Kernels = dict[str, dict[str, Any]]


def project_name(directory: Path) -> str:
    """Make a legal name of a directory's: letters lose their accents, `naïve` is `naive`."""
    plain = unicodedata.normalize("NFKD", directory.name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._") or "notebooks"


def kernels(wanted: Iterable[str]) -> Kernels:
    """Make kernels of words such as `python`, `python@3.11` and `r`."""
    found: Kernels = {}
    for word in wanted:
        language, _, version = word.partition("@")
        name = f"py{version.replace('.', '')}" if version and language == "python" else language
        # Jupyter takes the name "python" for "python3".
        name = "python3" if name == "python" else name
        if name in found:
            raise JupyflakeError(
                "JF121",
                f"the kernel {word} is given twice",
                hint="jupyflake init, then jupyflake kernel add with another name",
            )
        found[name] = {"language": language, **({"python": version} if version else {})}
    return found


def kernels_of_notebooks(directory: Path) -> tuple[Kernels, int]:
    """Make the kernels that a directory's notebooks were saved with, under the same names; and count the notebooks."""
    from jupyflake.manifest import rules  # noqa: PLC0415  (few new projects have notebooks)

    found: Kernels = {}
    count = 0
    for metadata in _notebooks(directory):
        count += 1
        spec = metadata.get("kernelspec") or {}
        info = metadata.get("language_info") or {}
        language = _LANGUAGES.get(spec.get("language") or info.get("name") or "")
        if language is None:
            continue
        name = str(spec.get("name") or language).lower()
        if rules.kernel_name_problem(name) is not None:
            name = "python3" if language == "python" else language
        found.setdefault(name, {"language": language})
    return found, count


def _notebooks(directory: Path) -> Iterator[dict[str, Any]]:
    count = 0
    for path in sorted(directory.rglob("*.ipynb")):
        if count == _MANY:
            return
        if any(part.startswith(".") for part in path.relative_to(directory).parts):
            continue
        with contextlib.suppress(OSError, ValueError, AttributeError):
            metadata = json.loads(path.read_text(encoding="utf-8")).get("metadata")
            if isinstance(metadata, dict):
                count += 1
                yield metadata


def manifest(name: str, base: str, system: str, wanted: Kernels) -> str:
    """Write a manifest with these kernels."""
    import tomlkit  # noqa: PLC0415  (help needs none of it)

    document = tomlkit.document()
    document["project"] = {"name": name, "base": base, "systems": [system]}
    document["jupyter"] = {"packages": ["jupyterlab"]}
    text = tomlkit.dumps(document)
    for kernel, keys in wanted.items():
        table = tomlkit.document()
        table["kernels"] = {kernel: {**keys, "packages": []}}
        text += "\n" + tomlkit.dumps(table)
    return text


def from_template(template: Path, name: str, base: str, system: str) -> dict[str, str]:
    """Give the files of a template but its flake, with the project's own name, base and system."""
    files = {
        path.name: path.read_text(encoding="utf-8") for path in sorted(template.iterdir()) if path.name != "flake.nix"
    }
    text = files["jupyter.toml"]
    old = re.search(r'^name = "([^"]+)"', text, re.MULTILINE)
    before = old[1] if old else ""
    # An image's name has small letters only.
    image = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "notebooks"
    text = edit.set_value(text, ("project", "name"), name)
    text = edit.set_value(text, ("project", "base"), base)
    text = edit.append(text, ("project", "systems"), system)
    with contextlib.suppress(KeyError):
        text = edit.set_value(text, ("image", "name"), image)
    others = {file: other.replace(before, image) for file, other in files.items() if before}
    return {**others, "jupyter.toml": text}
