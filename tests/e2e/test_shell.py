"""The development shell, entered by plain `nix develop`."""

from __future__ import annotations

import json
import os
import re
import time
from typing import TYPE_CHECKING

import pytest
from support import EXECUTE, KERNELS, cli, copy_project, environment, run

if TYPE_CHECKING:
    from pathlib import Path

    from support import Develop

pytestmark = pytest.mark.usefixtures("shell")


def test_lists_exactly_the_kernels_of_the_manifest(develop: Develop) -> None:
    """`jupyter kernelspec list` has the manifest's kernels, each with an absolute program of the store."""
    specs = json.loads(develop("jupyter", "kernelspec", "list", "--json").stdout)["kernelspecs"]
    assert sorted(specs) == KERNELS
    assert all(spec["spec"]["argv"][0].startswith("/nix/store/") for spec in specs.values())


@pytest.mark.parametrize(
    ("command", "pattern"),
    [
        (("lab", "--version"), r"4\.\d+\.\d+\n"),
        (("notebook", "--version"), r"7\.\d+\.\d+\n"),
        (("server", "--version"), r"2\.\d+\.\d+\n"),
        (("nbconvert", "--version"), r"7\.\d+\.\d+\n"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_finds_subcommand(develop: Develop, command: tuple[str, ...], pattern: str) -> None:
    """The wrapped `jupyter` finds each subcommand of its environment."""
    assert re.fullmatch(pattern, develop("jupyter", *command).stdout)


def test_state_is_kept_in_the_project(project: Path, develop: Develop) -> None:
    """Everything that Jupyter writes goes to `.jupyter` of the project."""
    paths = json.loads(develop("jupyter", "--paths", "--json").stdout)
    state = str(project / ".jupyter")
    assert paths["runtime"][0].startswith(state)
    variables = dict(
        line.split("=", 1) for line in develop("env").stdout.splitlines() if line.startswith(("JUPYTER", "IPYTHON"))
    )
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        assert variables[name].startswith(state), name


def test_leaves_the_home_directory_alone(develop: Develop, tmp_path: Path) -> None:
    """A notebook that runs in the shell leaves no file in the user's home."""
    home = tmp_path / "home"
    home.mkdir()
    caches = environment(HOME=str(home), XDG_CACHE_HOME=str(tmp_path / "cache"), MPLCONFIGDIR=str(tmp_path / "mpl"))
    develop(*EXECUTE, "--output-dir", tmp_path, "py313.ipynb", env=caches)
    assert (tmp_path / "py313.ipynb").is_file()
    assert [str(path.relative_to(home)) for path in home.rglob("*")] == []


def test_sets_no_variable_that_breaks_other_programs(develop: Develop) -> None:
    """The shell sets none of the variables that programs of the machine would trip over (cachix/devenv #1111, #819)."""
    names = {line.split("=", 1)[0] for line in develop("env").stdout.splitlines()}
    assert not names & {"LD_LIBRARY_PATH", "LD_PRELOAD", "PYTHONPATH", "PYTHONHOME"}
    assert develop("git", "--version").stdout.startswith("git version")


POISONS = {
    "PYTHONPATH": ("evil/json.py", "raise SystemExit('PYTHONPATH was read')"),
    "PYTHONSTARTUP": ("evil/startup.py", "raise SystemExit('PYTHONSTARTUP was read')"),
    "user site": (".local/lib/python3.13/site-packages/usercustomize.py", "raise SystemExit('~/.local was read')"),
    "old user site": (".local/lib/python3.11/site-packages/usercustomize.py", "raise SystemExit('~/.local was read')"),
    "server configuration": (".jupyter/jupyter_config.py", "raise SystemExit('~/.jupyter was read')"),
    "converter configuration": (".jupyter/jupyter_nbconvert_config.py", "raise SystemExit('~/.jupyter was read')"),
    "IPython start-up": (".ipython/profile_default/startup/00.py", "import os; os._exit(3)"),
    "IPython configuration": (".ipython/profile_default/ipython_kernel_config.py", "import os; os._exit(3)"),
}


@pytest.mark.parametrize("poison", POISONS)
@pytest.mark.parametrize("kernel", ["py311", "py313"])
def test_reads_nothing_of_the_user(develop: Develop, kernel: str, poison: str, tmp_path: Path) -> None:
    """A file of the user's that would stop server or kernel is not read (NixOS/nixpkgs#16591)."""
    name, text = POISONS[poison]
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    env = environment(HOME=str(tmp_path), XDG_CACHE_HOME=os.environ.get("XDG_CACHE_HOME"))
    if poison == "PYTHONPATH":
        env["PYTHONPATH"] = str(file.parent)
    if poison == "PYTHONSTARTUP":
        env["PYTHONSTARTUP"] = str(file)
    answer = develop("jupyter", "run", f"--kernel={kernel}", env=env, stdin="import json; print(json.dumps([6 * 7]))")
    assert answer.stdout == "[42]\n"


def test_kernel_of_the_user_is_hidden(develop: Develop, tmp_path: Path) -> None:
    """Kernels in the user's home neither show nor win over the project's (jupyterlab/jupyterlab#10468)."""
    for name in ("python3", "py313"):
        spec = tmp_path / ".local" / "share" / "jupyter" / "kernels" / name / "kernel.json"
        spec.parent.mkdir(parents=True)
        spec.write_text(
            json.dumps({"argv": ["/bin/false"], "display_name": "fake", "language": "python"}), encoding="utf-8"
        )
    env = environment(HOME=str(tmp_path))
    specs = json.loads(develop("jupyter", "kernelspec", "list", "--json", env=env).stdout)["kernelspecs"]
    assert sorted(specs) == KERNELS
    assert specs["py313"]["spec"]["display_name"] != "fake"


def test_nixpkgs_is_neither_fetched_nor_mentioned(project: Path, tmp_path: Path) -> None:
    """Without a network and without a cache the shell opens at once, and says no word of nixpkgs."""
    env = environment(XDG_CACHE_HOME=str(tmp_path))
    began = time.monotonic()
    answer = run("unshare", "--net", "--map-root-user", "nix", "develop", "-c", "true", cwd=project, env=env)
    seconds = time.monotonic() - began
    assert "nixpkgs" not in answer.stderr
    assert not any("tarball" in path.name or "registry" in path.name for path in tmp_path.rglob("*"))
    # A single retry of a look-up on the network takes longer than this.
    assert seconds < 4


def test_path_with_spaces_and_other_alphabets(tmp_path: Path) -> None:
    """A project in a directory with spaces and non-ASCII letters works, with its state in it."""
    project = copy_project(tmp_path / "mein Ordner" / "データ é's")
    book = "py313.ipynb"
    cli("develop", "--", *EXECUTE, "--inplace", book, cwd=project)
    assert '"pandas 3' in (project / book).read_text(encoding="utf-8")
    assert (project / ".jupyter" / "config").is_dir()


def test_activate_script_works_in_any_posix_shell(shell: Path) -> None:
    """`. activate` makes an ordinary sh into the project's shell."""
    answer = run("sh", "-c", f". {shell}/activate && jupyter kernelspec list --json", env=environment())
    assert sorted(json.loads(answer.stdout)["kernelspecs"]) == KERNELS


def test_subdirectory_uses_the_state_of_the_project(project: Path) -> None:
    """In a directory below the project's, the state is still the project's."""
    below = project / "below"
    below.mkdir()
    answer = cli("develop", "--", "sh", "-c", 'echo "$JUPYTER_DATA_DIR"', cwd=below)
    assert answer.stdout.strip().startswith(str(project / ".jupyter"))
