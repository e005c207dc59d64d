"""Reading `jupyter.toml`: what is accepted, and what is said about the rest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyflake.codes import CODES
from jupyflake.errors import JupyflakeError
from jupyflake.manifest import model
from jupyflake.manifest.environments import environments
from jupyflake.manifest.load import parse, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = '[project]\nname = "x"\nbase = "debian/trixie"\n'
NIXPKGS = HEAD.replace("debian/trixie", "nixpkgs")
PYTHON = HEAD + '[kernels.a]\nlanguage = "python"\n'
BASH = HEAD + '[kernels.a]\nlanguage = "bash"\n'
OWN = HEAD + '[kernels.a]\nlanguage = "forth"\n'
RUN = 'argv = ["gforth", "{connection_file}"]\n'
R = HEAD + '[kernels.a]\nlanguage = "r"\n'

DESIGN = """\
[project]
name = "multi-kernel"
base = "debian/trixie"
systems = ["x86_64-linux"]

[jupyter]
packages = ["jupyterlab", "jupyterlab-lsp"]
settings."ServerApp.root_dir" = "notebooks"
settings."ServerApp.tornado_settings" = { headers = { X = "1" } }
overrides."@jupyterlab/apputils-extension:themes" = { theme = "JupyterLab Dark" }

[kernels.py313]
language = "python"
python = "3.13"
display-name = "Python 3.13 · pandas 3"
packages = ["numpy", "pandas>=3", "matplotlib"]
env.OMP_NUM_THREADS = "2"
tools = ["graphviz"]

[kernels.py311]
language = "python"
python = "3.11"
packages = ["pandas<2"]

[kernels.r]
language = "r"
packages = ["ggplot2", "dplyr"]

[shell]
tools = ["git", "less"]

[image]
name = "registry.example.org:5000/team/multi-kernel"
user = "jovyan"
labels."org.opencontainers.image.title" = "…"

