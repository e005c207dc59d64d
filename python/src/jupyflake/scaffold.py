"""The files of a new project: from options, from a template, or from the notebooks that are there."""

from __future__ import annotations

import contextlib
import json
import platform
import re
import shutil
import unicodedata
from typing import TYPE_CHECKING, Any

from jupyflake.errors import JupyflakeError
from jupyflake.flake import NIXPKGS
from jupyflake.languages import by_alias
from jupyflake.manifest import edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

# Name → directory below templates/.
TEMPLATES = {"minimal": "default", "multi-kernel": "multi-kernel", "r": "r", "image": "image", "hub": "hub"}
# What notebooks are searched for in: no more of them than people keep in one project.
_MANY = 500
_INPUT = re.compile(r'inputs\.jupyflake\.url = "[^"]*"')
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")
_DESCRIPTION = re.compile(r'(?<=description = ")[^"]*')
_IGNORED = (".jupyter/", "result*")
_MACHINES = {"x86_64": "x86_64-linux", "amd64": "x86_64-linux", "aarch64": "aarch64-linux", "arm64": "aarch64-linux"}

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
    from jupyflake.flake import bases  # noqa: PLC0415  (few new projects have notebooks)
    from jupyflake.languages import languages  # noqa: PLC0415
    from jupyflake.manifest import rules  # noqa: PLC0415

    found: Kernels = {}
    count = 0
    for metadata in _notebooks(directory):
        count += 1
        spec = metadata.get("kernelspec") or {}
        info = metadata.get("language_info") or {}
        language = by_alias(str(spec.get("language") or info.get("name") or ""))
        if language is None or languages()[language].bases() != bases():
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


def manifest(name: str, base: str, systems: list[str], wanted: Kernels) -> str:
    """Write a manifest with these kernels."""
    import tomlkit  # noqa: PLC0415  (help needs none of it)

    document = tomlkit.document()
    document["project"] = {"name": name, "base": base, "systems": systems}
    document["jupyter"] = {"packages": ["jupyterlab"]}
    text = tomlkit.dumps(document)
    for kernel, keys in wanted.items():
        table = tomlkit.document()
        table["kernels"] = {kernel: {**keys, "packages": []}}
        text += "\n" + tomlkit.dumps(table)
    return text


def from_template(template: Path, name: str, base: str, systems: list[str]) -> dict[str, str]:
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
    for system in systems:
        text = edit.append(text, ("project", "systems"), system)
    with contextlib.suppress(KeyError):
        text = edit.set_value(text, ("image", "name"), image)
    others = {file: other.replace(before, image) for file, other in files.items() if before}
    return {**others, "jupyter.toml": text}


def write(directory: Path, texts: Mapping[str, str], name: str) -> list[Path]:
    """Write a project's files, with its flake and .gitignore; raises JF120 where one of them exists."""
    from jupyflake import edits, flake  # noqa: PLC0415  (help needs none of it)

    texts = {**texts, "flake.nix": _flake(name, flake.flake_directory())}
    refuse_files(directory, texts)
    files = {directory / file: text for file, text in texts.items()}
    ignored = _with_ignored(directory / ".gitignore")
    if ignored is not None:
        files[directory / ".gitignore"] = ignored
    directory.mkdir(parents=True, exist_ok=True)
    edits.write_together(files)
    return list(files)


def refuse_files(directory: Path, names: Iterable[str]) -> None:
    """Raise JF120 where a file is there already."""
    if directory.exists() and not directory.is_dir():
        raise JupyflakeError("JF120", f"{directory} is a file", hint="jupyflake init with another directory")
    for name in names:
        file = directory / name
        if file.exists() or file.is_symlink():
            raise JupyflakeError(
                "JF120",
                f"{file} exists, and init overwrites nothing",
                hint="jupyflake init with another directory, or edit the file",
            )


def preferred_base(bases: list[str]) -> str:
    """Choose a new project's base by what this machine can lock."""
    if shutil.which("apt-get") is None:
        # Debian is locked with apt; building from a lock needs none, so --base may still choose it.
        return NIXPKGS
    stable = "debian/trixie"
    return stable if stable in bases else bases[0]


def systems(base: str) -> list[str]:
    """Choose a new project's systems: this machine's."""
    if platform.system() == "Darwin" and base == NIXPKGS:
        return ["aarch64-darwin"]
    return [_MACHINES.get(platform.machine().lower(), "x86_64-linux")]


def as_option(error: JupyflakeError) -> JupyflakeError:
    """Say an error about a manifest that was made from options in the words of the options."""
    # The text is made from the options, so its lines say nothing to whoever typed them.
    hint = (error.hint or "").replace('base = "', "--base ").replace('name = "', "--name ")
    hint = hint.replace('language = "', "--kernel ").replace('python = "', "--kernel python@")
    # What is not a command is for the manifest.
    hint = hint.partition(", or argv = ")[0]
    return JupyflakeError(error.code, error.message, hint=hint.replace('"', ""), exit_code=2)


def _flake(name: str, tool: Path) -> str:
    """Fill in the template with the name and with the flake of this installation."""
    from jupyflake import flake  # noqa: PLC0415  (help needs none of it)

    text = (tool / "templates" / "default" / "flake.nix").read_text(encoding="utf-8")
    source = f'inputs.jupyflake.url = "{flake.source(tool)}"'
    if not _PLAIN_PATH.fullmatch(str(tool)):
        # Spaces and accents are not legal in the URL of a flake, and older Nix does not decode them.
        path = str(tool).replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
        source = f'inputs.jupyflake = {{ type = "path"; path = "{path}"; }}'
    text = _INPUT.sub(lambda _: source, text)
    return _DESCRIPTION.sub(lambda _: name, text)


def _with_ignored(path: Path) -> str | None:
    """Give the .gitignore with what is ours, or nothing if it has all."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    missing = [line for line in _IGNORED if line not in text.splitlines()]
    if not missing:
        return None
    if text and not text.endswith("\n"):
        text += "\n"
    return text + "".join(f"{line}\n" for line in missing)
