"""The commands about a locked project's packages, with an index and a mirror that the test makes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fakes import Archive, send
from world import SYSTEM, World

import jupyflake as jupyflake_package
from jupyflake import locking

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    Run = Callable[..., Any]

pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("apt-get", "gpg", "nix-store")),
    reason="apt, gpg or Nix is not installed",
)
MANIFEST = """\
[project]
name = "demo"
base = "debian/trixie"

[kernels.py]
language = "python"
display-name = "Python"
packages = ["numpy", "pandas<2"]
env.X = "1"

[kernels.r]
language = "r"
packages = ["ggplot2"]

[shell]
tools = ["bash"]
"""


@pytest.fixture
def locked(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Lock a project whose packages need each other, and go there."""
    world.index.add("python-dateutil", "2.0", requires=("six",))
    world.index.add("pandas", "1.0", requires=("numpy", "python-dateutil", "tzdata; extra == 'tz'"))
    world.archive.add("trixie", "r-cran-rlang", "1.1", Depends="r-base-core")
    world.archive.add("trixie", "r-cran-ggplot2", "3.5-1", Depends="r-cran-rlang")
    world.archive.publish("trixie")
    Archive(world.web.root / "debian-security", world.archive.key).publish("trixie-security")
    world.lock(MANIFEST)
    monkeypatch.chdir(world.directory)
    monkeypatch.setattr("jupyflake.nix.current_system", lambda: SYSTEM)
    return world


def _versions(world: World, environment: str = "py") -> dict[str, str]:
    lock = locking.read_lock(world.project())
    assert lock is not None
    return {wheel.name: wheel.version for wheel in lock.wheels if environment in wheel.use}


def _newer(world: World) -> None:
    """Put newer versions everywhere."""
    world.index.add("six", "1.5")
    world.index.add("pandas", "1.1", requires=("numpy", "python-dateutil"))
    world.index.add("pandas", "2.0", requires=("numpy", "python-dateutil"))
    world.archive.add("trixie", "r-cran-rlang", "1.2", Depends="r-base-core")
    world.archive.publish("trixie")


# update


@pytest.mark.usefixtures("locked")
def test_update_of_nothing_new(jupyflake: Run, world: World) -> None:
    """Where nothing is newer, that is said, and the lock stays byte for byte."""
    before = (world.directory / "jupyter.lock").read_bytes()
    assert jupyflake("update") == (0, "", "everything has the newest version that jupyter.toml allows\n")
    assert jupyflake("update", "Pandas").err == "pandas 1.0: no newer version is there that fits\n"
    assert json.loads(jupyflake("update", "--json").out) == {"changes": []}
    assert before == (world.directory / "jupyter.lock").read_bytes()


def test_update_takes_what_is_named(locked: World, jupyflake: Run) -> None:
    """Only the named package changes, as far as the manifest lets it; what changed is printed."""
    _newer(locked)
    result = jupyflake("update", "six", "--dry-run")
    assert result.err == ("Updated six v1.0 -> v1.5 (py)\njupyter.lock was not changed; jupyflake update does it\n")
    assert _versions(locked)["six"] == "1.0"
    assert jupyflake("update", "six").err == "Updated six v1.0 -> v1.5 (py)\n"
    assert (_versions(locked)["six"], _versions(locked)["pandas"]) == ("1.5", "1.0")
    assert jupyflake("update", "rlang").err == "Updated r-cran-rlang v1.1 -> v1.2 (debian/trixie)\n"
    changes = json.loads(jupyflake("update", "--json").out)["changes"]
    assert changes == [{"name": "pandas", "old": ["1.0"], "new": ["1.1"], "where": ["py"]}]


@pytest.mark.usefixtures("locked")
def test_update_refuses_what_is_not_there(jupyflake: Run) -> None:
    """A name that is not in the lock is wrong use, with the nearest that is."""
    result = jupyflake("update", "pandsa")
    assert result.code == 2
    assert result.err == 'error[JF130]: jupyter.lock has no package "pandsa"\n  try: jupyflake update pandas\n'


