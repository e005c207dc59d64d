"""Adding what is not on an index: files, directories, repositories, addresses, indexes of their own."""

from __future__ import annotations

import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


MANIFEST = """\
[project]
name = "x"
base = "debian/trixie"

# Kept.
[kernels.py]
language = "python"
packages = ["six"]  # and this
"""
PYPROJECT = '[project]\nname = "My_Lib"\nversion = "1.0"\n'


@pytest.fixture(autouse=True)
def _project(project: Path) -> None:
    (project / "jupyter.toml").write_text(MANIFEST, encoding="utf-8")
    (project / "libs/my").mkdir(parents=True)
    (project / "libs/my/pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (project / "wheels").mkdir()
    (project / "wheels/foo_x-1.0-py3-none-any.whl").write_bytes(b"")


def data(project: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the kernel's table and the sources; comments are still there."""
    text = (project / "jupyter.toml").read_text(encoding="utf-8")
    assert text.startswith(MANIFEST.partition("packages")[0])
    assert "# and this" in text
    found = tomllib.loads(text)
    return found["kernels"]["py"], found.get("sources", {})


@pytest.mark.parametrize(
    ("words", "package", "source"),
    [
        (["./wheels/foo_x-1.0-py3-none-any.whl"], "foo-x", {"path": "wheels/foo_x-1.0-py3-none-any.whl"}),
        (["libs/my"], "my-lib", {"path": "libs/my"}),
        (["https://h.example/a/foo-1.0%2Bcpu-py3-none-any.whl"], "foo", None),
        (["https://h.example/foo-1.0.tar.gz"], "foo", None),
        (["--index", "company", "torch>=2"], "torch>=2", {"index": "company"}),
    ],
)
def test_places_become_sources(
    project: Path, jupyflake: Callable[..., Any], words: list[str], *, package: str, source: dict[str, str] | None
) -> None:
    """The package is listed by its name, the place stands in [sources]; a second time changes nothing."""
    assert jupyflake("add", "--no-lock", *words).code == 0
    kernel, found = data(project)
    assert kernel["packages"] == ["six", package]
    assert list(found.values()) == [source or {"url": words[0]}]
    again = jupyflake("add", "--no-lock", *words)
    assert (again.code, data(project)) == (0, (kernel, found))
    assert "already" in again.err


def test_a_source_is_replaced(project: Path, jupyflake: Callable[..., Any]) -> None:
    """One package has one source: the last that was given, under the name that it has there."""
    text = (project / "jupyter.toml").read_text(encoding="utf-8")
    for before in ('[sources]\nMy_Lib = { index = "a" }\n', '[sources.My_Lib]\nindex = "a"\n\n[image]\nname = "x"\n'):
        (project / "jupyter.toml").write_text(f"{text}\n{before}", encoding="utf-8")
        assert jupyflake("add", "--no-lock", "./libs/my").code == 0
        assert data(project)[1] == {"My_Lib": {"path": "libs/my"}}


def test_a_repository_is_asked_for_the_name(project: Path, jupyflake: Callable[..., Any], tmp_path: Path) -> None:
    """The name is the one in its pyproject.toml, at the tag and in the subdirectory."""
    repository = tmp_path / "r.git"
    (repository / "py").mkdir(parents=True)
    (repository / "py/pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    identity = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"], ["tag", "v1"]):
        subprocess.run([*identity, *words], cwd=repository, check=True)
    assert jupyflake("add", "--no-lock", f"git+{repository.as_uri()}@v1#subdirectory=py").code == 0
    kernel, found = data(project)
    assert kernel["packages"] == ["six", "my-lib"]
    assert found == {"my-lib": {"git": repository.as_uri(), "tag": "v1", "subdirectory": "py"}}


def test_editable(
    project: Path, jupyflake: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The directory is written as the project sees it, wherever the command runs; it can be removed again."""
    monkeypatch.chdir(project / "libs")
    assert jupyflake("add", "--no-lock", "--editable", "..", "numpy").code == 0
    assert jupyflake("add", "--no-lock", "--editable", "my").code == 0
    kernel, _ = data(project)
    assert (kernel["editable"], kernel["packages"]) == ([".", "libs/my"], ["six", "numpy"])
    monkeypatch.chdir(project)
    assert jupyflake("remove", "--no-lock", "--editable", ".").code == 0
    assert data(project)[0]["editable"] == ["libs/my"]
    outside = jupyflake("add", "--no-lock", "--editable", tmp_path)
    assert outside.code == 2
    assert "JF192" in outside.err


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["./nowhere"], "JF291", "check the name"),
        (["git@h.example:r.git"], "JF191", "git+ssh://git@h.example/r.git"),
        (["https://me:secret@h.example/foo-1.0-py3-none-any.whl"], "JF193", "netrc"),
        (["https://h.example/foo.git"], "JF191", 'git = "https://h.example/foo.git"'),
        (["https://h.example/foo.whl"], "JF292", "name that the file was built with"),
        (["--index", "company", "./libs/my"], "JF100", "without"),
        (["--index", "a b", "numpy"], "JF194", "company"),
        (["--index", "company", "--tool", "graphviz"], "JF100", "leave --index out"),
        (["--editable", ".", "--server"], "JF100", "--kernel NAME"),
        (["./wheels"], "JF292", "[project]"),
    ],
)
def test_wrong_places(project: Path, jupyflake: Callable[..., Any], words: list[str], code: str, hint: str) -> None:
    """Each is one line and what to type instead; the manifest is as it was, and no secret is shown."""
    result = jupyflake("add", "--no-lock", *words)
    assert result.code != 0
    assert f"error[{code}]" in result.err
    assert hint in result.err
    assert "secret" not in result.err
    assert (project / "jupyter.toml").read_text(encoding="utf-8") == MANIFEST
