"""Packages that several wheels share: which `__init__.py` only says so."""

import os
import re

_SHORT = 2000
_COMMENTS = re.compile(r'"""[^"]*"""|#[^\n]*')
# The ways of before PEP 420, as setuptools' documentation has them.
_PATH = r"__path__ ?= ?(?:__import__\(['\"]pkgutil['\"]\)\.|pkgutil\.)?extend_path"
_DECLARED = r"(?:__import__\(['\"]pkg_resources['\"]\)|pkg_resources)\.declare_namespace"
_IMPORTS = r"import pkgutil|import pkg_resources|from pkgutil import extend_path"
_NAMESPACE = re.compile(
    rf"(?:try:|except ImportError:|{_IMPORTS}"
    rf"|{_PATH}\(__path__, ?__name__\)|{_DECLARED}\(__name__\)|\s)*",
    flags=re.ASCII,
)


def namespace(path: str) -> str | None:
    """Give the code of an `__init__.py` that does nothing but declare a namespace, else None."""
    if not path.endswith("/__init__.py") or os.stat(path).st_size > _SHORT:
        return None
    with open(path, encoding="utf-8", errors="replace") as file:
        code = _COMMENTS.sub("", file.read()).strip()
    return code if _NAMESPACE.fullmatch(code) else None
