"""`jupyflake import`: a directory of another tool becomes a project, or a project gets more packages."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from jupyflake.errors import JupyflakeError
from jupyflake.importing import available

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


@pytest.fixture(autouse=True)
def mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer for the mirror: it has all packages but some."""
    missing = {"openjdk-8-jre", "r-cran-ecmwfr", "r-bioc-ecmwfr"}
    monkeypatch.setattr(available, "ask_apt", lambda _suite, _system, names: frozenset(names) - missing)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository for repo2docker, in a directory with a space and an accent."""
    directory = tmp_path / "vuoden kurssi é"
    (directory / "binder").mkdir(parents=True)
    packages = ("python=3.11", "numpy<2", "r-ggplot2", "jupyterlab-git", "cudnn")
    files = {
        "environment.yml": "dependencies:\n" + "".join(f"  - {package}\n" for package in packages),
        "requirements.txt": "not-read\n",
        "apt.txt": "graphviz\n",
        "postBuild": "#!/bin/sh\n",
        "start": "#!/bin/sh\n",
    }
    for name, text in files.items():
        (directory / "binder" / name).write_text(text, encoding="utf-8")
    (directory / "requirements.txt").write_text("also-not-read\n", encoding="utf-8")
    monkeypatch.chdir(directory)
    return directory


def manifest(directory: Path) -> dict[str, dict[str, object]]:
    """Read the manifest."""
    return tomllib.loads((directory / "jupyter.toml").read_text(encoding="utf-8"))


def test_a_repository_for_repo2docker_becomes_a_project(repository: Path, jupyflake: Callable[..., Any]) -> None:
    """One command writes the project's files from what repo2docker would read, and lists the rest."""
    answer = jupyflake("import", "--base", "debian/trixie")
    assert answer.code == 0, answer.err
    data = manifest(repository)
    assert data["project"]["name"] == "vuoden-kurssi-e"
    assert data["jupyter"] == {"packages": ["jupyterlab", "jupyterlab-git"]}
    assert data["kernels"] == {
        "python3": {"language": "python", "python": "3.11", "packages": ["numpy<2"], "tools": ["graphviz"]},
        "r": {"language": "r", "packages": ["ggplot2"], "tools": ["graphviz"]},
    }
    assert (repository / "flake.nix").is_file()
    assert ".jupyter/" in (repository / ".gitignore").read_text(encoding="utf-8")
    assert not (repository / "jupyter.lock").exists()
    for word in ("binder/environment.yml:6: cudnn", "postBuild", "start", "binder/requirements.txt is not read"):
        assert word in answer.err
    assert "jupyflake lab" in answer.err


def test_quiet_tells_what_is_left_out(repository: Path, jupyflake: Callable[..., Any]) -> None:
    """What is lost is a warning, which --quiet does not hide."""
    answer = jupyflake("import", "--quiet")
    assert (answer.code, answer.out) == (0, "")
    assert "cudnn" in answer.err
    assert (repository / "jupyter.toml").is_file()


def test_dry_run_writes_nothing(repository: Path, jupyflake: Callable[..., Any]) -> None:
    """The manifest that would be written is printed."""
    answer = jupyflake("import", "--dry-run")
    assert answer.code == 0
    assert tomllib.loads(answer.out)["kernels"]["r"]["packages"] == ["ggplot2"]
    assert not (repository / "jupyter.toml").exists()


def test_json(repository: Path, jupyflake: Callable[..., Any]) -> None:
    """A program gets what was added and what was not."""
    data = json.loads(jupyflake("import", "--json", "--name", "x", "--kernel", "main").out)
    assert data["added"]["main"] == ["numpy<2", "graphviz"]
    assert data["left"][0] == {
        "what": "cudnn",
        "where": "binder/environment.yml:6",
        "why": "CUDA comes with the wheels that need it",
    }
    assert data["files"][0] == "binder/environment.yml"
    assert manifest(repository)["project"]["name"] == "x"


