"""Assembling environments: what is where, who wins, what is refused."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.nix.python.conftest import MadeWheel as Wheel
    from tests.nix.python.conftest import Nix

pytestmark = pytest.mark.e2e
PACKAGES = "lib/python3.13/site-packages"

# As google and others have it.
TRIED = """try:
    import pkg_resources
    pkg_resources.declare_namespace(__name__)
except ImportError:
    import pkgutil
    __path__ = pkgutil.extend_path(__path__, __name__)
"""


def output(program: Path, *arguments: str, **environment: str) -> str:
    """Run a program of an environment; give what it prints."""
    return subprocess.run(
        [str(program), *arguments],
        env={"PATH": "/nowhere", **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_it_is_a_virtual_environment(nix: "Nix", made: type["Wheel"]) -> None:
    """`sys.prefix` is the environment, under each of Python's names."""
    out = nix.environment(made("one", {"one.py": ""})).out
    for name in ("python", "python3", "python3.13"):
        assert output(out / "bin" / name, "-c", "import sys; print(sys.prefix)") == str(out)
    assert output(out / "bin/python", "-c", "import site; print(site.ENABLE_USER_SITE)") == "False"


def test_entry_point_is_a_program(nix: "Nix", made: type["Wheel"]) -> None:
    """Console scripts run on the environment's own Python, whatever PATH is; names keep their case."""
    code = "class C:\n    @staticmethod\n    def run():\n        import sys\n        print(sys.argv[1:])\n"
    out = nix.environment(
        made(
            "tool",
            {"tool.py": code},
            entry_points="[console_scripts]\nTool-x.y = tool:C.run [extra]\n[other]\nz = %(x)s\n",
        )
    ).out
    assert output(out / "bin/Tool-x.y", "a") == "['a']"


@pytest.mark.parametrize("line", ["../evil = tool:run", "x = tool:run();evil", "x = tool", "x = tool:a-b"])
def test_entry_point_that_is_none_is_refused(nix: "Nix", made: type["Wheel"], line: str) -> None:
    """An entry point can neither name a path nor hold code."""
    error = nix.environment(made("tool", {"tool.py": ""}, entry_points=f"[console_scripts]\n{line}\n")).error
    assert error.startswith("environment test: tool has an entry point that can't be a program: ")


@pytest.mark.parametrize("line", ["#!python", "#!pythonw", "#!/usr/bin/env python3", "#!/usr/bin/python -s"])
def test_script_gets_our_python(nix: "Nix", made: type["Wheel"], line: str) -> None:
    """Scripts of a wheel run where the machine has no Python."""
    body = f"{line}\nimport sys; print(sys.prefix)\n"
    out = nix.environment(made("tool", {"tool-1.0.data/scripts/tool": body})).out
    assert output(out / "bin/tool") == str(out)


def test_elf_program_runs_on_the_base(nix: "Nix", made: type["Wheel"]) -> None:
    """A compiled program gets the base's dynamic linker and libraries."""
    program = Path(os.path.realpath(shutil.which("dash") or shutil.which("sh") or "/bin/sh"))
    out = nix.environment(made("tool", {"tool-1.0.data/scripts/tool": program.read_bytes()})).out
    assert not (out / "bin/tool").is_symlink()
    assert b"/nix/store" in (out / "bin/tool").read_bytes()
    assert output(out / "bin/tool", "-c", "echo works") == "works"


def test_one_importable_file_twice_is_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """Two wheels with one module of different content, as opencv-python and its -headless: both are named."""
    error = nix.environment(
        made("opencv", {"cv2/__init__.py": "a = 1"}), made("opencv-headless", {"cv2/__init__.py": "a = 2"})
    ).error
    assert error.splitlines() == [
        f"environment test: opencv and opencv-headless both have {PACKAGES}/cv2/__init__.py, with different content",
        "try: remove opencv or opencv-headless, or what requires it, from jupyter.toml, then run 'jupyflake lock'",
    ]


