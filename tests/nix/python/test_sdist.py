"""Building wheels from source distributions: what comes out, and what a failed build says."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.nix.python.conftest import MadeWheel as Wheel
    from tests.nix.python.conftest import Nix

pytestmark = pytest.mark.e2e
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
BACKEND = """
import os, zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    {body}
    name = "made-1-{tag}.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        archive.writestr(zipfile.ZipInfo("made.py"), "answer = 42")
    return name
"""


def source(body: str = "pass", tag: str = "py3-none-any") -> dict[str, str]:
    """Give a project with a backend of its own."""
    return {"pyproject.toml": PYPROJECT, "own.py": BACKEND.format(body=body, tag=tag)}


def test_backend_in_the_project_builds_the_wheel(nix: "Nix") -> None:
    """The backend that pyproject.toml names runs, without a network, and its wheel is the result."""
    body = "import socket; assert [name for _, name in socket.if_nameindex()] == ['lo']"
    assert nix.sdist(source(body)).out.name.endswith("-made-1.whl")


def test_build_requirement_is_there(nix: "Nix", made: type["Wheel"]) -> None:
    """What the lock has for the build can be imported in it."""
    assert nix.sdist(source("import helper"), made("helper", {"helper.py": ""})).out.exists()


@pytest.mark.parametrize(
    ("body", "said", "hint"),
    [
        ("import helper", "the build needs the Python module helper", 'build-requires = ["helper"]'),
        (
            "raise SystemExit('fatal error: yaml.h: No such file or directory')",
            "the header yaml.h is missing",
            'build-tools = ["libyaml-dev"]',
        ),
        ("open('/dev/null/x')", "NotADirectoryError", "a version that has a wheel, or what the build needs"),
        ("import subprocess; subprocess.run(['gcc'])", "it has native code, and no compiler", 'build-tools = ["g++"]'),
    ],
)
def test_failed_build_says_why(nix: "Nix", body: str, said: str, hint: str) -> None:
    """The last lines of a failed build are shown, and the cause in a few words with the next step."""
    complaint = nix.sdist(source(body)).error
    assert complaint.startswith(f"sdist made-1.tar.gz: its build failed: {said}")
    assert f"try: {hint}" in complaint


def test_project_without_a_backend_needs_setuptools(nix: "Nix") -> None:
    """A project without pyproject.toml is setuptools' (PEP 517)."""
    assert "needs the Python module setuptools" in nix.sdist({"setup.py": ""}).error


def test_native_part_that_is_left_out_is_an_error(nix: "Nix") -> None:
    """A wheel for one platform without a library in it is a build that found no header and went on (PyYAML does)."""
    body = "print('yaml.h:1: fatal error: yaml.h: No such file or directory')"
    complaint = nix.sdist(source(body, tag="cp313-cp313-linux_x86_64")).error
    assert "left the native part out and went on: the header yaml.h is missing" in complaint
    assert 'try: build-tools = ["libyaml-dev"]' in complaint


@pytest.mark.parametrize("prefix", ["../", "/", "made-1/../../"])
def test_archive_stays_in_its_directory(nix: "Nix", prefix: str) -> None:
    """Paths that lead outside are refused."""
    assert "sdist made-1.tar.gz can't be unpacked" in nix.sdist({"pyproject.toml": ""}, prefix=prefix).error
