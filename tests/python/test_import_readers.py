"""Other tools' files: what is taken over, what is left out by name, and which line is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyflake.errors import JupyflakeError
from jupyflake.importing import discover, merge, versions
from jupyflake.importing.model import Entry, Found

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def read(directory: Path, name: str, text: str | bytes, groups: tuple[str, ...] = ()) -> Found:
    """Write a file and read it."""
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return discover.read(path, name, groups)


def texts(entries: Iterable[Entry]) -> list[str]:
    """Give what was read, without places."""
    return [entry.text for entry in entries]


def refused(directory: Path, name: str, text: str | bytes) -> JupyflakeError:
    """Read a file that has a fault."""
    with pytest.raises(JupyflakeError) as caught:
        read(directory, name, text)
    assert caught.value.code in {"JF150", "JF151"}
    assert caught.value.hint
    return caught.value


# requirements.txt


def test_requirements_in_all_forms(tmp_path: Path) -> None:
    """Comments, joined lines, hashes, markers, extras and odd spellings are read (mach-nix #46, #66, #326, #552)."""
    found = read(
        tmp_path,
        "requirements.txt",
        "# pinned\n"
        "numpy==1.26.4 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        "ruamel.yaml  # a dot\n"
        "Flask_Cors>=4; python_version >= '3.8'\n"
        "uvicorn[standard]\n"
        "pynput==1.8.1 ; 'linux' in sys_platform\n"
        "--only-binary :all:\n--require-hashes\n",
    )
    assert texts(found.python) == [
        "numpy==1.26.4",
        "ruamel.yaml",
        "Flask_Cors>=4; python_version >= '3.8'",
        "uvicorn[standard]",
        "pynput==1.8.1 ; 'linux' in sys_platform",
    ]
    assert found.python[1].where == "requirements.txt:5"
    assert found.left == []
    assert len(found.notes) == 1


def test_requirements_that_name_other_files(tmp_path: Path) -> None:
    """Files named by -r and -c are read from beside the file that names them, once even in a circle."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "base.txt").write_text("pandas\n-r ../requirements.txt\n-rother.txt\n", encoding="utf-8")
    (tmp_path / "more" / "other.txt").write_text("scipy\n", encoding="utf-8")
    (tmp_path / "limits.txt").write_text("numpy[x]<2\n", encoding="utf-8")
    found = read(tmp_path, "requirements.txt", "-r more/base.txt\n-c limits.txt\nnumpy\n")
    assert texts(found.python) == ["pandas", "scipy", "numpy"]
    assert texts(found.constraints) == ["numpy<2"]
    assert found.python[1].where == "more/other.txt:1"


@pytest.mark.parametrize(
    "line",
    [
        "pkg @ git+https://user:secret@host.example/r.git",
        "git+ssh://git@host.example/r.git",
        "git@host.example:r.git",
        "./wheels/foo-1.0-py3-none-any.whl",
        "../foo.whl",
        "-e .",
        "--extra-index-url https://user:secret@host.example/simple",
        "--no-binary numpy",
        "pkg==${VERSION}",
    ],
)
def test_what_is_not_from_the_index_is_left_out_by_name(line: str, tmp_path: Path) -> None:
    """URLs, repositories, local files and options are listed with their line (poetry2nix #1239, #946, #1901)."""
    found = read(tmp_path, "requirements.txt", f"numpy\n{line}\n")
    assert texts(found.python) == ["numpy"]
    assert [left.where for left in found.left] == ["requirements.txt:2"]
    assert "secret" not in found.left[0].line


def test_direct_references_become_sources(tmp_path: Path) -> None:
    """The package is listed by its name, and where it is stands in [sources] (poetry2nix #1239, #946)."""
    lines = (
        "pkg[x] @ https://host.example/pkg-1.0-py3-none-any.whl ; python_version > '3'",
        "bar @ git+https://host.example/r.git@v1#subdirectory=py",
    )
    found = read(tmp_path, "requirements.txt", "\n".join(lines))
    assert texts(found.python) == ['pkg[x]; python_version > "3"', "bar"]
    assert found.sources == {
        "pkg": {"url": "https://host.example/pkg-1.0-py3-none-any.whl"},
        "bar": {"git": "https://host.example/r.git", "tag": "v1", "subdirectory": "py"},
    }
    assert found.left == []


def test_a_frozen_conda_environment(tmp_path: Path) -> None:
    """The directory that conda built a package in is nobody's: the name is taken, and that is told."""
    found = read(tmp_path, "requirements.txt", "numpy @ file:///home/conda/feedstock_root/build_artifacts/numpy_1\n")
    assert texts(found.python) == ["numpy"]
    assert "taken over as numpy" in found.left[0].why


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_from_powershell(encoding: str, tmp_path: Path) -> None:
    """The marks of other Unicode encodings, and lines that end as on Windows, are understood."""
    found = read(tmp_path, "requirements.txt", "numpy==1.26.4\r\npandas\r\n".encode(encoding))
    assert texts(found.python) == ["numpy==1.26.4", "pandas"]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("apt-get install -y graphviz", "graphviz"),
        ("pip install pandas==2.2.3", "pandas==2.2.3"),
        ("conda install numpy", "numpy"),
        ("numpy=1.26", "numpy==1.26"),
        ("numpy 1.26", "numpy==1.26"),
        ("--unknown-option", "remove"),
        ("-r missing.txt", "correct"),
        ("numpy >> 2", "name"),
    ],
)
def test_a_wrong_line_of_requirements(line: str, hint: str, tmp_path: Path) -> None:
    """A line that is none is an error with file, line and the way out (repo2docker #1298, #1382; poetry2nix #1239)."""
    error = refused(tmp_path, "requirements.txt", f"# first\nnumpy\n{line}\n")
    assert error.where == "requirements.txt:3"
    assert hint in (error.hint or "")