def test_no_file_is_overwritten(repository: Path, jupyflake: Callable[..., Any]) -> None:
    """A flake that is there stops the import before anything is written."""
    (repository / "flake.nix").write_text("{ }", encoding="utf-8")
    answer = jupyflake("import")
    assert answer.code == 1
    assert "error[JF120]" in answer.err
    assert not (repository / "jupyter.toml").exists()


def test_into_a_project(project: Path, jupyflake: Callable[..., Any]) -> None:
    """Packages join those that are there; comments and order of the manifest stay."""
    before = (project / "jupyter.toml").read_text(encoding="utf-8")
    (project / "requirements.txt").write_text("numpy>=1.26\nscipy\njupytext\n", encoding="utf-8")
    (project / "limits.txt").write_text("-c constraints.txt\n", encoding="utf-8")
    (project / "constraints.txt").write_text("pillow<12\n", encoding="utf-8")
    answer = jupyflake("import", "requirements.txt", "limits.txt", "--no-lock")
    assert answer.code == 0, answer.err
    after = (project / "jupyter.toml").read_text(encoding="utf-8")
    assert [line for line in before.splitlines() if "#" in line and "numpy" not in line] == [
        line for line in after.splitlines() if "#" in line and "numpy" not in line
    ]
    data = manifest(project)
    assert data["kernels"]["py311"] == {
        "language": "python",
        "python": "3.11",
        "packages": ["numpy>=1.26", "pandas<2", "scipy"],
        "constraints": ["pillow<12"],
    }
    assert data["jupyter"] == {"packages": ["jupyterlab", "jupytext"]}
    assert "listed already" in jupyflake("import", "requirements.txt", "limits.txt", "--no-lock").err


