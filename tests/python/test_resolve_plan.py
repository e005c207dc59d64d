"""From the manifest to what the resolvers are asked."""

from __future__ import annotations

import pytest

from jupyflake.errors import JupyflakeError
from jupyflake.manifest.model import from_data
from jupyflake.resolve import tags
from jupyflake.resolve.closure import Record, dependencies, prune
from jupyflake.resolve.debian import r_candidates, r_names
from jupyflake.resolve.plan import NO_KERNEL, DebianRequest, Plan, PythonRequest, Roots, make_plan, read_roots

ROOTS = read_roots()


def _plan(roots: Roots = ROOTS, **tables: object) -> Plan:
    project = {"name": "p", "base": "debian/trixie", "systems": ["x86_64-linux", "aarch64-linux"]}
    return make_plan(from_data({"project": project, **tables}), roots)


def _python(plan: Plan, name: str) -> PythonRequest:
    return next(request for request in plan.python if request.name == name)


def _debian(plan: Plan, suite: str) -> DebianRequest:
    return next(request for request in plan.debian if request.suite == suite)


def test_a_project_without_kernels_has_a_server() -> None:
    """JupyterLab and the classic notebook are there without being asked for, on the base's Python."""
    plan = _plan()
    server = _python(plan, "jupyter")
    assert (server.python, sorted(server.requirements)) == ("3.13", ["jupyterlab", "notebook"])
    assert [request.suite for request in plan.debian] == ["trixie"]


def test_the_servers_python_is_no_kernel() -> None:
    """Ipykernel is kept out of the server, unless the manifest asks for it in any spelling."""
    assert _python(_plan(), "jupyter").overrides == (NO_KERNEL,)
    assert _python(_plan(jupyter={"packages": ["IPyKernel>=6"]}), "jupyter").overrides == ()


def test_packages_of_the_server_are_added_to_its_own() -> None:
    """A version in the manifest replaces the implicit requirement."""
    server = _python(
        _plan(jupyter={"packages": ["JupyterLab<4", "jupyterlab-lsp"], "constraints": ["tornado<7"]}), "jupyter"
    )
    assert server.requirements == ("JupyterLab<4", "jupyterlab-lsp", "notebook")
    assert server.constraints == ("tornado<7",)


def test_a_python_kernel_gets_ipykernel() -> None:
    """Ipykernel is implicit in a kernel, and not doubled."""
    kernels = {
        "a": {"language": "python", "packages": ["numpy"]},
        "b": {"language": "python", "packages": ["ipykernel==6.*"]},
    }
    plan = _plan(kernels=kernels)
    assert _python(plan, "a").requirements == ("numpy", "ipykernel")
    assert _python(plan, "b").requirements == ("ipykernel==6.*",)


def test_a_python_version_chooses_the_suite() -> None:
    """Each Python comes from the suite that has it, with what wheels expect beside it."""
    plan = _plan(kernels={"old": {"language": "python", "python": "3.11", "tools": ["graphviz"]}})
    bookworm = _debian(plan, "bookworm")
    assert bookworm.roots == {"python3.11", "libgcc-s1", "libstdc++6", "zlib1g"}
    assert bookworm.tools == {"graphviz": ("[kernels.old]",)}
    assert "python3.13" in _debian(plan, "trixie").roots


@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_zstd_is_of_the_suite_that_writes_the_image(python: str) -> None:
    """The server's suite has the program that compresses layers, also where it is not the project's."""
    plan = _plan(jupyter={"python": python}, image={"compression": "zstd"})
    assert ["zstd" in request.roots for request in plan.debian] == [
        request.suite == {"3.11": "bookworm", "3.13": "trixie"}[python] for request in plan.debian
    ]
    assert [environment.name for environment in plan.environments] == ["jupyter"]
    assert not any("zstd" in request.roots for request in _plan().debian)


def test_building_native_code_brings_a_compiler() -> None:
    """Whoever asks for a library to build with gets what every build of native code needs; others get none of it."""
    kernel = {"language": "python", "sdists": ["pyyaml"], "build-tools": ["libyaml-dev"]}
    plan = _plan(kernels={"built": kernel, "plain": {"language": "python"}})
    by_name = {environment.name: environment for environment in plan.environments}
    assert {"g++", "libpython3.13-dev", "libyaml-dev"} <= set(by_name["built"].build_tools)
    assert by_name["plain"].build_tools == ()
    assert plan.debian[0].tools["g++"] == ("[kernels.built]",)


def test_the_servers_suite_has_the_base_too() -> None:
    """A server on another Python brings shell, fonts and certificates of that suite."""
    plan = _plan(jupyter={"python": "3.11"})
    assert {"bash", "tini", "python3.11"} <= _debian(plan, "bookworm").roots
    assert "busybox-static" in _debian(plan, "trixie").roots


def test_r_packages_and_shell_tools_go_to_their_suites() -> None:
    """An R kernel brings R, the shell its tools."""
    plan = _plan(kernels={"r": {"language": "r", "packages": ["ggplot2"]}}, shell={"tools": ["git"]})
    trixie = _debian(plan, "trixie")
    assert {"r-base-core", "r-cran-irkernel"} <= trixie.roots
    assert trixie.r_packages == {"ggplot2": ("[kernels.r]",)}
    assert trixie.tools == {"git": ("[shell]",)}
    assert [environment.name for environment in plan.environments] == ["jupyter", "r", "shell"]


