"""Packages of the project's own, from files, directories and repositories, in the shell and in what is built."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support import ROOT, build, cli, copy_toolkit, run

sys.path.append(str(Path(__file__).parents[1] / "support"))
from fakes import wheel

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]

TEMPLATE = ROOT / "templates" / "default" / "flake.nix"
MANIFEST = """
[project]
name = "sources"
base = "debian/trixie"

[sources]
foo = {{ path = "wheels/foo-1.0-py3-none-any.whl" }}
inner = {{ path = "libs/inner" }}

[kernels.own]
language = "python"
packages = ["foo", "bar @ git+{url}@v1#subdirectory=py"]
editable = ["."]
"""
PYPROJECT = """
[project]
name = "{name}"
version = "{version}"
dependencies = {dependencies}

[project.scripts]
say-{name} = "{name}:say"

[build-system]
requires = ["{backend}"]
build-backend = "{build}"
"""
SAY = """
import importlib.metadata as metadata
import bar, foo, inner, own
print(own.say(), own.__file__, metadata.version("own"), inner.say(), bar.say(), foo.version)
"""


def tree(directory: Path, name: str, backend: str, build: str, *, place: str = "", dependencies: str = "[]") -> None:
    """Make a package that says something."""
    package = directory / place / name
    package.mkdir(parents=True)
    text = PYPROJECT.format(name=name, version="2.0", dependencies=dependencies, backend=backend, build=build)
    (directory / "pyproject.toml").write_text(text, encoding="utf-8")
    (package / "__init__.py").write_text("def say():\n    return 'one'\n", encoding="utf-8")


def git(directory: Path, *words: str) -> None:
    """Run git as somebody."""
    run("git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words, cwd=directory)


def test_packages_of_the_projects_own(tmp_path: Path) -> None:
    """What is edited is seen in the shell at once; in what is built every package is as it was then."""
    repository, project = tmp_path / "bar", tmp_path / "project"
    tree(repository / "py", "bar", "flit_core", "flit_core.buildapi")
    description = 'description = "says something"\n'
    pyproject = repository / "py/pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("[project.scripts]", f"{description}\n[project.scripts]"))
    git(repository, "init", "--quiet")
    git(repository, "add", "-A")
    git(repository, "commit", "--quiet", "-m", "one")
    git(repository, "tag", "v1")
    tree(project, "own", "setuptools", "setuptools.build_meta", place="src", dependencies='["inner"]')
    tree(project / "libs/inner", "inner", "hatchling", "hatchling.build")
    (project / "wheels").mkdir()
    (project / "wheels/foo-1.0-py3-none-any.whl").write_bytes(wheel("foo", "1.0"))
    (project / "jupyter.toml").write_text(MANIFEST.format(url=repository.as_uri()), encoding="utf-8")
    # An earlier build's leavings, which setuptools would take for the package's.
    tree(project / "build/lib", "old", "setuptools", "setuptools.build_meta")
    cli("lock", cwd=project)
    built = build("environment-own", project)
    answer = run(built / "bin/python", "-c", SAY).stdout.split()
    assert (answer[0], *answer[2:]) == ("one", "2.0", "one", "one", "1.0")
    assert answer[1].startswith(str(built))
    assert (built / "bin/say-bar").exists()
    assert "old" not in {path.name for path in (built / "lib/python3.13/site-packages").iterdir()}

    def in_shell() -> list[str]:
        shell = cli("build", "shell-own", "--json", cwd=project).stdout.split('"path": "')[1].split('"')[0]
        script = f'. "{shell}/activate" && python -c "$0" && command -v say-own'
        return run("sh", "-c", script, SAY, cwd=project / "libs").stdout.split()

    answer = in_shell()
    place = str(project / "src/own/__init__.py")
    assert (answer[0], answer[1], *answer[2:6]) == ("one", place, "2.0", "one", "one", "1.0")
    before = answer[6]
    (project / "src/own/__init__.py").write_text("def say():\n    return 'two'\n", encoding="utf-8")
    answer = in_shell()
    assert (answer[0], answer[6]) == ("two", before), "nothing is built anew for an edit"

    # Plain Nix, which sees what git tracks.
    flake = TEMPLATE.read_text(encoding="utf-8").replace("/path/to/jupyflake", str(copy_toolkit(tmp_path / "toolkit")))
    (project / "flake.nix").write_text(flake, encoding="utf-8")
    git(project, "init", "--quiet")
    git(project, "add", "-A")
    develop = ("nix", "develop", ".#own", "-c", "python", "-c", SAY)
    answer = run(*develop, cwd=project).stdout.split()
    assert answer[:2] == ["two", place]
    git(project, "rm", "--quiet", "--cached", "wheels/foo-1.0-py3-none-any.whl")
    assert "`git add -N wheels/foo-1.0-py3-none-any.whl`" in run(*develop, cwd=project, check=False).stderr