[check]
notebooks = ["notebooks/first.ipynb"]
"""

# text, code, line:column, words of the message, the hint
WRONG = [
    ("", "JF106", "1:1", "[project] is missing", "[project]"),
    ("\n\n", "JF106", "1:1", "[project] is missing", "[project]"),
    ('[project]\nname = "x"\n', "JF106", "1:2", '"base" is missing in [project]', 'base = "debian/trixie"'),
    (HEAD + "[kernels.a]\n", "JF106", "4:10", '"language" is missing in [kernels.a]', 'language = "python"'),
    (R + "pakages = []", "JF101", "6:1", 'unknown key "pakages" in [kernels.a]; expected one of language', "packages"),
    (HEAD + "[kernles.a]\n", "JF101", "4:2", 'unknown key "kernles" at the top', "kernels"),
    (HEAD + "kernels = 1", "JF101", "4:1", 'unknown key "kernels" in [project]', "[kernels.<name>] as a header"),
    (R + 'display_name = "A"', "JF101", "6:1", "display_name", "display-name"),
    (PYTHON + "python = 3.13", "JF102", "6:10", "a number without quotes", 'python = "3.13"'),
    (PYTHON + 'packages = "numpy"', "JF102", "6:12", "is a text; expected a list", 'packages = ["numpy"]'),
    (PYTHON + 'packages = ["a", 1]', "JF102", "6:18", "kernels.a.packages[1]", '"1"'),
    (PYTHON + "env.THREADS = 2", "JF102", "6:15", "kernels.a.env.THREADS", 'THREADS = "2"'),
    (PYTHON + "env.DEBUG = true", "JF102", "6:13", "true or false without quotes", 'DEBUG = "true"'),
    (HEAD + '[image]\nhub = "true"', "JF102", "5:7", "image.hub is a text; expected true or false", "hub = true"),
    (HEAD + 'package-tests = "yes"', "JF102", "4:17", "expected true or false", "write true or false"),
    (HEAD + "[image]\nhub = 1", "JF102", "5:7", "image.hub is a number", "write true or false"),
    (PYTHON + "metadata.x = 1979-05-27", "JF102", "6:14", "date", "text in quotes"),
    (PYTHON + "metadata.x = [nan]", "JF102", "6:15", "finite", "finite"),
    (PYTHON + "metadata.x = 9223372036854775808", "JF102", "6:14", "63 bits", "63 bits"),
    (HEAD + "[[kernels]]\na = 1", "JF102", "4:3", "kernels is a list; expected a table", "a table"),
    ("project = 1", "JF102", "1:11", "expected a table", "a table"),
    (HEAD + "[shell]\ntools = [", "JF103", "5:10", "", ""),
    ("name: x\n", "JF103", "1:5", "", "equals sign"),
    ("x = “a”", "JF103", "1:5", "", "straight quotes"),
    (HEAD + "x = {a = 1,}", "JF103", "4:11", "must not end with a comma", "remove the comma"),
    (HEAD + "x = {a = 1,\nb = 2}", "JF103", "4:12", "one line", "header"),
    (HEAD + "[kernels.a]\n[kernels.a]\n", "JF103", "5:11", "[kernels.a] is there twice", "rename one of them"),
    (HEAD + "x = 1\nx = 2\n", "JF103", "5:6", "this key is there twice", "remove one of the two"),
    (HEAD + 'x = "\\e"', "JF103", "4:6", "escape", "\\u001b"),
    (HEAD + "x = " + "[" * 3000, "JF103", "1:1", "nested too deeply", "close"),
    (HEAD + '[kernels.PY]\nlanguage = "r"', "JF107", "4:10", '"PY"', "[kernels.py]"),
    (HEAD + '[kernels."my kernel"]\nlanguage = "r"', "JF107", "4:10", "my kernel", "[kernels.my-kernel]"),
    (HEAD + '[kernels."naïve"]\nlanguage = "r"', "JF107", "4:10", "naïve", "[kernels."),
    (HEAD + '[kernels."../x"]\nlanguage = "r"', "JF107", "4:10", "../x", "[kernels.x]"),
    (HEAD + '[kernels.""]\nlanguage = "r"', "JF107", "4:10", '""', "[kernels.py]"),
    (HEAD + '[kernels.-x]\nlanguage = "r"', "JF107", "4:10", "-x", "[kernels.x]"),
    (HEAD + '[kernels.python]\nlanguage = "r"', "JF107", "4:10", 'takes the kernel name "python"', "[kernels.python3]"),
    (HEAD + '[kernels.shell]\nlanguage = "r"', "JF107", "4:10", "reserved", "shell-kernel"),
    (HEAD.replace('"x"', '"a b"'), "JF107", "2:8", "a b", 'name = "a-b"'),
    (HEAD + '[image]\nname = "Demo"', "JF107", "5:8", "Demo", "my-project"),
    (HEAD + '[image]\nuser = "root"', "JF107", "5:8", "root", "jovyan"),
    (HEAD + '[image]\ncompression = "gz"', "JF160", "5:15", "none, gzip, zstd", 'compression = "gzip"'),
    (HEAD + '[image]\ncreated = "now"', "JF160", "5:11", "no fixed time", "2026-01-31T12:00:00Z"),
    (HEAD + '[image]\ncreated = "2026-02-30T12:00:00Z"', "JF160", "5:11", "no fixed time", "created ="),
    (HEAD + "[image]\nmax-layers = 126", "JF160", "5:14", "from 2 to 125", "max-layers = 100"),
    (HEAD + "[image]\nports = [8050, 65536]", "JF160", "5:16", "65536 is no port", "8050"),
    (HEAD + "[image]\nports = [0]", "JF102", "5:10", "is 0, a number", "such as 8050"),
    (HEAD + '[image]\nlabels."a b" = 1', "JF102", "5:16", "a number without quotes", '"a b" = "1"'),
    (HEAD + '[image]\nextra-paths."srv" = "a"', "JF160", "5:13", "absolute path", "/srv/course"),
    (HEAD + '[image]\nextra-paths."/srv/../etc" = "a"', "JF160", "5:13", "absolute path", "/srv/course"),
    (HEAD + '[image]\nextra-paths."/srv/a" = "../a"', "JF160", "5:24", "outside of the project", '"/srv/a" = "course"'),
    (HEAD + '[kernels.a]\nlanguage = "cobol"', "JF108", "5:12", "expected one of python, r, bash", "argv = ["),
    (HEAD + '[kernels.a]\nlanguage = "node_js"', "JF108", "5:12", '"node_js"', "kernel languages"),
    (HEAD + '[kernels.a]\nlanguage = "Deno"', "JF108", "5:12", '"Deno"', 'language = "javascript"'),
    (HEAD + '[kernels.a]\nlanguage = "go"', "JF180", "5:12", "no kernel for go; nixpkgs has", 'base = "nixpkgs", in'),
    (BASH + 'interrupt-mode = "message"', "JF118", "6:1", "kernels with argv", "remove interrupt-mode"),
    (BASH + "packages = ['ggplot2', 'x y']", "JF112", "6:24", "x y", "a name"),
    (OWN + "argv = []", "JF181", "6:8", "nothing to start", "{connection_file}"),
    (OWN + 'argv = "python"', "JF102", "6:8", "a list of words", 'argv = ["python"]'),
    (OWN + 'argv = ["/usr/bin/gforth", "{connection_file}"]', "JF181", "6:9", "name of a program", '"gforth", with'),
    (OWN + 'argv = ["", "{connection_file}"]', "JF181", "6:9", "name of a program", '"python", with'),
    (OWN + 'argv = ["gforth"]', "JF181", "6:8", "expected", 'argv = ["gforth", "{connection_file}"]'),
    (OWN + RUN + 'interrupt-mode = "mesage"', "JF117", "7:18", "one of signal, message", '"message"'),
    (OWN + RUN + 'python = "3.13"', "JF118", "7:1", "run on Python", "remove python"),
    (HEAD + '[kernels.a]\nlanguage = ""\n' + RUN, "JF117", "5:12", "language is empty", 'language = "a"'),
    (HEAD + '[kernels.a]\nlanguage = "R"', "JF108", "5:12", '"R"', 'language = "r"'),
    (HEAD.replace("debian/trixie", "nixpkg"), "JF109", "3:8", "debian/bookworm, debian/trixie", 'base = "nixpkgs"'),
    (HEAD + 'systems = ["aarch64-darwin"]', "JF116", "4:12", "debian/trixie has no packages for", 'base = "nixpkgs"'),
    (NIXPKGS + '[jupyter]\npython = "3.9"', "JF110", "5:10", "3.11, 3.12, 3.13, 3.14", '"3.13"'),
    (NIXPKGS + '[shell]\ntools = ["git", "a b"]', "JF112", "5:17", "package in nixpkgs", "llvmPackages.clang"),
    (HEAD + '[check]\nnotebooks = ["a.ipynb"]\ncompare = ["b.ipynb"]', "JF117", "6:12", "not executed", "notebooks"),
    (HEAD + '[check]\ntimeout = "60"', "JF102", "5:11", "a whole number of seconds", "600"),
    (HEAD + "[check]\ntimeout = 0", "JF102", "5:11", "a whole number of seconds", "600"),
    (HEAD.replace("debian/trixie", "trixie"), "JF109", "3:8", '"trixie"', 'base = "debian/trixie"'),
    (HEAD.replace("debian/trixie", "debian/trixy"), "JF109", "3:8", "trixy", 'base = "debian/trixie"'),
    (PYTHON + 'base = "debian/sid"', "JF109", "6:8", "debian/sid", 'base = "debian/'),
    (PYTHON + 'python = "3.12"', "JF110", "6:10", "3.11 (bookworm), 3.13 (trixie), 3.14 (forky)", "3.13"),
    (HEAD + '[jupyter]\npython = "3.9"', "JF110", "5:10", "3.9", "3.13"),
    (PYTHON + 'python = "3.11"\nbase = "debian/forky"', "JF110", "6:10", "has Python 3.14, not 3.11", "bookworm"),
    (PYTHON + 'python = "3.13.1"', "JF111", "6:10", "two numbers", 'python = "3.13"'),
    (PYTHON + 'python = ">=3.11"', "JF111", "6:10", "two numbers", 'python = "3.11"'),
    (PYTHON + 'packages = ["pandas=2"]', "JF112", "6:13", "given with ==", '"pandas==2"'),
    (PYTHON + 'packages = ["pandas >> 2"]', "JF112", "6:13", "pandas >> 2", "extras and a version"),
    (PYTHON + 'packages = ["-r requirements.txt"]', "JF112", "6:13", "option of pip", "a name"),
    (PYTHON + 'packages = ["a\\nb"]', "JF112", "6:13", "control character", "remove"),
    (PYTHON + 'packages = [""]', "JF112", "6:13", '""', "a name"),
    (PYTHON + 'constraints = ["a[b]<1"]', "JF112", "6:16", "no extras", '"a<1"'),
    (R + 'packages = ["ggplot2>=3"]', "JF112", "6:13", "version of the base", '"ggplot2"'),
    (R + 'packages = ["r-cran-dplyr"]', "JF112", "6:13", "Debian's name", "dplyr"),
    (R + 'packages = ["tidyverse/ggplot2"]', "JF112", "6:13", "not the name of an R package", "ggplot2"),
    (HEAD + '[shell]\ntools = ["apt-get install -y git less"]', "JF112", "5:10", "apt-get", '"git", "less"'),
    (PYTHON + 'packages = ["Flask_Cors", "flask-cors"]', "JF113", "6:27", "same package", "flask-cors"),
    (PYTHON + 'packages = ["a>1", "a<3"]', "JF113", "6:20", "same package", '"a<3,>1"'),
    (R + 'packages = ["dplyr", "dplyr"]', "JF113", "6:22", "twice", "remove"),
    (PYTHON + 'constraints = ["x @ https://a.b/x.whl"]', "JF114", "6:16", "where the package is", "[sources]"),
    (PYTHON + 'packages = ["x @ https://a.b/x.git"]', "JF191", "6:13", "a wheel (.whl)", 'git = "https://a.b/x.git"'),
    (PYTHON + 'packages = ["git+https://u:secret@a.b/x"]', "JF114", "6:13", "***@a.b", '"x @ git+https://***@a.b/x"'),
    (PYTHON + 'packages = ["x @ git+https://u:secret@a.b/x"]', "JF193", "6:13", "a login", "netrc"),
    (PYTHON + 'packages = ["./dist/x-1.whl"]', "JF114", "6:13", "a place", 'x = { path = "dist/x-1.whl" }'),
    (PYTHON + 'packages = ["git@a.b:c/r.git"]', "JF191", "6:13", "short form", '"r @ git+ssh://git@a.b/c/r.git"'),
    (PYTHON + 'editable = ["../x"]', "JF192", "6:13", "not in the project", 'path = "libs/x"'),
    (
        PYTHON + 'editable = ["x-1-py3-none-any.whl"]',
        "JF196",
        "6:13",
        "a file",
        'x = { path = "x-1-py3-none-any.whl" }',
    ),
    (PYTHON + 'editable = [".", "./"]', "JF113", "6:18", "twice", "remove"),
    (R + 'editable = ["."]', "JF118", "6:1", "run on Python", "remove"),
    (HEAD + "[sources]\nx = {}", "JF191", "5:5", "says nothing", "path"),
    (HEAD + '[sources]\nx = { path = "a", url = "https://a.b/x.whl" }', "JF191", "5:5", "path and url", "git"),
    (HEAD + '[sources]\nx = { path = "/srv/x" }', "JF192", "5:14", "not in the project", "libs/x"),
    (HEAD + '[sources]\nx = { path = "a", tag = "v1" }', "JF191", "5:25", "is for git", "remove tag"),
    (
        HEAD + '[sources]\nx = { git = "https://a.b/x", tag = "1", rev = "abcdef1" }',
        "JF191",
        "5:47",
        "one is enough",
        "rev",
    ),
    (HEAD + '[sources]\nx = { git = "https://a.b/x", rev = "v1" }', "JF191", "5:36", "not the hash", 'tag = "v1"'),
    (HEAD + '[sources]\nx = { git = "ext::sh -c x" }', "JF191", "5:13", "not an address", "https"),
    (HEAD + '[sources]\nx = { git = "https://a.b/x", subdirectory = "../y" }', "JF192", "5:45", "leads out", "python"),
    (HEAD + '[sources]\nx = { index = "https://a.b/simple" }', "JF194", "5:15", "an address", "[indexes]"),
    (HEAD + '[sources]\nx = { path = "a" }\nX = { path = "b" }', "JF113", "6:1", "same package", "keep one"),
    (HEAD + '[sources]\n-x = { path = "a" }', "JF191", "5:1", "name of a package", "my-package"),
    (HEAD + '[sources]\nx = { paht = "a" }', "JF101", "5:7", '"paht"', "path"),
    (HEAD + '[indexes]\nx = "https://u:secret@a.b/simple"', "JF193", "5:5", "***@a.b", "netrc"),
    (HEAD + '[indexes]\n"a b" = "https://a.b"', "JF194", "5:1", "letters", "company"),
    (PYTHON + 'sdists = ["docopt>=0.6"]', "JF112", "6:11", "only the name", '"docopt"'),
    (PYTHON + 'build-requires = ["setuptools<81"]', "JF117", "6:1", "there are none", "sdists"),
    (R + 'missing-libraries = ["libx.so.1"]', "JF118", "6:1", "kernels that run on Python", "remove"),
    (PYTHON + 'build-tools = ["g++"]', "JF117", "6:1", "there are none", "sdists"),
    (PYTHON + 'sdists = ["x"]\nbuild-tools = ["g++ make"]', "JF112", "7:16", '"g++ make"', '"g++", "make"'),
    (PYTHON + 'env.LD_PRELOAD = "x"', "JF115", "6:5", "LD_PRELOAD", "tools"),
    (PYTHON + 'env.NIX_PATH = "x"', "JF115", "6:5", "NIX_PATH", "remove"),
    (PYTHON + 'env."a-b" = "x"', "JF115", "6:5", '"a-b"', "a_b"),
    (HEAD + '[shell]\nenv.PYTHONPATH = "x"', "JF115", "5:5", "PYTHONPATH", "packages"),
    (HEAD + 'systems = ["x86-64-linux"]', "JF116", "4:12", "x86-64-linux", '"x86_64-linux"'),
    (HEAD + 'systems = ["aarch64-darwin"]', "JF116", "4:12", "aarch64-darwin", '"aarch64-linux"'),
    (HEAD + "systems = []", "JF117", "4:11", "no target system", "systems"),
    (HEAD + "[jupyter]\nsettings.ServerApp.port = 1", "JF117", "5:10", "Class.name", "ServerApp.root_dir"),
    (HEAD + '[check]\nnotebooks = ["../a.ipynb"]', "JF117", "5:14", "inside the project", "notebooks/"),
    (R + 'python = "3.13"', "JF118", "6:1", '"python"', "remove python"),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_manifests_are_explained(wrong: tuple[str, str, str, str, str], suites: dict[str, str]) -> None:
    """Each wrong manifest gives its code, the place, what is wrong and what to type instead."""
    text, code, place, words, hint = wrong
    with pytest.raises(JupyflakeError) as caught:
        parse(text, suites)
    error = caught.value
    assert (code, f"jupyter.toml:{place}") == (error.code, error.where)
    assert words in error.message
    assert error.hint
    assert hint in error.hint
    assert "\n" not in str(error)
    assert "secret" not in str(error)


def test_the_design_example_is_read(suites: dict[str, str]) -> None:
    """The manifest of the documentation gives the values that it shows."""
    manifest = parse(DESIGN, suites).manifest
    assert list(manifest.kernels) == ["py313", "py311", "r"]
    assert manifest.jupyter.settings["ServerApp.root_dir"] == "notebooks"
    assert manifest.kernels["py313"].display_name == "Python 3.13 · pandas 3"
    assert manifest.kernels["py313"].env == {"OMP_NUM_THREADS": "2"}
    assert manifest.image.labels == {"org.opencontainers.image.title": "…"}


def test_windows_line_ends_are_read(suites: dict[str, str]) -> None:
    """A file with CRLF gives the same values."""
    assert parse(DESIGN, suites).manifest == parse(DESIGN.replace("\n", "\r\n"), suites).manifest


@pytest.mark.parametrize(
    "packages",
    [
        ["pydantic", "pydantic[email]"],
        ["numpy<2; python_version<'3.12'", "numpy>=2; python_version>='3.12'"],
        ["discord.py", "zope.interface", "PyYAML", "dask[complete]>=2025.1", "torch==2.9.0+cpu"],
    ],
)
def test_legal_requirements(packages: list[str], suites: dict[str, str]) -> None:
    """Extras on lines of their own, lines for different cases, and all spellings are accepted."""
    text = PYTHON + f"packages = {packages}"
    assert packages == parse(text, suites).manifest.kernels["a"].packages


def test_python_chooses_the_suite(suites: dict[str, str]) -> None:
    """A kernel's Python comes from the suite that has it, the others from the project's base."""
    made = environments(parse(DESIGN, suites).manifest, suites)
    assert {name: (environment.base, environment.python) for name, environment in made.items()} == {
        "jupyter": ("debian/trixie", "3.13"),
        "py313": ("debian/trixie", "3.13"),
        "py311": ("debian/bookworm", "3.11"),
        "r": ("debian/trixie", None),
        "shell": ("debian/trixie", None),
    }


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        (b"\xef\xbb\xbf" + HEAD.encode(), "JF104", "byte order mark"),
        (HEAD.encode("utf-16"), "JF104", "UTF-16"),
        (b'[project]\nname = "caf\xe9"\n', "JF104", "0xe9"),
    ],
)
def test_other_encodings(tmp_path: Path, raw: bytes, code: str, words: str) -> None:
    """A file that is not plain UTF-8 is refused, with the place of the first wrong byte."""
    path = tmp_path / "jupyter.toml"
    path.write_bytes(raw)
    with pytest.raises(JupyflakeError, match=words) as caught:
        read_text(path)
    assert code == caught.value.code
    assert caught.value.where == ("jupyter.toml:2:12" if "0x" in words else "jupyter.toml:1:1")


def test_missing_file(tmp_path: Path) -> None:
    """A missing file is named, with the command that makes one."""
    with pytest.raises(JupyflakeError) as caught:
        read_text(tmp_path / "jupyter.toml")
    assert (caught.value.code, caught.value.hint) == ("JF105", "jupyflake init")


def test_a_directory_of_that_name(tmp_path: Path) -> None:
    """A directory called jupyter.toml is an error and no crash."""
    (tmp_path / "jupyter.toml").mkdir()
    with pytest.raises(JupyflakeError) as caught:
        read_text(tmp_path / "jupyter.toml")
    assert caught.value.code == "JF604"


def test_codes_are_complete() -> None:
    """Every code says what it means and what to do."""
    for code, entry in CODES.items():
        assert code.startswith("JF")
        assert entry.title
        assert entry.meaning.endswith(".")
        assert entry.cure.endswith(".")
        assert entry.exit_code in {1, 2}


@pytest.mark.parametrize(
    ("given", "packages"),
    [
        ('packages = ["jupyterlab"]', ("jupyterlab", "jupyterhub")),
        ('packages = ["JupyterHub==5.*", "jupyterlab"]', ("JupyterHub==5.*", "jupyterlab")),
    ],
)
def test_an_image_for_a_hub_has_jupyterhub(suites: Mapping[str, str], given: str, packages: tuple[str, ...]) -> None:
    """`hub = true` adds the package unless the manifest says which version it is."""
    text = f"{HEAD}[jupyter]\n{given}\n[image]\nhub = true\n"
    assert environments(parse(text, suites).manifest, suites)["jupyter"].packages == packages
    assert "jupyterhub" not in environments(parse(DESIGN, suites).manifest, suites)["jupyter"].packages


def test_the_reference_has_all_keys() -> None:
    """Each key of the manifest is explained in docs/reference.md, by its full name."""
    reference = (Path(__file__).resolve().parents[2] / "docs" / "reference.md").read_text(encoding="utf-8")
    tables: dict[str, type[model.Table]] = {
        "project": model.Project,
        "jupyter": model.Jupyter,
        "kernels.<name>": model.Kernel,
        "shell": model.Shell,
        "image": model.Image,
        "check": model.Check,
    }
    keys = [f"{name}.{key.encode_name}" for name, table in tables.items() for key in msgspec.structs.fields(table)]
    assert [key for key in keys if f"`{key}`" not in reference] == []