def test_extra_roots_of_a_suite_count() -> None:
    """A suite may need packages that others don't have."""
    assert "tzdata-legacy" in ROOTS.of("base", "trixie")
    assert "tzdata-legacy" not in ROOTS.of("base", "bookworm")


def test_ignored_packages_and_edges_are_parted() -> None:
    """The table's two ways to leave out are told apart."""
    roots = Roots(suites={}, roots={}, ignore=("debconf", "r-base-core -> ucf"))
    assert roots.ignored_packages == {"debconf"}
    assert roots.ignored_edges == {("r-base-core", "ucf")}


def test_a_python_that_no_suite_has_is_an_error() -> None:
    """The error lists the Pythons there are."""
    with pytest.raises(JupyflakeError, match=r"3\.11 \(bookworm\)") as caught:
        _plan(kernels={"a": {"language": "python", "python": "3.12"}})
    assert caught.value.code == "JF110"


def test_r_names() -> None:
    """R packages are looked for under both prefixes, in lower case; R's own need none."""
    assert r_candidates("MASS") == ("r-cran-mass", "r-bioc-mass")
    assert r_candidates("r-bioc-deseq2") == ("r-bioc-deseq2",)
    assert r_candidates("stats") == ()
    known = frozenset({"r-cran-mass", "r-bioc-deseq2"})
    assert r_names(["MASS", "stats", "DESeq2"], known) == ("r-bioc-deseq2", "r-cran-mass")


def _record(
    name: str, version: str = "1", *, needs: tuple[object, ...] = (), provides: tuple[object, ...] = ()
) -> Record:
    return Record(name, version, "debian", f"{name}.deb", 1, "0" * 64, needs, provides)  # type: ignore[arg-type]


def test_alternatives_and_virtual_packages_are_resolved() -> None:
    """The first alternative that the closure has stands, virtual ones by what provides them."""
    records = [
        _record("app", needs=((("missing", None), ("libblas.so.3", None)), (("libc6", (">=", "2.30")),))),
        _record("libblas3", provides=(("libblas.so.3", None),)),
        _record("libc6", "2.41-12"),
    ]
    assert dependencies(records)["app"] == {"libblas3", "libc6"}


def test_versions_decide_between_alternatives() -> None:
    """An alternative whose version does not hold is passed over; Debian's order of versions counts."""
    records = [
        _record("app", needs=((("a", ("<<", "1.0")), ("b", (">=", "1.0~rc1"))),)),
        _record("a", "1.0"),
        _record("b", "1.0~rc2"),
    ]
    assert dependencies(records)["app"] == {"b"}


def test_versioned_virtual_packages_need_a_version() -> None:
    """A versioned dependency is not met by an unversioned Provides."""
    records = [
        _record("app", needs=((("v", ("=", "2")),),)),
        _record("plain", provides=(("v", None),)),
        _record("right", provides=(("v", ("=", "2")),)),
    ]
    assert dependencies(records)["app"] == {"right"}


def test_what_is_ignored_is_left_out_with_what_only_it_needs() -> None:
    """Ignored packages and edges take along what nothing else reaches; cycles end."""
    records = [
        _record("a", needs=((("debconf", None),), (("b", None),), (("c", None),))),
        _record("b", needs=((("a", None),),)),
        _record("c"),
        _record("debconf", needs=((("perl-base", None),),)),
        _record("perl-base"),
    ]
    edges = dependencies(records, (frozenset({"debconf"}), frozenset({("a", "c")})))
    assert prune(["a"], edges) == {"a", "b"}
    assert prune(["debconf"], edges) == {"debconf", "perl-base"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["x-1-py3-none-any.whl", "x-1-cp313-cp313-manylinux_2_28_x86_64.whl"], 1),
        (["x-1-cp313-cp313t-manylinux_2_28_x86_64.whl", "x-1-py3-none-any.whl"], 1),
        (["x-1-cp36-abi3-manylinux2014_x86_64.whl"], 0),
        (["x-1-cp313-cp313-musllinux_1_2_x86_64.whl"], None),
        (["x-1-cp313-cp313-manylinux_2_38_x86_64.whl"], None),
        (["x-1-cp313-cp313-manylinux_2_28_aarch64.whl"], None),
        (
            ["x-1-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "x-1-cp313-cp313-manylinux1_x86_64.whl"],
            0,
        ),
        (["x-1-py2.py3-none-manylinux_2_31_x86_64.whl"], 0),
        (["x-1-1-py3-none-any.whl", "x-1-2-py3-none-any.whl"], 1),
        (["x-1-cp311-cp311-manylinux_2_17_x86_64.whl", "x-1.tar.gz"], None),
        (["torch-2.6.0+cpu-cp313-cp313-linux_x86_64.whl"], 0),
    ],
)
def test_the_best_wheel_is_chosen(files: list[str], expected: int | None) -> None:
    """Of several files the most specific that fits glibc, Python and machine is taken."""
    chosen = None if expected is None else files[expected]
    assert tags.best(files, "3.13", "x86_64-linux") == chosen