def test_sources_come_along(project: Path, jupyflake: Callable[..., Any]) -> None:
    """What a pyproject.toml says to uv of where packages are becomes [sources] and [indexes], in any project."""
    uv = '[tool.uv.sources]\nfoo = { path = "libs/foo" }\ntorch = { index = "cpu" }\n'
    index = '[[tool.uv.index]]\nname = "cpu"\nurl = "https://host.example/cpu"\n'
    text = f'[project]\nname = "x"\nversion = "1"\ndependencies = ["foo>=1", "torch"]\n{uv}{index}'
    (project / "pyproject.toml").write_text(text, encoding="utf-8")
    expected = ({"foo": {"path": "libs/foo"}, "torch": {"index": "cpu"}}, {"cpu": "https://host.example/cpu"})
    assert jupyflake("import", "pyproject.toml", "--no-lock", "--kernel", "py311").code == 0
    data = manifest(project)
    assert (data["sources"], data["indexes"]) == expected
    (project / "jupyter.toml").unlink()
    assert jupyflake("import", "pyproject.toml", "--base", "debian/trixie").code == 0
    data = manifest(project)
    assert (data["sources"], data["indexes"]) == expected
    assert data["kernels"]["python3"]["packages"] == ["foo>=1", "torch"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("missing.txt",), "JF151", "missing.txt"),
        (("requirements.txt", "--kernel", "nope"), "JF122", "nope"),
        (("requirements.txt", "--kernel", "r"), "JF153", '"r"'),
        (("requirements.txt", "--name", "x"), "JF100", "--name"),
        (("bad.txt",), "JF150", "bad.txt:1"),
        (("pyproject.toml", "--group", "x"), "JF154", "x"),
        (("requirements.txt", "--group", "x"), "JF154", "x"),
        ((), "JF152", "nothing"),
    ],
)
def test_wrong_imports(
    arguments: tuple[str, ...], code: str, says: str, project: Path, jupyflake: Callable[..., Any]
) -> None:
    """Each fault is one error with its place, and the project stays as it was."""
    if arguments:
        (project / "requirements.txt").write_text("six\n", encoding="utf-8")
        (project / "bad.txt").write_text("apt-get install x\n", encoding="utf-8")
        (project / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    else:
        (project / "postBuild").write_text("", encoding="utf-8")
    before = (project / "jupyter.toml").read_bytes()
    answer = jupyflake("import", *arguments, "--no-lock")
    assert answer.code in {1, 2}
    assert f"error[{code}]" in answer.err
    assert says in answer.err
    assert "try:" in answer.err
    assert (project / "jupyter.toml").read_bytes() == before


def test_several_kernels_of_one_language(project: Path, jupyflake: Callable[..., Any]) -> None:
    """Where it is not clear which kernel is meant, nothing is changed."""
    text = (project / "jupyter.toml").read_text(encoding="utf-8")
    (project / "jupyter.toml").write_text(f'{text}\n[kernels.py313]\nlanguage = "python"\n', encoding="utf-8")
    (project / "requirements.txt").write_text("six\n", encoding="utf-8")
    answer = jupyflake("import", "requirements.txt", "--no-lock")
    assert "error[JF124]" in answer.err
    assert jupyflake("import", "requirements.txt", "--no-lock", "--kernel", "py313").code == 0
    assert manifest(project)["kernels"]["py313"] == {"language": "python", "packages": ["six"]}


def test_programs_alone(project: Path, jupyflake: Callable[..., Any]) -> None:
    """A list of Debian packages goes to the kernel that is named, or makes a kernel where there is no project."""
    (project / "apt.txt").write_text("graphviz\n", encoding="utf-8")
    assert "error[JF124]" in jupyflake("import", "apt.txt", "--no-lock").err
    assert jupyflake("import", "apt.txt", "--no-lock", "--kernel", "r").code == 0
    assert manifest(project)["kernels"]["r"]["tools"] == ["graphviz"]  # type: ignore[index]  # (a table)
    (project / "jupyter.toml").unlink()
    assert jupyflake("import", "apt.txt").code == 0
    assert manifest(project)["kernels"] == {"python3": {"language": "python", "packages": [], "tools": ["graphviz"]}}


def test_what_the_base_has_not(
    repository: Path, jupyflake: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R packages and programs that the suite has not are left out with their line; offline nothing is asked."""
    (repository / "binder" / "apt.txt").write_text("graphviz\nopenjdk-8-jre\n", encoding="utf-8")
    (repository / "binder" / "install.R").write_text('install.packages(c("ecmwfr", "sf"))\n', encoding="utf-8")
    answer = jupyflake("import", "--base", "debian/trixie", "--dry-run")
    kernel = tomllib.loads(answer.out)["kernels"]["r"]
    assert (kernel["packages"], kernel["tools"]) == (["ggplot2", "sf"], ["graphviz"])
    assert "binder/apt.txt:2: openjdk-8-jre: debian/trixie has no package of this name" in answer.err
    assert "binder/install.R:1: ecmwfr: debian/trixie has no package of this name" in answer.err
    offline = tomllib.loads(jupyflake("import", "--base", "debian/trixie", "--dry-run", "--offline").out)
    assert offline["kernels"]["r"]["packages"] == ["ggplot2", "ecmwfr", "sf"]

    def fail(*_: object) -> frozenset[str]:
        raise JupyflakeError("JF606", "no Debian mirror is known")

    monkeypatch.setattr(available, "ask_apt", fail)
    answer = jupyflake("import", "--base", "debian/trixie", "--dry-run")
    assert "was not checked: no Debian mirror is known" in answer.err
    assert tomllib.loads(answer.out)["kernels"]["r"]["packages"] == ["ggplot2", "ecmwfr", "sf"]


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--base", "debian/etch"), "JF109"), (("--name", "a b"), "JF107"), (("--kernel", "my kernel"), "JF107")],
)
def test_a_project_that_cannot_be(
    words: tuple[str, ...], code: str, repository: Path, jupyflake: Callable[..., Any]
) -> None:
    """A wrong name or base is told in the words of the options, and nothing is written."""
    answer = jupyflake("import", *words)
    assert f"error[{code}]" in answer.err
    assert "try:" in answer.err
    assert not (repository / "jupyter.toml").exists()


def test_two_directories_of_binder(repository: Path, jupyflake: Callable[..., Any]) -> None:
    """Where repo2docker would not know what to read, neither do we."""
    (repository / ".binder").mkdir()
    assert "error[JF152]" in jupyflake("import").err