def test_file_where_another_has_a_directory_is_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """A file can't be merged with a directory."""
    error = nix.environment(made("a", {"x/y.py": ""}), made("b", {"x": "file"})).error
    assert "both have" in error


def test_names_in_two_cases_are_refused(nix: "Nix", made: type["Wheel"]) -> None:
    """Packages that differ in case only: both are named (NixOS/nix #119, #1446)."""
    error = nix.environment(made("a", {"Crypto/x.py": ""}), made("b", {"crypto/y.py": ""})).error
    assert "Crypto of a and" in error
    assert "crypto of b differ in case only" in error


def test_namespace_packages_are_merged(nix: "Nix", made: type["Wheel"]) -> None:
    """Both kinds of namespace package import from every wheel, and from bytecode."""
    pkgutil = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    out = nix.environment(
        made("space-a", {"space/a.py": "", "old/__init__.py": pkgutil, "old/a.py": ""}),
        made("space-b", {"space/b.py": "", "old/__init__.py": pkgutil, "old/b.py": ""}),
    ).out
    modules = "space.a, space.b, old, old.a, old.b"
    code = f"import {modules}; print(*(module.__spec__.cached for module in ({modules})))"
    caches = output(out / "bin/python", "-c", code).split()
    assert [Path(cache).name for cache in caches] == [
        f"{name}.cpython-313.pyc" for name in ("a", "b", "__init__", "a", "b")
    ]
    assert all(Path(cache).exists() for cache in caches)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("__import__('pkg_resources').declare_namespace(__name__)\n", "# parts of it are elsewhere\n"),
        (
            TRIED,
            "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n",
        ),
        ("__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n", '"""A namespace."""\n'),
    ],
)
def test_namespaces_of_several_kinds_are_merged(nix: "Nix", made: type["Wheel"], first: str, second: str) -> None:
    """Parts that declare their common package in different ways go together (NixOS/nixpkgs #2412, #22319, #24517)."""
    out = nix.environment(
        made("space-a", {"space/__init__.py": first, "space/a.py": ""}),
        made("space-b", {"space/__init__.py": second, "space/b.py": ""}),
    ).out
    code = "import sys; sys.modules['pkg_resources'] = None; import space.a, space.b; print(space.__spec__.cached)"
    assert Path(output(out / "bin/python", "-W", "error", "-c", code)).exists()
    refused = nix.environment(made("c", {"space/__init__.py": first}), made("d", {"space/__init__.py": "x = 1"})).error
    assert "both have" in refused


def test_headers_are_where_python_says(nix: "Nix", made: type["Wheel"]) -> None:
    """Headers of a wheel are found where pip puts them."""
    out = nix.environment(made("greet", {"greet-1.0.data/headers/greet.h": "x"})).out
    assert (out / "include/site/python3.13/greet/greet.h").read_text() == "x"


def test_other_clash_keeps_the_first_and_warns(nix: "Nix", made: type["Wheel"]) -> None:
    """LICENSE at the prefix (of about-time and alive-progress), stray tests and documentation are no reason to fail."""
    built = nix.environment(
        made("b", {"b-1.0.data/data/LICENSE": "b's", "tests/__init__.py": "b = 1", "README": "b's"}),
        made("a", {"a-1.0.data/data/LICENSE": "a's", "tests/__init__.py": "a = 1", "README": "a's"}),
    )
    assert (built.out / "LICENSE").read_text() == "a's"
    assert (built.out / PACKAGES / "tests/__init__.py").read_text() == "a = 1"
    assert "warning: environment test: LICENSE is in a and in b; kept that of a" in built.log
    assert f"warning: environment test: {PACKAGES}/README is in a and in b; kept that of a" in built.log