def test_no_text(tmp_path: Path) -> None:
    """Bytes that are no text, a directory and a missing file are told as such."""
    assert "no" in refused(tmp_path, "requirements.txt", b"\xff\xfa\x00").message
    (tmp_path / "x.txt").mkdir()
    for name in ("x.txt", "missing.txt", "photo.png"):
        with pytest.raises(JupyflakeError) as caught:
            discover.read(tmp_path / name, name)
        assert caught.value.code == "JF151"


# environment.yml

ENVIRONMENT = """\
name: course
channels: [conda-forge, defaults]
dependencies:
  - python=3.11
  - numpy=1.26
  - conda-forge::pandas>=2,<3
  - scipy==1.13.1
  - scikit-learn=1.5.0=py311h_1
  - "tables[version='>=3.8']"
  - matplotlib-base
  - pytorch
  - graphviz      # [linux]
  - openssl=3.3
  - cudatoolkit
  - r-base=4.3
  - r-ggplot2=3.5
  - r-rcolorbrewer
  - bioconductor-deseq2
  - r-irkernel
  - seaborn=0.12|0.13
  - pip
  - pip:
      - requests[socks]>=2
      - -e .
variables:
  TOKEN: "1"
prefix: /opt/conda
"""


def test_environment(tmp_path: Path) -> None:
    """Python's packages, R's and Debian's are told apart, and what is left out has its line."""
    found = read(tmp_path, "environment.yml", ENVIRONMENT)
    assert found.name == "course"
    assert texts(found.python) == [
        "numpy==1.26.*",
        "pandas>=2,<3",
        "scipy==1.13.1",
        "scikit-learn==1.5.0",
        "tables>=3.8",
        "matplotlib",
        "torch",
        "seaborn",
        "requests[socks]>=2",
    ]
    assert texts(found.r) == ["ggplot2", "RColorBrewer", "DESeq2"]
    assert texts(found.tools) == ["graphviz"]
    assert texts(found.pythons) == ["==3.11.*"]
    assert found.languages == {"python", "r"}
    assert [(left.what, left.where) for left in found.left] == [
        ("cudatoolkit", "environment.yml:14"),
        ("seaborn=0.12|0.13", "environment.yml:20"),
        ("-e .", "environment.yml:24"),
        ("TOKEN=1", "environment.yml:26"),
    ]