@pytest.mark.parametrize("command", ["update", "outdated", "list", "tree", "why six"])
def test_without_a_lock(world: World, jupyflake: Run, command: str) -> None:
    """What is about locked versions says that there are none yet."""
    result = jupyflake(*command.split(), "-C", world.directory)
    assert (result.code, result.out) == (1, "")
    assert result.err == "error[JF201]: the project has no jupyter.lock\n  try: jupyflake lock\n"


# outdated


def test_outdated_marks_what_is_vulnerable(
    locked: World, jupyflake: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where advisories are named, the table has a column of them, and JSON a list."""
    _newer(locked)
    about = {"package": {"ecosystem": "PyPI", "name": "Pandas"}, "versions": ["1.0"]}
    advisories = tmp_path / "osv.json"
    advisories.write_text(json.dumps({"id": "X-1", "affected": [about]}), encoding="utf-8")
    monkeypatch.setenv("JUPYFLAKE_ADVISORIES", str(advisories))
    lines = jupyflake("outdated", "-k", "py").out.splitlines()
    assert lines[0].split()[-1] == "VULNERABLE"
    assert [line.split()[-1] for line in lines[1:]] == ["X-1", "py"]
    found = json.loads(jupyflake("outdated", "--json", "-k", "py").out)
    assert {each["name"]: each["vulnerabilities"] for each in found} == {"pandas": ["X-1"], "six": []}


def test_outdated(locked: World, jupyflake: Run) -> None:
    """Each newer version is shown, what the manifest allows beside the newest; wheels and debs alike."""
    assert jupyflake("outdated") == (0, "", "everything is at the newest version\n")
    _newer(locked)
    assert jupyflake("outdated").out == (
        "PACKAGE       CURRENT  ALLOWED  NEWEST  KERNELS\n"
        "r-cran-rlang  1.1      1.2      1.2     r\n"
        "pandas        1.0      1.1      2.0     py\n"
        "six           1.0      1.5      1.5     py\n"
    )
    assert [line.split()[0] for line in jupyflake("outdated", "--listed", "-k", "py").out.splitlines()] == [
        "PACKAGE",
        "pandas",
    ]
    found = json.loads(jupyflake("outdated", "--json", "-k", "r").out)
    assert found == [
        {
            "name": "r-cran-rlang",
            "source": "debian",
            "current": "1.1",
            "allowed": "1.2",
            "newest": "1.2",
            "listed": False,
            "environments": ["r"],
        }
    ]


# list, tree, why


@pytest.mark.usefixtures("locked")
def test_list(jupyflake: Run) -> None:
    """What the manifest lists has its locked version; --all shows the rest too."""
    assert jupyflake("list").out == (
        "KERNEL   PACKAGE         VERSION  LISTED AS\n"
        "py       numpy           2.0      numpy\n"
        "py       pandas          1.0      pandas<2\n"
        "r        r-cran-ggplot2  3.5-1    ggplot2\n"
        "jupyter  jupyterlab      1.0      jupyterlab\n"
        "shell    bash            1.0-1    bash\n"
    )
    everything = json.loads(jupyflake("list", "--all", "--json", "-k", "py").out)
    names = {each["name"] for each in everything if each["source"] == "python"}
    assert names == {"numpy", "pandas", "python-dateutil", "six", "ipykernel"}
    assert [each["name"] for each in json.loads(jupyflake("list", "--json", "--shell").out)] == ["bash"]


@pytest.mark.usefixtures("locked")
def test_tree(jupyflake: Run) -> None:
    """Each package has below it what it needs, once in full; markers and extras that don't hold are not there."""
    assert jupyflake("tree", "-k", "py").out == (
        "py (python)\n"
        "├── numpy 2.0\n"
        "├── pandas 1.0 (pandas<2)\n"
        "│   ├── numpy 2.0\n"
        "│   └── python-dateutil 2.0\n"
        "│       └── six 1.0\n"
        "└── ipykernel 1.0 (every Python kernel has it)\n"
    )
    assert jupyflake("tree", "-k", "r", "--depth", "1").out == (
        "r (debian)\n└── r-cran-ggplot2 3.5-1 (ggplot2)\n    └── r-cran-rlang 1.1\n"
    )
    (found,) = json.loads(jupyflake("tree", "-k", "py", "--json").out)
    assert found["roots"] == ["numpy", "pandas", "ipykernel"]
    assert {"name": "python-dateutil", "version": "2.0", "needs": ["six"]} in found["packages"]


@pytest.mark.usefixtures("locked")
def test_tree_reads_the_store_where_the_index_is_gone(world: World, jupyflake: Run, tmp_path: Any) -> None:
    """What has been fetched is enough: neither the index nor a cache of it is needed."""
    first = jupyflake("tree", "-k", "py").out
    lock = locking.read_lock(world.project())
    assert lock is not None
    world.fetch(lock)
    shutil.rmtree(tmp_path / "uv")
    shutil.rmtree(world.web.root / "simple")
    world.web.requests.clear()
    assert jupyflake("tree", "-k", "py").out == first
    assert world.web.requests == []


@pytest.mark.usefixtures("locked")
def test_why(jupyflake: Run) -> None:
    """The ways from the manifest's packages are shown, for PyPI's, R's and Debian's names."""
    assert jupyflake("why", "Six").out == "six 1.0\n  py  pandas<2 → python-dateutil → six\n"
    assert jupyflake("why", "numpy").out == (
        "numpy 2.0\n  py  numpy (listed in jupyter.toml)\n  py  pandas<2 → numpy\n"
    )
    assert jupyflake("why", "rlang").out == "r-cran-rlang 1.1\n  r  ggplot2 → r-cran-rlang\n"
    assert "r-base-core (every R kernel has it)" in jupyflake("why", "r-base-core", "-k", "r").out
    found = json.loads(jupyflake("why", "six", "--json").out)
    assert found[0]["ways"] == [{"path": ["pandas", "python-dateutil", "six"], "listed": "pandas<2", "reason": None}]
    result = jupyflake("why", "sixx", "-k", "py")
    assert (result.code, result.out) == (2, "")
    assert result.err == 'error[JF130]: jupyter.lock has no package "sixx" in py\n  try: six\n'


# kernel rename, copy, languages


def test_a_renamed_kernel_keeps_its_versions_without_a_network(locked: World, jupyflake: Run) -> None:
    """Manifest and lock have the new name, all versions stay, nobody is asked, and notebooks are told of."""
    before = _versions(locked)
    _newer(locked)
    locked.web.requests.clear()
    notebook = {"cells": [], "metadata": {"kernelspec": {"display_name": "Python", "name": "py"}}}
    (locked.directory / "a.ipynb").write_text(json.dumps(notebook))
    result = jupyflake("kernel", "rename", "py", "main")
    assert result.err == (
        "renamed the kernel py to main\n"
        "a.ipynb was saved with the kernel py: choose the kernel again when you open it\n"
    )
    assert (locked.directory / "jupyter.toml").read_text() == MANIFEST.replace("[kernels.py]", "[kernels.main]")
    assert _versions(locked, "main") == before
    assert locked.web.requests == []
    assert jupyflake("lock", "--check").code == 0


def test_a_copied_kernel_has_the_same_versions(locked: World, jupyflake: Run) -> None:
    """The copy has all but the display name, and the versions of the kernel that it was copied from."""
    before = _versions(locked)
    _newer(locked)
    assert jupyflake("kernel", "copy", "py", "second").err == "copied the kernel py to second\n"
    kernel = locked.project().manifest.kernels["second"]
    assert (kernel.packages, kernel.env, kernel.display_name) == (["numpy", "pandas<2"], {"X": "1"}, None)
    assert _versions(locked, "second") == before == _versions(locked)
    assert jupyflake("lock", "--check").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["rename", "pyy", "x"], "JF122", "try: py"),
        (["rename", "py", "r"], "JF121", 'a kernel "r" already'),
        (["rename", "py", "My Kernel"], "JF107", "try: my-kernel"),
        (["copy", "py", "py"], "JF121", "already"),
        (["copy", "py", "x", "--python", "3.12"], "JF110", "3.13 (trixie)"),
    ],
)
def test_wrong_names_of_kernels(locked: World, jupyflake: Run, arguments: list[str], code: str, words: str) -> None:
    """A kernel that is not there, or a name that cannot be, is wrong use, and nothing changes."""
    before = (locked.directory / "jupyter.toml").read_text()
    result = jupyflake("kernel", *arguments)
    assert result.code == 2
    assert f"error[{code}]" in result.err
    assert words in result.err
    assert before == (locked.directory / "jupyter.toml").read_text()


