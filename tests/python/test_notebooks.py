"""Which notebooks `jupyflake test` takes, and how it reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from jupyflake import project as projects
from jupyflake.codes import CODES
from jupyflake.errors import JupyflakeError
from jupyflake.notebooks.find import find, kernel_of
from jupyflake.notebooks.report import Outcome, junit, summary

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Any]

GOOD = Outcome("a.ipynb", "py311", 1.5)
BAD = Outcome("b.ipynb", "r", 2.25, "Error: no \x1b data <here>", 3, "trace\x00back")


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}", encoding="utf-8")


def _found(directory: Path, *named: str) -> list[str]:
    paths = find(projects.read(directory), [directory / name for name in named])
    return [str(path.relative_to(directory)) for path in paths]


def test_all_notebooks_but_hidden_ones(project: Path) -> None:
    """Without a list every notebook counts; checkpoints and state are no notebooks of the project's."""
    _touch(project / "b" / "two.ipynb", project / "one.ipynb", project / "b" / "text.md")
    _touch(project / ".ipynb_checkpoints" / "one-checkpoint.ipynb", project / ".jupyter" / "x.ipynb")
    assert _found(project) == ["one.ipynb", "b/two.ipynb"]
    assert _found(project, "b") == ["b/two.ipynb"]
    assert _found(project, "b/two.ipynb", "b", "b/two.ipynb") == ["b/two.ipynb"]


def test_the_list_of_the_manifest_comes_first(project: Path) -> None:
    """Where [check] lists notebooks, those are meant, and one that is not there is an error that says who lists it."""
    _touch(project / "one.ipynb", project / "two.ipynb")
    manifest = project / "jupyter.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(f'{text}\n[check]\nnotebooks = ["two.ipynb"]\n', encoding="utf-8")
    assert _found(project) == ["two.ipynb"]
    (project / "two.ipynb").unlink()
    with pytest.raises(JupyflakeError, match=r"two\.ipynb \(\[check\] in jupyter\.toml lists it\)"):
        _found(project)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"metadata": {"kernelspec": {"name": "r"}}}', "r"),
        ('{"metadata": {}}', None),
        ('{"metadata": {"kernelspec": {"name": 3}}}', None),
        ("[]", None),
        ("no json", None),
    ],
)
def test_a_notebooks_kernel(tmp_path: Path, text: str, name: str | None) -> None:
    """The kernel is what the metadata says, and None for whatever says nothing."""
    path = tmp_path / "x.ipynb"
    path.write_text(text, encoding="utf-8")
    assert kernel_of(path) == name


def test_the_report_for_people() -> None:
    """One line for what passed, two for what failed, and a line of totals."""
    assert GOOD.line() == "ok         1.5 s  a.ipynb"
    assert BAD.line().splitlines()[1] == "  cell 3: Error: no \x1b data <here>"
    assert summary([GOOD, BAD], 3.0) == "1 passed, 1 failed in 3.0 s"


def test_junit_is_xml_whatever_was_printed() -> None:
    """Control characters, which XML cannot hold, are left out; counts and times are there."""
    suite = ET.fromstring(junit([GOOD, BAD], "demo"))
    assert (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("time")) == (
        "demo",
        "2",
        "1",
        "3.750",
    )
    failure = suite.find("testcase[@name='b.ipynb']/failure")
    assert failure is not None
    assert failure.get("message") == "cell 3: Error: no  data <here>"
    assert failure.text == "traceback"
    assert suite.find("testcase[@name='a.ipynb']/failure") is None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("missing.ipynb",), "error[JF140]: there is no notebook"),
        (("empty",), "error[JF141]: there is no notebook in"),
        (("mute.ipynb",), "error[JF142]: mute.ipynb does not say which kernel"),
        (("other.ipynb",), 'error[JF122]: other.ipynb is for the kernel "python3"; there are py311, r'),
        (("--kernel", "py", "mute.ipynb"), 'error[JF122]: there is no kernel "py"'),
    ],
)
def test_what_cannot_be_executed_is_said_before_anything_is_built(
    project: Path,
    jupyflake: Run,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    expected: str,
) -> None:
    """Each has its own error with the next step."""
    (project / "empty").mkdir()
    _touch(project / "mute.ipynb")
    metadata = {"metadata": {"kernelspec": {"name": "python3"}}}
    (project / "other.ipynb").write_text(json.dumps(metadata), encoding="utf-8")
    monkeypatch.setattr("jupyflake.ready.build", None)
    result = jupyflake("test", *arguments)
    assert result.code == CODES[expected[6:11]].exit_code
    assert result.err.startswith(expected)
    assert "  try: " in result.err