def test_frozen_environment(tmp_path: Path) -> None:
    """Of a list that conda has frozen, libraries are known by their builds, and the server keeps its own versions."""
    builds = {
        "alsa-lib": "1.2.8=h166bdaf_0",
        "fftw": "3.3.10=nompi_hc118613_108",
        "fonts-conda-ecosystem": "1=0",
        "xorg-libx11": "1.8.4=h0b41bf4_0",
        "typing-extensions": "4.7.1=hd8ed1ab_0",
        "numpy": "1.21.6=py37h976b520_0",
        "six": "1.16.0=pyh6c4a22f_0",
        "jupyterlab": "3.6.6=pyhd8ed1ab_0",
        "jupyter_server_ydoc": "0.8.0=pyhd8ed1ab_0",
        "ipympl": "0.9.3=pyhd8ed1ab_0",
    }
    lines = [f"  - {name}={build}" for name, build in builds.items()]
    lines += [f"  - filler{number}=1.0=pyhd8ed1ab_0" for number in range(30)]
    found = read(tmp_path, "environment.yml", "name: base\ndependencies:\n" + "\n".join(lines))
    assert (found.name, found.left) == (None, [])
    chosen = merge.packages(found)
    assert texts(list(chosen.server)) == ["ipympl"]
    assert texts(list(chosen.python))[:4] == [
        *("typing-extensions==4.7.1", "numpy==1.21.6", "six==1.16.0", "ipympl==0.9.3"),
    ]
    assert any("--unpinned" in note for note in found.notes)
    assert texts(list(merge.packages(found, unpinned=True).python))[:4] == [
        "typing-extensions",
        "numpy",
        "six",
        "ipympl",
    ]


def test_packages_of_other_systems(tmp_path: Path) -> None:
    """What a frozen list has only because it was made on Windows or macOS is left out, unless a marker says when."""
    found = read(tmp_path, "requirements.txt", "pywin32==306\nappnope==0.1.4; sys_platform == 'darwin'\nsix\n")
    assert texts(list(merge.packages(found).python)) == ["appnope==0.1.4; sys_platform == 'darwin'", "six"]
    assert [left.what for left in found.left] == ["pywin32==306"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("dependencies:\n  - numpy\n - pandas\n", ":3"),
        ("dependencies:\n  - numpy\n  - apt-get install graphviz\n", ":3"),
        ("dependencies: numpy\n", ":1"),
        ("dependencies:\n  - pip:\n    - pip install x\n", ":3"),
        ("dependencies:\n  - npm:\n    - x\n", ":2"),
        ("name: x\n", ""),
        ("- numpy\n", ""),
        ("", ""),
    ],
)
def test_wrong_environments(text: str, place: str, tmp_path: Path) -> None:
    """A fault of an environment is told with its line, commands in it too (repo2docker #1382)."""
    assert (refused(tmp_path, "environment.yml", text).where or "").startswith(f"environment.yml{place}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("=1.26", "==1.26.*"),
        ("=1.26.*", "==1.26.*"),
        ("==1.26", "==1.26"),
        ("1.26.*", "==1.26.*"),
        ("1.26.4 py311_0", "==1.26.4"),
        ("=1.26.4=py311_0", "==1.26.4"),
        (">=1.2.*,<2", ">=1.2,<2"),
        ("!=1.5,>=1", "!=1.5,>=1"),
        ("*", ""),
    ],
)
def test_versions_of_conda(text: str, expected: str) -> None:
    """Each way in which conda writes versions has its own meaning."""
    assert versions.conda(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.2", "~=1.2"),
        ("1.2", "==1.2"),
        ("=1.2", "==1.2"),
        (">=1.2, <2", ">=1.2,<2"),
        ("*", ""),
    ],
)
def test_versions_of_poetry(text: str, expected: str) -> None:
    """The signs of poetry become those of PEP 440."""
    assert versions.poetry(text) == expected