# add


def test_constraints_are_added_and_removed(locked: World, jupyflake: Run) -> None:
    """A limit for a package that others bring in is no package, and changes the lock."""
    world = locked
    world.index.add("six", "0.9")
    shutil.rmtree(world.directory.parent / "uv")
    result = jupyflake("add", "-k", "py", "--constraint", "six<1")
    assert result.code == 0, result.err
    assert world.project().manifest.kernels["py"].constraints == ["six<1"]
    assert _versions(world)["six"] == "0.9"
    assert jupyflake("remove", "-k", "py", "--constraint", "six").code == 0
    assert world.project().manifest.kernels["py"].constraints == []
    assert "error[JF118]" in jupyflake("add", "-k", "r", "--constraint", "x").err
    assert "error[JF100]" in jupyflake("add", "--shell", "--constraint", "x").err


def test_several_at_once(locked: World, jupyflake: Run) -> None:
    """Extras, markers and versions of several packages come in one edit and one lock."""
    locked.index.add("tzdata", "1.0")
    locked.index.add("attrs", "1.0")
    result = jupyflake("add", "-k", "py", "pandas[tz]", "attrs>=1", "colorama; os_name == 'nt'")
    assert result.code == 0, result.err
    packages = ["numpy", "pandas[tz]<2", "attrs>=1", "colorama; os_name == 'nt'"]
    assert locked.project().manifest.kernels["py"].packages == packages
    assert {"tzdata", "attrs"} <= _versions(locked).keys()
    assert "colorama" not in _versions(locked)