def test_data_files_are_at_the_prefix(nix: "Nix", made: type["Wheel"]) -> None:
    """Jupyter's data and configuration merge, but kernels are left out."""
    out = nix.environment(
        made("a", {"a-1.0.data/data/share/jupyter/kernels/python3/kernel.json": "{}"}),
        made("b", {"b-1.0.data/data/share/jupyter/labextensions/b/package.json": "{}"}),
        made("c", {"c-1.0.data/data/etc/jupyter/jupyter_server_config.d/c.json": "{}"}),
    ).out
    assert not (out / "share/jupyter/kernels").exists()
    assert (out / "share/jupyter/labextensions/b/package.json").exists()
    assert (out / "etc/jupyter/jupyter_server_config.d/c.json").exists()


def test_environment_s_own_files_cannot_be_replaced(nix: "Nix", made: type["Wheel"]) -> None:
    """A wheel can't bring another Python or configuration."""
    data = "bad-1.0.data"
    out = nix.environment(
        made("bad", {f"{data}/data/pyvenv.cfg": "home = /x", f"{data}/scripts/python": "#!/bin/sh\n"})
    ).out
    assert "home = /x" not in (out / "pyvenv.cfg").read_text()
    assert output(out / "bin/python", "-c", "print(1)") == "1"


def test_packages_find_their_data_by_walking(nix: "Nix", made: type["Wheel"]) -> None:
    """Directories of a package are real: os.walk and rglob don't follow links (Lab finds its languages so)."""
    data = made("one", {"one/__init__.py": "", "one/locale/de/LC_MESSAGES/one.json": "{}"})
    code = """
import os, pathlib, one
top = pathlib.Path(one.__file__).parent
print(sum(name == "one.json" for _, _, names in os.walk(top) for name in names), len(list(top.rglob("*.json"))))
"""
    assert output(nix.environment(data).out / "bin/python", "-c", code) == "1 1"


def test_pth_files_work(nix: "Nix", made: type["Wheel"]) -> None:
    """Lines of .pth files run when Python starts."""
    out = nix.environment(made("hook", {"hook.pth": "import hooked", "hooked.py": "import sys; sys.hooked = 1"})).out
    assert output(out / "bin/python", "-c", "import sys; print(sys.hooked)") == "1"


def test_modules_are_compiled_but_for_tests_and_templates(nix: "Nix", made: type["Wheel"]) -> None:
    """Bytecode is there for what is imported; what is no Python 3 is skipped silently."""
    built = nix.environment(
        made(
            "p", {"p/__init__.py": "", "p/a.b.py": "", "p/tests/t.py": "", "p/bad.py": "print 'two'", "p/nul.py": b"\0"}
        )
    )
    found = sorted(path.name for path in (built.out / PACKAGES / "p/__pycache__").iterdir())
    assert found == ["__init__.cpython-313.pyc", "a.b.cpython-313.pyc"]
    assert not (built.out / PACKAGES / "p/tests/__pycache__").exists()
    assert "SyntaxError" not in built.log


def test_missing_library_is_named_with_its_package(nix: "Nix", made: type["Wheel"], elf: Callable[..., bytes]) -> None:
    """An unresolved library is an error that says what to add where (opencv/opencv-python #461, #851)."""
    error = nix.environment(made("gl", {"gl/x.abi3.so": elf("libc.so.6", "libGL.so.1", "libzz.so.3")})).error
    assert error.splitlines() == [
        "environment test lacks libraries: libGL.so.1 (gl: x.abi3.so), libzz.so.3 (gl: x.abi3.so)",
        "try: put \"libgl1\" into this environment's 'tools' in jupyter.toml, then run 'jupyflake lock'",
    ]


def test_libraries_of_wheels_drivers_and_other_machines_are_not_missed(
    nix: "Nix", made: type["Wheel"], elf: Callable[..., bytes]
) -> None:
    """What another wheel brings, a driver provides or another processor needs is no error (astral-sh/uv #11411)."""
    built = nix.environment(
        made("a", {"a.libs/libours.so.1": elf("libc.so.6")}),
        made("b", {"b/x.so": elf("libours.so.1", "libcuda.so.1"), "b/arm.so": elf("libodd.so", machine=40)}),
        made("c", {"c/x.so": elf("libodd.so.1")}),
        allowMissing=["libodd.so.1"],
    )
    assert built.out.exists()


