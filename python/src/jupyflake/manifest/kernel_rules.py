"""What the types of the manifest cannot say about a kernel's language and command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyflake.errors import JupyflakeError
from jupyflake.flake import NIXPKGS, bases
from jupyflake.languages import CRAN, PYPI, by_alias, languages
from jupyflake.manifest.environments import choose, packages_from
from jupyflake.manifest.shape import Problem, dotted, nearest, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyflake.manifest.positions import Path

INTERRUPT_MODES = ("signal", "message")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_EXAMPLE = 'argv = ["python", "-m", "my_kernel", "-f", "{connection_file}"]'


def find(path: Path, kernel: dict[str, Any], base: str, suites: Mapping[str, str]) -> Iterator[Problem]:
    """Give what is wrong with the language, the command, and the keys that go with them."""
    if "argv" in kernel:
        yield from _own(path, kernel)
    elif kernel["language"] not in languages():
        yield _unknown(path, kernel["language"])
        return
    else:
        yield from _lacking(path, kernel, base, suites)
        if "interrupt-mode" in kernel:
            yield Problem(
                "JF118",
                (*path, "interrupt-mode"),
                f'the key "interrupt-mode" is for kernels with argv, and {dotted(path)} has the one of its language',
                "remove interrupt-mode",
                at_key=True,
            )
    yield from _keys(path, kernel)


def _own(path: Path, kernel: dict[str, Any]) -> Iterator[Problem]:
    argv = kernel["argv"]
    if kernel["language"] == "" or _CONTROL.search(kernel["language"]):
        yield Problem(
            "JF117",
            (*path, "language"),
            "language is empty or has control characters",
            f'language = "{path[-1]}"',
        )
    if not argv:
        yield Problem("JF181", (*path, "argv"), "argv is empty, so there is nothing to start", _EXAMPLE)
        return
    bare = argv[0].rstrip("/").rpartition("/")[2] or "python"
    if "/" in argv[0] or argv[0] in {"", ".", ".."} or _CONTROL.search(argv[0]):
        yield Problem(
            "JF181",
            (*path, "argv", 0),
            f'"{argv[0]}" is not the name of a program; it is looked up in the packages and tools of the kernel',
            f'"{bare}", with the package that has it in packages or tools',
        )
    if not any("{connection_file}" in word for word in argv):
        yield Problem(
            "JF181",
            (*path, "argv"),
            "argv has no {connection_file}, by which Jupyter tells a kernel where it is expected",
            f"argv = {[*argv, '{connection_file}']}".replace("'", '"'),
        )
    for index, word in enumerate(argv):
        if "\0" in word:
            yield Problem("JF181", (*path, "argv", index), "a word of argv has a NUL character", "remove it")
    mode = kernel.get("interrupt-mode", INTERRUPT_MODES[0])
    if mode not in INTERRUPT_MODES:
        yield Problem(
            "JF117",
            (*path, "interrupt-mode"),
            f'unknown interrupt-mode "{mode}"; expected {one_of(list(INTERRUPT_MODES))}',
            f'interrupt-mode = "{nearest(mode, list(INTERRUPT_MODES)) or INTERRUPT_MODES[0]}"',
        )


def _unknown(path: Path, language: str) -> Problem:
    near = by_alias(language) or nearest(language, list(languages()))
    return Problem(
        "JF108",
        (*path, "language"),
        f'unknown language "{language}"; expected {one_of(list(languages()))}',
        f'language = "{near}"' if near else f"jupyflake kernel languages, or {_EXAMPLE} for a kernel of your own",
    )


def _lacking(path: Path, kernel: dict[str, Any], base: str, suites: Mapping[str, str]) -> Iterator[Problem]:
    language = languages()[kernel["language"]]
    try:
        own, _ = choose(kernel.get("python"), kernel.get("base"), base, suites)
    except (JupyflakeError, KeyError):
        # An unknown base or Python is another rule's to tell.
        return
    having = language.bases()
    if own in having or own not in bases():
        return
    debian = [each for each in having if each != NIXPKGS]
    yield Problem(
        "JF180",
        (*path, "language"),
        f"{own} has no kernel for {kernel['language']}; {' and '.join(having)} {'has' if len(having) == 1 else 'have'}",
        f'base = "{(debian or having)[-1]}", in [{dotted(path)}]',
    )


def _keys(path: Path, kernel: dict[str, Any]) -> Iterator[Problem]:
    """Refuse keys that a kernel without Python, or without packages of its own, can't use."""
    origin = packages_from(kernel["language"], kernel.get("argv"), kernel.get("packages", []))
    python_only = ("python", "constraints", "sdists", "build-requires", "build-tools", "missing-libraries")
    refused = {PYPI: (), CRAN: python_only}.get(origin or "", (*python_only, "packages"))
    for key in refused:
        if key in kernel and not (key == "packages" and kernel[key] == []):
            yield Problem(
                "JF118",
                (*path, key),
                f'the key "{key}" is for kernels that run on Python, and {dotted(path)} is of "{kernel["language"]}"',
                f"remove {key}",
                at_key=True,
            )
