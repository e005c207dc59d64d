"""What JupyterLab must not do at every start, and must still be able to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support import environment, run

if TYPE_CHECKING:
    from pathlib import Path

    from support import Develop

IMPORT = "import sys, json, jupyterlab.labapp; json.dump(sorted(sys.modules), sys.stdout)"
VALIDATE = """
from jsonschema import FormatChecker
import rfc3987_syntax
checker = FormatChecker()
print([checker.conforms(text, "iri") for text in ("http://\u00e4.example/\u00f6", "no iri", "urn:x:\u6f22")])
from rfc3987_syntax import *
print(is_valid_syntax_ihost("\u00e4.example"), is_valid_syntax_port("x"), syntax_parser is rfc3987_syntax.syntax_parser)
print(hasattr(rfc3987_syntax, "nonesuch"))
"""


def test_import_makes_no_parsers_and_starts_no_node(server_python: Path, tmp_path: Path) -> None:
    """Importing Lab neither builds a grammar that it may never use nor asks Node.js for what only its builds need."""
    called = tmp_path / "called"
    node = tmp_path / "node"
    node.write_text(f'#!/bin/sh\necho "$@" > {called}\necho 20.0.0\n', encoding="utf-8")
    node.chmod(0o755)
    answer = run(server_python, "-c", IMPORT, env=environment(PATH=f"{tmp_path}:/usr/bin:/bin"))
    modules = json.loads(answer.stdout)
    assert "jsonschema" in modules
    assert "lark" not in modules
    assert not called.exists()


def test_international_addresses_are_validated_as_before(server_python: Path) -> None:
    """JSON Schema's format `iri` accepts and refuses what the untouched package does (jsonschema's `format` extra)."""
    answer = run(server_python, "-c", VALIDATE, env=environment(PYTHONUTF8="1"))
    assert answer.stdout.splitlines() == ["[True, False, True]", "True False True", "False"]


def test_registry_is_found_out_when_it_is_asked_for(server_python: Path) -> None:
    """What Lab's own builds need is still there."""
    code = "from jupyterlab.commands import _AppHandler; print(_AppHandler(None).registry)"
    answer = run(server_python, "-c", code, env=environment(PATH="/nonexistent"))
    assert answer.stdout.startswith("https://registry.")


def test_jupyter_knows_its_commands(develop: Develop) -> None:
    """`jupyter lab` is jupyter-lab at once; options and unknown commands are jupyter's own business."""
    assert develop("jupyter", "lab", "--version").stdout == develop("jupyter-lab", "--version").stdout
    assert "jupyter_server" in develop("jupyter", "--version").stdout
    unknown = develop("jupyter", "nonesuch", check=False)
    assert unknown.code == 1
    assert "jupyter-nonesuch" in unknown.stderr