# ^C


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("place", ["/simple/attrs/", "/debian/dists/trixie/InRelease"])
def test_an_edit_that_is_stopped_while_locking_changes_nothing(
    locked: World, place: str, number: signal.Signals
) -> None:
    """Stopped while the index or the mirror is slow to answer, an edit leaves all files as they were."""
    locked.index.add("attrs", "1.0")
    asked, over = threading.Event(), threading.Event()

    def wait(handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        over.wait(20)
        send(handler, 503, b"")

    locked.web.special[place] = wait
    before = {path.name: path.read_bytes() for path in locked.directory.iterdir()}
    code = "import sys; from jupyflake.cli import main; sys.exit(main(sys.argv[1:]))"
    command = ["add", "-k", "py", "attrs"] if "simple" in place else ["add", "--shell", "mawk"]
    environment = {**os.environ, "PYTHONPATH": str(Path(jupyflake_package.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", code, *command],
        cwd=locked.directory,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert asked.wait(20)
            # A terminal sends it to all that the command has started.
            os.killpg(process.pid, number)
            _, err = process.communicate(timeout=20)
        finally:
            over.set()
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert err == ("error: interrupted\n" if number == signal.SIGINT else "")
    assert {path.name: path.read_bytes() for path in locked.directory.iterdir()} == before
