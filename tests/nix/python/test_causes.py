"""What a failed build says is understood: the cause in a few words, and the line to write into the manifest."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SDIST = Path(__file__).parents[3] / "nix" / "python" / "sdist"
NO_COMPILER = "it has native code, and no compiler is there"


def explained(output: str, *, base: str = "debian/trixie", project: str = "made") -> tuple[str, str]:
    """Give cause and next step for a build's output."""
    specification = importlib.util.spec_from_file_location("causes", SDIST / "causes.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    cause, hint = module.Causes(str(SDIST / "hints.json"), base, project).explain(output.splitlines())
    return str(cause), str(hint)


@pytest.mark.parametrize(
    ("output", "cause", "package"),
    [
        # setuptools, meson and CMake without a compiler.
        ("error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory", NO_COMPILER, "g++"),
        ("../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc'], ['clang']]", NO_COMPILER, "g++"),
        ("CMake Error: No CMAKE_CXX_COMPILER could be found.", NO_COMPILER, "g++"),
        ("ERROR: Unknown compiler(s): [['gfortran'], ['flang-new']]", "the program gfortran is missing", "gfortran"),
        (
            "Cargo, the Rust package manager, is not installed or is not on PATH.\ncargo not on PATH",
            "the program cargo",
            "cargo",
        ),
        ("error: can't find Rust compiler", "the program rustc is missing", "rustc"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'cmake'", "the program cmake is missing", "cmake"),
        ("/bin/sh: 1: mysql_config: not found", "the program mysql_config", "default-libmysqlclient-dev"),
        ("/usr/bin/ld: cannot find -lportaudio: No such file or directory", "the library portaudio", "portaudio19-dev"),
        (
            '../cairo/meson.build:31:12: ERROR: Dependency "cairo" not found, tried pkgconfig',
            "the library cairo",
            "libcairo2-dev",
        ),
        (
            "yaml/_yaml.h:2:10: fatal error: yaml.h: No such file or directory\nerror: command failed",
            "the header yaml.h",
            "libyaml-dev",
        ),
        (
            "pygraphviz/graphviz_wrap.c:9: fatal error: graphviz/cgraph.h: No such file or directory",
            "the header graphviz/cgraph.h",
            "libgraphviz-dev",
        ),
        ("Modules/common.h:15:10: fatal error: lber.h: No such file or directory", "the header lber.h", "libldap-dev"),
        ("src/pyaudio.c:31:10: fatal error: 'portaudio.h' file not found", "the header portaudio.h", "portaudio19-dev"),
        (
            "Exception: Can not find valid pkg-config name.\nCommand 'pkg-config --exists libmariadb' returned 1",
            "the library libmariadb",
            "default-libmysqlclient-dev",
        ),
    ],
)
def test_missing_part_is_named_with_its_package(output: str, cause: str, package: str) -> None:
    """Programs, headers and libraries that are not there are told with Debian's package.

    mysqlclient, pycairo, pygraphviz, python-ldap, pyaudio: kin of nix-community/pypi2nix #94.
    """
    told, hint = explained(output)
    assert told.startswith(cause)
    assert hint == f"build-tools = [\"{package}\"] beside sdists in jupyter.toml; then 'jupyflake lock'"


def test_psycopg2_has_wheels_under_another_name() -> None:
    """nix-community/pypi2nix #94, #296, TyberiusPrime/uv2nix_hammer_overrides #18: pg_config is missing."""
    told, hint = explained("Error: pg_config executable not found.\n\npg_config is required", project="psycopg2")
    assert told == "the program pg_config is missing"
    assert hint.startswith('build-tools = ["libpq-dev"] beside sdists in jupyter.toml or psycopg2-binary instead')


def test_nixpkgs_has_other_names() -> None:
    """The package is named as the environment's base calls it."""
    assert '"libyaml"' in explained("fatal error: yaml.h: No such file or directory", base="nixpkgs")[1]


def test_a_header_that_nobody_knows_is_named_all_the_same() -> None:
    """Without a package the hint says where one goes."""
    told, hint = explained("x.c:1:10: fatal error: own/odd.h: No such file or directory")
    assert told == "the header own/odd.h is missing"
    assert hint.startswith("the package of debian/trixie that has own/odd.h, in build-tools beside sdists")


def test_a_missing_module_is_a_requirement() -> None:
    """A Python module that the build imports goes into build-requires."""
    told, hint = explained("ModuleNotFoundError: No module named 'numpy.distutils'")
    assert told == "the build needs the Python module numpy.distutils"
    assert hint.startswith('build-requires = ["numpy"]')


def test_downloads_are_told() -> None:
    """nix-community/poetry2nix #842: a build that wants the network finds none, and the message says so."""
    output = "urllib3.exceptions: Temporary failure in name resolution\nerror: subprocess failed"
    assert explained(output)[0] == "it wants to download something, and builds have no network"


def test_a_cause_that_is_not_known_is_the_last_line() -> None:
    """What is not understood is shown as it is."""
    assert explained("one\ntwo\n\n")[0] == "two"
    assert explained("")[0] == "it says nothing"


def test_every_package_of_the_table_has_a_name_on_both_bases() -> None:
    """The table is whole."""
    import json  # noqa: PLC0415  (one use)

    tables = json.loads((SDIST / "hints.json").read_text(encoding="utf-8"))
    for table in ("headers", "libraries", "programs"):
        assert all(set(entry) == {"debian", "nixpkgs"} for entry in tables[table].values())
