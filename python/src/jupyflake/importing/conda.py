"""conda's environment.yml: each package goes to PyPI, to R or to Debian, or is left out with a reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from jupyflake.importing import conda_names, names, requirements_txt, versions
from jupyflake.importing.model import Entry, Found, misread, text_of, unreadable
from jupyflake.resolve.debian import R_ITSELF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    # A node of PyYAML's tree, which knows its line.
    Node = Any

_SPEC = re.compile(r"(?:(?P<channel>[^\s:\[\]]+)::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]*)\s*(?P<rest>.*)", re.DOTALL)
_BRACKETS = re.compile(r"version\s*=\s*(['\"]?)([^'\"\],]+(?:,[^'\"\]=]+)*)\1")
_COMPILERS = re.compile(
    r"(?:gcc|gxx|g\+\+|gfortran|clang|clangxx)(?:_.*)?|compilers|(?:c|cxx|fortran)-compiler|sysroot_.*"
)
# Of what is frozen with its build: one that has no Python in it, such as "h166bdaf_0"; "hd8ed1ab" marks collections.
_NATIVE_BUILD = re.compile(r"[^=]*=[^=]+=(?!hd8ed1ab)(?!.*py)(?:.*_)?h[0-9a-f]{7}_.*")
_CUDA = re.compile(r"cuda(?:toolkit)?(?:-.*)?|cudnn|nccl|libcublas.*|pytorch-(?:cuda|mutex)")
# Python packages that begin as libraries do.
_LIB = frozenset({"librosa", "libpysal", "libcst", "libsass", "libtmux", "libclang", "liblinear-official"})
_R_VERSION = "the version is left out: R and its packages have those of the base"


def read(path: Path, where: str) -> Found:
    """Read the file; raises JF150 for an entry, JF151 for a file that is no environment."""
    found = Found()
    root = _compose(text_of(path, where), where)
    for key, value in _pairs(root):
        place = _place(where, key)
        match key.value:
            case "name":
                # Names that conda itself gives say nothing.
                found.name = str(value.value) if value.value not in {"base", "root"} else None
            case "dependencies":
                _dependencies(value, where, found, path)
            case "variables":
                for name, text in _pairs(value):
                    found.leave(
                        f"{name.value}={text.value}", _place(where, name), "variables go into `env` of a kernel"
                    )
            case "channels" | "prefix" | "platforms" | "category":
                pass
            case other:
                found.leave(str(other), place, "no key of conda's environments")
    if not found.languages:
        found.note(f"{where} names no package")
    return found


def _compose(text: str, where: str) -> Node:
    import yaml  # noqa: PLC0415  (only for these files)

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
        raise unreadable(f"the file is not valid YAML: {error.problem}", place) from error
    except yaml.YAMLError as error:
        raise unreadable(f"the file is not valid YAML: {error}", where) from error
    node: Node = root
    if node is None or node.id != "mapping" or "dependencies" not in {key.value for key, _ in _pairs(node)}:
        raise unreadable("the file has no `dependencies:`", where, "name conda's environment.yml")
    return node


def _pairs(node: Node) -> list[tuple[Node, Node]]:
    pairs: list[tuple[Node, Node]] = node.value if node.id == "mapping" else []
    return pairs


def _place(where: str, node: Node) -> str:
    return f"{where}:{node.start_mark.line + 1}"


def _items(node: Node, where: str) -> Iterator[tuple[Node, str]]:
    if node.id != "sequence":
        if node.id == "scalar" and node.value == "":
            return
        raise misread("a list is needed here, each line with a `-`", _place(where, node), "- numpy")
    for item in node.value:
        yield item, _place(where, item)


def _dependencies(node: Node, where: str, found: Found, path: Path) -> None:
    for item, place in _items(node, where):
        if item.id == "scalar":
            package(str(item.value), place, found)
            continue
        for key, value in _pairs(item) or [(item, item)]:
            if key.value != "pip":
                raise misread("only `pip:` may have a list below it", place, "- pip:")
            for line, line_place in _items(value, where):
                _pip(str(line.value), line_place, found, path, where)


def _pip(line: str, place: str, found: Found, path: Path, where: str) -> None:
    option, value = requirements_txt.split_option(line)
    if option in {"-r", "--requirement"}:
        below = where.rpartition("/")[0]
        found.add(requirements_txt.read(path.parent / value, f"{below}/{value}" if below else value))
    else:
        found.languages.add("python")
        requirements_txt.read_line(line.strip(), place, found)


def package(text: str, where: str, found: Found) -> None:
    """Take one entry, as it stands in a file or after `conda install`; raises JF150 where it is none."""
    match = _SPEC.fullmatch(text.strip())
    if not match or re.search(r"[;&$`]|\binstall\b", text):
        raise misread(f'"{text}" is not a package of conda', where, "a name, with a version if need be: numpy=1.26")
    name, rest = match["name"].lower(), match["rest"].strip()
    if rest.startswith("["):
        version = _BRACKETS.search(rest)
        rest = version[2] if version else ""
    if name in names.CONDA_IMPLIED:
        if name == "pip" or "kernel" not in name:
            return
        found.languages.add("r" if "irkernel" in name else "python")
        return
    native = _NATIVE_BUILD.fullmatch(text.strip()) and not name.startswith(("r-", "bioconductor-"))
    if native and name not in {"python", "r-base"}:
        _libraries(name, rest, where, found)
        return
    for takes, take in _KINDS:
        if takes(name):
            take(name, rest, where, found)
            return
    found.require(f"{conda_names.TO_PYPI.get(name, match['name'])}{_specifier(text, rest, where, found)}", where)


def _specifier(text: str, rest: str, where: str, found: Found) -> str:
    try:
        return versions.conda(rest)
    except ValueError:
        found.leave(text, where, "taken over without its version, which Python packages cannot have so")
        return ""


def _python(_name: str, rest: str, where: str, found: Found) -> None:
    found.languages.add("python")
    specifier = _specifier(f"python{rest}", rest, where, found)
    if specifier:
        found.pythons.append(Entry(specifier, where))


def _r_itself(name: str, rest: str, where: str, found: Found) -> None:
    found.languages.add("r")
    if name in names.R_OF_CONDA_LEFT:
        found.leave(name, where, names.R_OF_CONDA_LEFT[name])
    elif rest:
        found.note(f"{where}: {_R_VERSION}")


def _r_package(name: str, rest: str, where: str, found: Found) -> None:
    plain = name.removeprefix("r-").removeprefix("bioconductor-")
    found.languages.add("r")
    if rest:
        found.note(_R_VERSION)
    if plain not in R_ITSELF:
        found.require_r(names.R_CAPITALS.get(plain, plain), where)


def _tool(name: str, rest: str, where: str, found: Found) -> None:
    if rest:
        found.note("programs have the versions of the base")
    found.require_tool(names.CONDA_TO_DEBIAN[name], where)


def _leave(why: str) -> Callable[[str, str, str, Found], None]:
    def leave(name: str, _rest: str, where: str, found: Found) -> None:
        found.leave(name, where, why)

    return leave


def _libraries(_name: str, _rest: str, _where: str, found: Found) -> None:
    found.note("conda's own libraries are left out: wheels have theirs inside, Debian's packages bring theirs")


_KINDS: tuple[tuple[Callable[[str], bool], Callable[[str, str, str, Found], None]], ...] = (
    (lambda name: name == "python", _python),
    (lambda name: name in {"r", "r-base", *names.R_OF_CONDA_LEFT}, _r_itself),
    (lambda name: name.startswith(("r-", "bioconductor-")), _r_package),
    (lambda name: name in names.CONDA_TO_DEBIAN, _tool),
    (lambda name: bool(_CUDA.fullmatch(name)), _leave("CUDA comes with the wheels that need it")),
    (lambda name: bool(_COMPILERS.fullmatch(name)), _leave("nothing is compiled")),
    (lambda name: name in {"conda", "mamba", "micromamba", "anaconda"}, _leave("environments are made by jupyflake")),
    (lambda name: name.startswith("julia"), _leave("Julia's packages are listed in its own Project.toml")),
    (lambda name: name in names.CONDA_LIBRARIES or name.startswith(names.CONDA_LIBRARY_NAMES), _libraries),
    (lambda name: name.startswith("lib") and canonicalize_name(name) not in _LIB, _libraries),
)