def test_a_library_that_no_wheel_brings_is_named(nix: "Nix", made: type["Wheel"], elf: Callable[..., bytes]) -> None:
    """astral-sh/uv #11411: torch asked for libcusparseLt.so.0, which no wheel had; the driver is not missed."""
    torch = made("torch", {"torch/lib/libtorch.so": elf("libcusparseLt.so.0", "libcuda.so.1")})
    assert "lacks libraries: libcusparseLt.so.0 (torch: libtorch.so)" in nix.environment(torch).error
    cure = made("nvidia-cusparselt-cu12", {"nvidia/cusparselt/lib/libcusparseLt.so.0": elf("libc.so.6")})
    assert nix.environment(torch, cure).out.exists()


def test_a_library_that_is_loaded_by_name_is_warned_of(nix: "Nix", made: type["Wheel"]) -> None:
    """cachix/devenv #1807: python-magic loads libmagic when it is imported, which no list of needed libraries shows."""
    magic = made("python-magic", {"magic/__init__.py": ""})
    log = nix.environment(magic).log
    assert "python-magic loads libmagic.so.1, which no wheel brings" in log
    assert '"libmagic1t64"' in log
    assert "loads" not in nix.environment(magic, allowMissing=["libmagic.so.1"]).log


def test_libraries_stay_beside_each_other(nix: "Nix", made: type["Wheel"], elf: Callable[..., bytes]) -> None:
    """`$ORIGIN/..` of a library leads to the environment where it is to lead to another wheel."""
    a = made("a", {"a/lib/x.so": elf("libc.so.6", runpath="$ORIGIN/../../b/lib"), "a/__init__.py": ""})
    b = made("b", {"b/lib/y.so": elf("libc.so.6", runpath="$ORIGIN/../../b.libs"), "b.libs/z.so": elf("libc.so.6")})
    packages = nix.environment(a, b).out / PACKAGES
    assert not (packages / "a").is_symlink()
    assert not (packages / "a/lib").is_symlink()
    assert (packages / "a/lib/x.so").is_symlink()
    assert (packages / "a/lib/../../b/lib/y.so").exists()
    assert (packages / "b").is_symlink()
    assert (packages / "b/lib/../../b.libs/z.so").exists()


def test_package_of_one_wheel_is_one_link(nix: "Nix", made: type["Wheel"]) -> None:
    """Another wheel changes little: packages are links to trees, which hold all that walking through them finds."""
    files: dict[str, str | bytes] = {
        "a/__init__.py": "",
        "a/data/deep/x.txt": "x",
        "a/tests/x.py": "",
        "six.py": "",
    }
    out = nix.environment(made("a", files), made("b", {"b/__init__.py": ""})).out
    packages = out / PACKAGES
    links = {path.name for path in packages.iterdir() if path.is_symlink()}
    assert links == {"__pycache__", "a", "a-1.0.dist-info", "b", "b-1.0.dist-info", "six.py"}
    found = {str(path.relative_to(packages)) for path in (packages / "a").rglob("*.*")}
    assert found == {"a/__pycache__/__init__.cpython-313.pyc", *(name for name in files if name.startswith("a/"))}
    assert not (packages / "a" / "data").is_symlink()


def test_order_of_wheels_does_not_matter_and_builds_are_equal(nix: "Nix", made: type["Wheel"]) -> None:
    """One set of wheels is one store path, and a second build gives the same bytes."""
    wheels = [made(name, {f"{name}/__init__.py": "x = {'a', 'b'}"}) for name in ("a", "b", "c")]
    assert nix.environment(*wheels).out == nix.environment(*reversed(wheels)).out
    assert nix.check(*wheels).out.exists()