# pyproject.toml, Pipfile, pylock.toml

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
[project]
name = "My.Analysis"
requires-python = ">=3.11"
dependencies = ["numpy>=1.26", "pandas"]
[project.optional-dependencies]
plot = ["matplotlib"]
all = ["my_analysis[plot]", "seaborn"]
[dependency-groups]
Dev_Tools = ["pytest", { include-group = "lint" }]
lint = ["ruff"]
[tool.uv.sources]
pandas = { git = "https://host.example/pandas", rev = "v2" }
numpy = { index = "company" }
other = { path = "libs/other" }
[[tool.uv.index]]
name = "company"
url = "https://host.example/simple"
"""


def test_pyproject(tmp_path: Path) -> None:
    """The dependencies are taken; extras and groups are where they are asked for, with what they include."""
    found = read(tmp_path, "pyproject.toml", PYPROJECT)
    assert texts(found.python) == ["numpy>=1.26", "pandas"]
    assert texts(found.pythons) == [">=3.11"]
    assert [left.what for left in found.left] == ["the package My.Analysis itself"]
    pandas = {"git": "https://host.example/pandas", "tag": "v2"}
    assert found.sources == {"pandas": pandas, "numpy": {"index": "company"}}
    assert found.indexes == {"company": "https://host.example/simple"}
    assert len(found.notes) == 4
    more = read(tmp_path, "pyproject.toml", PYPROJECT, ("all", "dev-tools"))
    assert texts(more.python) == ["numpy>=1.26", "pandas", "matplotlib", "seaborn", "pytest", "ruff"]


def test_pyproject_of_poetry(tmp_path: Path) -> None:
    """The tables of poetry are read: its versions, cases, extras and groups."""
    text = (
        '[tool.poetry]\nname = "old"\n[tool.poetry.dependencies]\npython = "^3.10"\nnumpy = "^1.26"\n'
        'dask = { version = "*", extras = ["complete"], python = ">=3.11" }\n'
        'local = { path = "../x" }\nown = { path = "libs/own", develop = true }\n'
        'maybe = { version = "1", optional = true }\n'
        'scipy = [{ version = "<1.10", python = "<3.11" },'
        ' { version = ">=1.10", markers = "python_version >= \'3.11\'" }]\n'
        '[tool.poetry.group.dev.dependencies]\npytest = "*"\n'
    )
    found = read(tmp_path, "pyproject.toml", text, ("dev",))
    assert texts(found.python) == [
        "numpy>=1.26,<2",
        "dask[complete]; python_version >= '3.11'",
        "own",
        "scipy<1.10; python_version < '3.11'",
        "scipy>=1.10; python_version >= '3.11'",
        "pytest",
    ]
    assert texts(found.pythons) == [">=3.10,<4"]
    assert [left.what for left in found.left] == ['local (path = "../x")']
    assert found.sources == {"own": {"path": "libs/own"}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[project\n", "TOML"),
        ("[tool.ruff]\n", "neither"),
        ('[project]\nname = "x"\ndependencies = "numpy"\n', r"array.*project\.dependencies"),
        ('[project]\nname = "x"\ndependencies = ["numpy=1"]\n', "=="),
        ('[dependency-groups]\na = [{ include-group = "b" }]\n', "b"),
    ],
)
def test_wrong_pyprojects(text: str, says: str, tmp_path: Path) -> None:
    """A fault of a pyproject.toml is told with the place in it."""
    path = tmp_path / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JupyflakeError, match=says) as caught:
        discover.read(path, "pyproject.toml", ["a"] if "groups" in text else [])
    assert caught.value.code in {"JF150", "JF151"}


def test_groups_that_are_not_there_or_include_each_other(tmp_path: Path) -> None:
    """An unknown group is told with those that there are, a circle of groups with its members."""
    with pytest.raises(JupyflakeError, match="dev-tools") as caught:
        read(tmp_path, "pyproject.toml", PYPROJECT, ("docs",))
    assert caught.value.code == "JF154"
    circle = '[dependency-groups]\na = [{ include-group = "b" }]\nb = [{ include-group = "a" }]\n'
    with pytest.raises(JupyflakeError, match="a → b → a"):
        read(tmp_path, "pyproject.toml", circle, ("a",))


def test_pipfile_and_its_lock(tmp_path: Path) -> None:
    """The Pipfile gives what was asked for, its lock every package."""
    pipfile = (
        '[[source]]\nurl = "https://index.example/simple"\nname = "pypi"\n[packages]\nnumpy = "*"\n'
        'requests = { version = ">=2", extras = ["socks"] }\nmine = { git = "https://host.example/r.git" }\n'
        'colorama = { version = "*", markers = "os_name == \'nt\'" }\n[dev-packages]\npytest = "==8.0"\n'
        '[requires]\npython_version = "3.11"\n'
    )
    found = read(tmp_path, "Pipfile", pipfile)
    assert texts(found.python) == ["numpy", "requests[socks]>=2", "mine", "colorama; os_name == 'nt'"]
    assert texts(found.pythons) == ["==3.11.*"]
    assert found.sources == {"mine": {"git": "https://host.example/r.git"}}
    assert texts(read(tmp_path, "Pipfile", pipfile, ("dev",)).python)[-1] == "pytest==8.0"
    lock = json.dumps({"default": {"six": {"version": "==1.16.0", "hashes": ["sha256:x"]}}, "develop": {}})
    assert texts(read(tmp_path, "Pipfile.lock", lock).python) == ["six==1.16.0"]


def test_setup_script(tmp_path: Path) -> None:
    """Lists that are written out are read without running anything, from setup.cfg too; others are left out."""
    (tmp_path / "setup.cfg").write_text(
        "[options]\npython_requires = >=3.9\ninstall_requires =\n  six\n", encoding="utf-8"
    )
    text = 'import setuptools\nsetuptools.setup(\n  name="x",\n  install_requires=["numpy>=1", "scipy"],\n)\n'
    found = read(tmp_path, "setup.py", text)
    assert texts(found.python) == ["numpy>=1", "scipy", "six"]
    assert texts(found.pythons) == [">=3.9"]
    computed = read(tmp_path, "setup.py", "from setuptools import setup\nsetup(install_requires=open('x').read())\n")
    assert computed.left[0].where == "setup.py:2"
    assert "Python" in refused(tmp_path, "setup.py", "setup(\n").message


def test_pylock(tmp_path: Path) -> None:
    """A pylock.toml gives exact versions with their cases."""
    text = (
        'lock-version = "1.0"\nrequires-python = ">=3.11"\ncreated-by = "x"\n'
        '[[packages]]\nname = "six"\nversion = "1.16.0"\n'
        '[[packages]]\nname = "colorama"\nversion = "0.4.6"\nmarker = "os_name == \'nt\'"\n'
        '[[packages]]\nname = "mine"\n[packages.vcs]\ntype = "git"\nurl = "https://host.example/r"\n'
    )
    found = read(tmp_path, "pylock.dev.toml", text)
    assert texts(found.python) == ["six==1.16.0", "colorama==0.4.6; os_name == 'nt'"]
    assert [left.what for left in found.left] == ["mine"]
    assert "version" in refused(tmp_path, "pylock.toml", text.replace('"1.0"', '"2.0"')).message


# R


def test_install_script_of_r(tmp_path: Path) -> None:
    """Packages are found in calls over several lines; other places and names that are computed are left out."""
    text = (
        "# install.packages('not-this')\n"
        'install.packages(c("ggplot2",\n   \'dplyr\'), repos = "https://cran.example", lib = c("x"))\n'
        'if (!require("data.table")) install.packages("data.table")\n'
        'BiocManager::install("DESeq2")\n'
        'remotes::install_version("Formula", "1.2-4")\n'
        'devtools::install_github("user/repo")\n'
        "install.packages(wanted)\n"
        'message("install.packages(\\"text\\")")\n'
    )
    found = read(tmp_path, "install.R", text)
    assert texts(found.r) == ["ggplot2", "dplyr", "data.table", "DESeq2", "Formula"]
    assert [(left.what, left.where) for left in found.left] == [
        ("user/repo", "install.R:7"),
        ("install.packages(wanted)", "install.R:8"),
    ]
    assert any("versions of the base" in note for note in found.notes)


def test_lists_of_r_that_are_named_first(tmp_path: Path) -> None:
    """A list that is written out before it is installed counts, and a word that is no package stops nothing."""
    text = (
        'if (!requireNamespace("BiocManager")) install.packages("BiocManager")\nBiocManager::install()\n'
        'pkgs <- c("dplyr",\n "r-lib", "zoo") # tools\none = "sf"\n'
        'install.packages(pkgs, repos = "https://cran.example")\ninstall.packages(one)\n'
        "install.packages(pkgs[!pkgs %in% installed.packages()])\n"
    )
    found = read(tmp_path, "install.R", text)
    assert texts(merge.packages(found).r) == ["dplyr", "zoo", "sf"]
    assert [left.what for left in found.left] == ["r-lib", "r-lib"]


def test_description_and_renv(tmp_path: Path) -> None:
    """R's own lists are read; of renv's, what others bring in is left to them (rix #210)."""
    text = (
        "Package: mine\nDepends: R (>= 4.1), methods\nImports:\n    dplyr (>= 1.0),\n    ggplot2\n"
        "LinkingTo: Rcpp\nSuggests: testthat\nRemotes: user/repo\n"
    )
    found = read(tmp_path, "DESCRIPTION", text)
    assert texts(found.r) == ["dplyr", "ggplot2", "Rcpp"]
    assert [left.what for left in found.left] == ["user/repo", "the package mine itself"]
    lock = {
        "R": {"Version": "4.3.1"},
        "Packages": {
            "dplyr": {"Package": "dplyr", "Source": "Repository", "Requirements": ["R", "rlang"]},
            "rlang": {"Package": "rlang", "Source": "Repository"},
            "renv": {"Package": "renv", "Source": "Repository"},
            "mine": {"Package": "mine", "Source": "GitHub", "Imports": ["ggplot2 (>= 3)"]},
            "ggplot2": {"Package": "ggplot2", "Source": "Repository"},
            "Formula": {"Package": "Formula", "Version": "1.2-4", "Source": "Repository"},
        },
    }
    renv = read(tmp_path, "renv.lock", json.dumps(lock))
    assert texts(renv.r) == ["dplyr", "Formula"]
    assert [left.what for left in renv.left] == ["mine"]


# repo2docker's files, and notebooks


def test_apt_list(tmp_path: Path) -> None:
    """Names are taken, compilers and interpreters are left out, a command is an error (repo2docker #1382)."""
    found = read(tmp_path, "apt.txt", "graphviz\n# no\n\nbuild-essential\nffmpeg  tree # two\npython3-dev\n")
    assert texts(found.tools) == ["graphviz", "ffmpeg", "tree"]
    assert [left.where for left in found.left] == ["apt.txt:4", "apt.txt:6"]
    error = refused(tmp_path, "apt.txt", "graphviz\napt-get install -y ffmpeg\n")
    assert error.where == "apt.txt:2"
    assert "ffmpeg" in (error.hint or "")


@pytest.mark.parametrize(
    ("text", "pythons", "left"),
    [
        ("python-3.11\n", ["==3.11.*"], 0),
        ("python-3.11.4", ["==3.11.*"], 0),
        ("r-4.3-2024-01-01", [], 1),
        ("r-2019-09-24", [], 1),
    ],
)
def test_runtime(text: str, pythons: list[str], left: int, tmp_path: Path) -> None:
    """Python's version is taken over, that of R is told to be the base's."""
    found = read(tmp_path, "runtime.txt", text)
    assert (texts(found.pythons), len(found.left)) == (pythons, left)


def notebook(*cells: str, language: str = "python") -> str:
    """Make a notebook."""
    code = [{"cell_type": "code", "source": text.splitlines(keepends=True)} for text in cells]
    return json.dumps({"nbformat": 4, "metadata": {"kernelspec": {"language": language}}, "cells": code})


def test_notebook(tmp_path: Path) -> None:
    """Imports and installations are found between magics; what lies beside the notebook is no package."""
    (tmp_path / "helpers.py").write_text("", encoding="utf-8")
    text = notebook(
        "%matplotlib inline\nimport os, numpy as np\nfrom sklearn.linear_model import Ridge\nimport helpers",
        "%pip install -q 'pandas>=2' git+https://host.example/r.git\n!apt-get install -y graphviz",
        "%%time\nimport cv2\nfiles = !ls\nbroken = ",
        "%%bash\npip install polars && echo import nothing\nimport not_python",
        "%conda install -c conda-forge -y xarray=2024.1\nimport rarelyknown\nfrom . import x\ncv2.imread?",
    )
    found = read(tmp_path, "a.ipynb", text)
    assert texts(found.python) == [
        *("numpy", "scikit-learn", "pandas>=2", "opencv-python-headless", "polars", "xarray==2024.1.*", "rarelyknown"),
    ]
    assert [entry.text for entry in found.python if entry.guessed] == ["rarelyknown"]
    assert texts(found.tools) == ["graphviz"]
    assert found.left[0].where == "a.ipynb cell 2"


def test_notebook_in_r_and_none(tmp_path: Path) -> None:
    """R code names its packages by library(); other languages are left out, and what is no notebook is told."""
    found = read(
        tmp_path, "r.ipynb", notebook('library(dplyr)\nrequire("ggplot2")\ninstall.packages("zoo")', language="R")
    )
    assert texts(found.r) == ["dplyr", "ggplot2", "zoo"]
    assert read(tmp_path, "j.ipynb", notebook("using X", language="julia")).left
    assert "Notebook" in refused(tmp_path, "x.ipynb", '{"worksheets": []}').message


# Putting together


def test_lines_of_one_package_become_one() -> None:
    """Two spellings, extras and bounds of a package are joined; different exact versions are an error."""
    lines = ["pydantic", "pydantic[email]", "Flask_Cors>=4", "flask-cors<6", "x; os_name == 'nt'", "x"]
    joined = merge.joined([Entry(line, "f:1") for line in lines])
    assert texts(joined) == ["pydantic[email]", "Flask_Cors>=4,<6", "x; os_name == 'nt'", "x"]
    with pytest.raises(JupyflakeError, match="different versions") as caught:
        merge.joined([Entry("numpy==1.26", "a:1"), Entry("NumPy==2.0", "b:7")])
    assert caught.value.where == "b:7"


@pytest.mark.parametrize(
    ("asked", "base", "chosen", "left"),
    [
        ([], "debian/trixie", None, False),
        (["==3.11.*"], "debian/trixie", "3.11", False),
        (["==3.13.*"], "debian/trixie", "3.13", False),
        ([">=3.9"], "debian/trixie", None, False),
        ([">=3.9,<3.12"], "debian/trixie", "3.11", False),
        (["<4", "<3.13"], "debian/trixie", "3.11", False),
        (["==3.8.*"], "debian/trixie", "3.11", True),
        (["==3.12.*"], "debian/trixie", "3.13", True),
        (["==3.12.*"], "nixpkgs", "3.12", False),
        (["==2.7.*"], "debian/bookworm", "3.11", True),
    ],
)
def test_choice_of_python(
    asked: list[str], base: str, chosen: str | None, *, left: bool, suites: dict[str, str]
) -> None:
    """The base's own Python serves if it may; one that is nowhere is told, and the nearest taken."""
    found = Found(pythons=[Entry(text, "f:1") for text in asked])
    assert merge.python_version(found, base, suites) == chosen
    assert bool(found.left) == left


def test_packages_for_server_and_kernel() -> None:
    """What belongs to Lab goes to the server, widgets to both, collections nowhere."""
    lines = ["numpy", "jupyterlab-git", "jupyter", "ipykernel", "ipympl>=0.9", "jupyterlab", "nbgitpuller==1.2"]
    found = Found(python=[Entry(line, "f:1") for line in lines], languages={"python"})
    chosen = merge.packages(found)
    assert texts(list(chosen.server)) == ["jupyterlab-git", "ipympl>=0.9", "nbgitpuller==1.2"]
    assert texts(list(chosen.python)) == ["numpy", "ipympl>=0.9"]
