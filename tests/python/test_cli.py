"""The command line: edits of a project, exit codes, and what is printed."""

from __future__ import annotations

import contextlib
import json
import keyword
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli

import jupyflake as package
from jupyflake import cli, scaffold
from jupyflake.cli import COMMANDS, Command
from jupyflake.flake import flake_directory
from jupyflake.project import read

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Any]

SOURCE = Path(package.__file__).parents[1]


def _text(project: Path) -> str:
    return (project / "jupyter.toml").read_text(encoding="utf-8")


def _started(*arguments: str, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), **options}
    return subprocess.Popen(
        [sys.executable, *arguments],
        env={name: str(value) for name, value in environment.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# init


def test_init_makes_a_project(tmp_path: Path, jupyflake: Run) -> None:
    """A new project has a legal manifest, a flake and a .gitignore, and its name is made legal."""
    directory = tmp_path / "mon été"
    result = jupyflake(
        "init", directory, "--base", "debian/trixie", "--kernel", "python", "--kernel", "python@3.11", "--kernel", "r"
    )
    assert (result.code, result.out) == (0, "")
    assert f"next: cd '{directory}' && jupyflake lab" in result.err
    manifest = read(directory).manifest
    assert manifest.project.name == "mon-ete"
    assert {name: kernel.python for name, kernel in manifest.kernels.items()} == {
        "python3": None,
        "py311": "3.11",
        "r": None,
    }
    assert (directory / ".gitignore").read_text() == ".jupyter/\nresult*\n"
    flake = (directory / "flake.nix").read_text()
    assert 'inputs.nixpkgs.follows = "jupyflake"' in flake
    assert "jupyflake.lib.mkFlake { src = ./.; }" in flake


def test_init_overwrites_nothing(project: Path, jupyflake: Run) -> None:
    """A directory with a manifest is left as it is, byte for byte."""
    before = _text(project)
    result = jupyflake("init", "--base", "debian/trixie")
    assert result.code == 1
    assert "JF120" in result.err
    assert before == _text(project)
    assert [path.name for path in project.iterdir()] == ["jupyter.toml"]


def test_init_extends_gitignore(tmp_path: Path, jupyflake: Run) -> None:
    """What is in .gitignore stays; only what is missing is added."""
    (tmp_path / ".gitignore").write_text("*.pyc\n.jupyter/")
    assert jupyflake("init", tmp_path, "--base", "debian/trixie").code == 0
    assert (tmp_path / ".gitignore").read_text() == "*.pyc\n.jupyter/\nresult*\n"


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (["--base", "nixpkg"], "JF109", "--base nixpkgs"),
        (["--base", "debian/trixie", "--kernel", "cobol"], "JF108", "jupyflake kernel languages\n"),
        (["--base", "debian/trixie", "--kernel", "python@3.9"], "JF110", "--kernel python@3.13"),
        (["--base", "debian/trixie", "--kernel", "r", "--kernel", "r"], "JF121", "kernel add"),
        (["--base", "debian/trixie", "--name", "a b"], "JF107", "--name a-b"),
    ],
)
def test_init_refuses(tmp_path: Path, jupyflake: Run, arguments: list[str], code: str, hint: str) -> None:
    """A wrong option is wrong use, answered with an option that is right; nothing is made."""
    result = jupyflake("init", tmp_path / "new", *arguments)
    assert result.code == 2
    assert f"error[{code}]" in result.err
    assert hint in result.err
    assert not (tmp_path / "new").exists()


def test_init_without_apt(tmp_path: Path, jupyflake: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where apt is not there to lock Debian with, a project is on nixpkgs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert jupyflake("init", tmp_path / "new").code == 0
    assert 'base = "nixpkgs"' in (tmp_path / "new" / "jupyter.toml").read_text()


def test_init_where_a_path_is_odd(tmp_path: Path, jupyflake: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool's own path stands in the flake even where it is legal in no URL."""
    tool = tmp_path / 'outil "é" ${x}'
    (tool / "templates" / "default").mkdir(parents=True)
    template = flake_directory() / "templates" / "default" / "flake.nix"
    (tool / "templates" / "default" / "flake.nix").write_text(template.read_text())
    monkeypatch.setattr("jupyflake.flake.flake_directory", lambda: tool)
    assert jupyflake("init", tmp_path / "new", "--base", "debian/trixie").code == 0
    flake = (tmp_path / "new" / "flake.nix").read_text(encoding="utf-8")
    escaped = str(tool).replace('"', '\\"').replace("${", "\\${")
    assert f'inputs.jupyflake = {{ type = "path"; path = "{escaped}"; }};' in flake


@pytest.mark.parametrize("template", list(scaffold.TEMPLATES))
def test_init_from_a_template(tmp_path: Path, jupyflake: Run, template: str) -> None:
    """A template's files are there under the project's own name, base and system, with its comments."""
    directory = tmp_path / "My Work"
    result = jupyflake("init", directory, "--template", template, "--base", "debian/bookworm")
    assert result.code == 0, result.err
    source = flake_directory() / "templates" / scaffold.TEMPLATES[template]
    assert {path.name for path in source.iterdir()} | {".gitignore"} == {path.name for path in directory.iterdir()}
    manifest = read(directory).manifest
    assert (manifest.project.name, manifest.project.base) == ("My-Work", "debian/bookworm")
    assert manifest.image.name in {None, "my-work"}
    text = (directory / "jupyter.toml").read_text(encoding="utf-8")
    assert [line for line in (source / "jupyter.toml").read_text().splitlines() if line not in text.splitlines()] == [
        line for line in (source / "jupyter.toml").read_text().splitlines() if line.startswith(("name = ", "base = "))
    ]
    others = [path for path in directory.iterdir() if path.suffix == ".py"]
    assert all("my-work:latest" in path.read_text() for path in others)


def test_init_refuses_a_template_with_kernels(tmp_path: Path, jupyflake: Run) -> None:
    """A template has kernels of its own; an unknown one is told with the nearest."""
    assert "error[JF100]" in jupyflake("init", tmp_path / "a", "-t", "r", "--kernel", "r").err
    result = jupyflake("init", tmp_path / "a", "-t", "hubb")
    assert (result.code, "try: --template hub" in result.err) == (2, True)
    assert not (tmp_path / "a").exists()


def test_init_where_notebooks_are(tmp_path: Path, jupyflake: Run) -> None:
    """The kernels get the names that the notebooks of the directory ask for, so that they open at once."""
    specs = [
        ({"name": "ir", "language": "R"}, {}),
        ({"name": "conda-env-x-py"}, {"name": "python"}),
        ({"name": "python"}, {"name": "python"}),
        ({"name": "julia-1.10", "language": "julia"}, {}),
    ]
    for number, (spec, info) in enumerate(specs):
        metadata = {"kernelspec": spec, "language_info": info}
        (tmp_path / f"{number}.ipynb").write_text(json.dumps({"cells": [], "metadata": metadata}))
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "requirements.txt").write_text("numpy\n")
    result = jupyflake("init", tmp_path, "--base", "debian/trixie")
    assert "requirements.txt is here: jupyflake import requirements.txt takes over what it names" in result.err
    assert "4 notebooks here: the kernels have the names that they ask for" in result.err
    kernels = read(tmp_path).manifest.kernels
    assert {name: kernel.language for name, kernel in kernels.items()} == {
        "ir": "r",
        "conda-env-x-py": "python",
        "python3": "python",
    }


def _dialogue(directory: Path, answers: str, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run init on a terminal, and give what it showed."""
    primary, secondary = pty.openpty()
    code = "import sys; from jupyflake.cli import main; sys.exit(main(sys.argv[1:]))"
    variables = {name: value for name, value in os.environ.items() if name != "CI"}
    with subprocess.Popen(
        [sys.executable, "-c", code, "init", str(directory), *arguments],
        env={**variables, "PYTHONPATH": str(SOURCE), "TERM": "dumb", **environment},
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
        start_new_session=True,
    ) as process:
        os.close(secondary)
        os.write(primary, answers.encode())
        shown = b""
        # A terminal whose other end is closed is an error to read.
        with contextlib.suppress(OSError):
            while part := os.read(primary, 4096):
                shown += part
        process.wait(timeout=20)
    os.close(primary)
    return process.returncode, shown.decode()


def test_init_asks_on_a_terminal(tmp_path: Path) -> None:
    """Answers are checked as options are; a wrong one is asked for again, and Enter takes what is proposed."""
    directory = tmp_path / "new"
    code, shown = _dialogue(directory, "a b\nmine\nnixpkg\ndebian/bookworm\ncobol\npython, r\n")
    assert code == 0, shown
    assert "try: a-b" in shown
    assert "try: nixpkgs" in shown
    assert 'unknown language "cobol"' in shown
    manifest = read(directory).manifest
    assert (manifest.project.name, manifest.project.base) == ("mine", "debian/bookworm")
    assert list(manifest.kernels) == ["python3", "r"]
    code, _ = _dialogue(tmp_path / "plain", "\n\n\n")
    assert (code, list(read(tmp_path / "plain").manifest.kernels)) == (0, ["python3"])


@pytest.mark.parametrize(("arguments", "environment"), [(["--yes"], {}), (["--kernel", "r"], {}), ([], {"CI": "1"})])
def test_init_needs_no_answers(tmp_path: Path, arguments: list[str], environment: dict[str, str]) -> None:
    """With an option, or in CI, nothing is asked although there is a terminal."""
    code, shown = _dialogue(tmp_path / "new", "", *arguments, **environment)
    assert (code, "Name of the project" in shown) == (0, False)


def test_init_given_up(tmp_path: Path) -> None:
    """Ctrl-C at a question ends without any file."""
    code, shown = _dialogue(tmp_path / "new", "mine\n\x04")
    assert (code, (tmp_path / "new").exists()) == (130, False), shown


# add and remove


def test_add_to_a_kernel(project: Path, jupyflake: Run) -> None:
    """New packages are put at the end, known ones get the new version, the comments stay."""
    before = _text(project)
    result = jupyflake("add", "--no-lock", "-k", "py311", "scipy", "NumPy>=1.26")
    assert (result.code, result.out) == (0, "")
    expected = before.replace('"numpy",  ', '"NumPy>=1.26",  ').replace('"pandas<2",\n', '"pandas<2",\n    "scipy",\n')
    assert expected == _text(project)
    assert "added scipy to py311" in result.err


def test_add_keeps_extras_and_known_versions(project: Path, jupyflake: Run) -> None:
    """A bare name changes nothing; a version keeps extras, extras keep the version."""
    path = project / "jupyter.toml"
    path.write_text(_text(project).replace('"pandas<2"', '"pandas[excel]<2"'), encoding="utf-8")
    assert "listed for py311 already" in jupyflake("add", "--no-lock", "-k", "py311", "pandas").err
    jupyflake("add", "--no-lock", "-k", "py311", "pandas>=2")
    assert '"pandas[excel]>=2",' in _text(project)
    jupyflake("add", "--no-lock", "-k", "py311", "pandas[html]")
    assert '"pandas[excel,html]>=2",' in _text(project)


def test_add_elsewhere(project: Path, jupyflake: Run) -> None:
    """R, the server, the shell and a kernel's tools have lists of their own."""
    assert jupyflake("add", "--no-lock", "-k", "r", "dplyr", "data.table").code == 0
    assert jupyflake("add", "--no-lock", "--server", "jupyterlab-lsp").code == 0
    assert jupyflake("add", "--no-lock", "--server", "--tool", "git").code == 0
    assert jupyflake("add", "--no-lock", "--shell", "less").code == 0
    assert jupyflake("add", "--no-lock", "-k", "py311", "-k", "r", "--tool", "graphviz").code == 0
    manifest = read(project).manifest
    assert manifest.kernels["r"].packages == ["ggplot2", "dplyr", "data.table"]
    assert manifest.jupyter.packages == ["jupyterlab", "jupyterlab-lsp"]
    assert manifest.jupyter.tools == ["git"]
    assert manifest.shell.tools == ["git", "less"]
    assert (manifest.kernels["r"].tools, manifest.kernels["py311"].tools) == (["graphviz"], ["graphviz"])


def test_add_keeps_the_default_of_the_server(tmp_path: Path, jupyflake: Run) -> None:
    """JupyterLab stays when the server's list is written for the first time."""
    (tmp_path / "jupyter.toml").write_text('[project]\nname = "x"\nbase = "debian/trixie"\n')
    assert jupyflake("-C", tmp_path, "add", "--no-lock", "--server", "jupyterlab-git").code == 0
    assert read(tmp_path).manifest.jupyter.packages == ["jupyterlab", "jupyterlab-git"]


def test_the_only_kernel_is_meant(project: Path, jupyflake: Run) -> None:
    """With one kernel, --kernel may be left out; with several it is asked for."""
    result = jupyflake("add", "--no-lock", "scipy")
    assert result.code == 2
    assert "error[JF124]: which kernel? The project has py311, r" in result.err
    assert jupyflake("kernel", "remove", "--no-lock", "r").code == 0
    assert jupyflake("add", "--no-lock", "scipy").code == 0
    assert read(project).manifest.kernels["py311"].packages[-1] == "scipy"


def test_remove(project: Path, jupyflake: Run) -> None:
    """A package goes with its line, under any spelling of its name."""
    assert jupyflake("remove", "--no-lock", "-k", "py311", "NumPy").code == 0
    assert "arrays" not in _text(project)
    assert read(project).manifest.kernels["py311"].packages == ["pandas<2"]
    assert jupyflake("remove", "--no-lock", "--shell", "git").code == 0
    assert "tools = []" in _text(project)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["add", "-k", "py311", "pandas=2"], "JF112", '"pandas==2"'),
        (["add", "-k", "py311", "git+https://me:secret@example.org/x"], "JF193", "has a login"),
        (["add", "-k", "r", "r-cran-dplyr"], "JF112", "library()"),
        (["add", "-k", "py31", "x"], "JF122", "try: py311"),
        (["add", "--server", "--shell", "x"], "JF100", "exclude each other"),
        (["add"], "JF100", "missing argument"),
        (["remove", "-k", "py311", "panda"], "JF123", "try: pandas"),
        (["remove", "-k", "py311", "pandas<2"], "JF100", "as a whole"),
        (["kernel", "add", "py311"], "JF121", "jupyflake add --kernel py311"),
        (["kernel", "add", "PY"], "JF107", "try: py"),
        (["kernel", "add", "shell"], "JF107", "reserved"),
        (["kernel", "add", "x", "--language", "JavaScrpt"], "JF108", 'language = "javascript"'),
        (["kernel", "add", "x", "--python", "3.12"], "JF110", "3.13 (trixie)"),
        (["kernel", "remove", "rr"], "JF122", "try: r"),
        (["kernel", "lst"], "JF100", "list"),
        (["lokc"], "JF100", "lock"),
        (["add", "--kernle", "x"], "JF100", "--kernle"),
    ],
)
def test_wrong_use(project: Path, jupyflake: Run, arguments: list[str], code: str, words: str) -> None:
    """Wrong use gives exit code 2, one error with the next step, and an unchanged project."""
    before = _text(project)
    result = jupyflake(*arguments)
    assert (result.code, result.out) == (2, "")
    assert re.match(rf"error\[{code}\]: .*\n  try: .*\n\Z", result.err)
    assert words.lower() in result.err.lower()
    assert "secret" not in result.err
    assert before == _text(project)


def test_wrong_manifest_is_exit_code_1(project: Path, jupyflake: Run) -> None:
    """A mistake in the file is a failure with its place, from any directory below."""
    (project / "jupyter.toml").write_text(_text(project).replace("packages = [\n", "pakages = [\n"), encoding="utf-8")
    (project / "notebooks").mkdir()
    result = jupyflake("kernel", "list", "-C", "notebooks")
    assert result.code == 1
    assert 'error[JF101]: jupyter.toml:13:1: unknown key "pakages" in [kernels.py311]' in result.err
    assert "  try: packages\n" in result.err


def test_no_project(tmp_path: Path, jupyflake: Run) -> None:
    """Outside a project, the command that makes one is named."""
    result = jupyflake("kernel", "list", "-C", tmp_path)
    assert result.code == 1
    assert "  try: jupyflake init\n" in result.err
    assert jupyflake("kernel", "list", "-C", tmp_path / "missing").code == 1


# kernel


def test_kernel_add_and_remove(project: Path, jupyflake: Run) -> None:
    """A kernel that is added and removed again leaves the text as it was."""
    before = _text(project)
    assert jupyflake("kernel", "add", "py314", "--python", "3.14", "--package", "numpy", "--no-lock").code == 0
    kernel = read(project).manifest.kernels["py314"]
    assert (kernel.language, kernel.python, kernel.packages) == ("python", "3.14", ["numpy"])
    assert jupyflake("kernel", "remove", "py314", "--no-lock").code == 0
    assert before == _text(project)


def test_kernel_rename_in_a_setting(project: Path, jupyflake: Run) -> None:
    """The setting that names the default kernel follows; everything else stays as it is."""
    setting = "settings.\"MultiKernelManager.default_kernel_name\" = 'py311' # ours\n"
    text = _text(project).replace('packages = ["jupyterlab"]\n', f'packages = ["jupyterlab"]\n{setting}')
    (project / "jupyter.toml").write_text(text, encoding="utf-8")
    assert jupyflake("kernel", "rename", "py311", "old", "--no-lock").code == 0
    assert _text(project) == text.replace("'py311'", "'old'").replace("[kernels.py311]", "[kernels.old]")


def test_kernel_list(project: Path, jupyflake: Run) -> None:
    """The list is a table for people and JSON for programs, on standard output."""
    assert project.is_dir()
    result = jupyflake("kernel", "list")
    assert result.err == ""
    assert result.out == (
        "NAME   LANGUAGE     BASE             PACKAGES\n"
        "py311  python 3.11  debian/bookworm  numpy, pandas<2\n"
        "r      r            debian/trixie    ggplot2\n"
    )
    for arguments in (["kernel", "list", "--json"], ["--json", "kernel", "list"]):
        kernels = json.loads(jupyflake(*arguments).out)
        assert [kernel["name"] for kernel in kernels] == ["py311", "r"]
        assert kernels[0]["python"] == "3.11"


def test_json_of_edits(project: Path, jupyflake: Run) -> None:
    """With --json an edit says what it changed."""
    assert project.is_dir()
    result = jupyflake("add", "--json", "--no-lock", "-k", "r", "dplyr", "ggplot2")
    assert json.loads(result.out) == [{"target": "r", "added": "dplyr"}]


# completion


def _completed(*words: str) -> list[str]:
    """Complete the last of the words, as bash does."""
    code = "import sys; from jupyflake.cli import main; sys.exit(main([]))"
    variables = {"COMP_WORDS": " ".join(["jupyflake", *words]), "COMP_CWORD": len(words)}
    with _started("-c", code, _JUPYFLAKE_COMPLETE="complete_bash", **variables) as process:
        out, err = process.communicate(timeout=20)
    assert err == ""
    return out.split()


def test_completion_knows_the_project(project: Path) -> None:
    """Commands, options, kernels and packages of manifest and lock are completed; a broken manifest is no error."""
    assert _completed("ke") == ["kernel"]
    assert _completed("kernel", "re") == ["remove", "rename"]
    assert "--kernel" in _completed("add", "--")
    assert _completed("add", "--kernel", "p") == ["py311"]
    assert _completed("kernel", "rename", "") == ["py311", "r"]
    assert _completed("remove", "-k", "py311", "") == ["numpy", "pandas"]
    assert _completed("remove", "") == ["ggplot2", "git", "jupyterlab", "numpy", "pandas"]
    assert _completed("why", "nu") == []
    lock = {"wheels": [{"name": "numpy"}, {"name": "six"}], "debs": [{"name": "libnuma1"}]}
    (project / "jupyter.lock").write_text(json.dumps(lock))
    assert _completed("why", "nu") == ["numpy"]
    assert _completed("update", "") == ["libnuma1", "numpy", "six"]
    for broken in ("kernels = 1", "[", '[kernels]\na = "b"\n'):
        (project / "jupyter.toml").write_text(broken)
        assert _completed("add", "--kernel", "p") == []


def test_completion_in_bash(project: Path, jupyflake: Run, tmp_path: Path) -> None:
    """The script that is printed makes a real bash complete the name of a kernel."""
    assert project.is_dir()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "jupyflake").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m jupyflake "$@"\n')
    (programs / "jupyflake").chmod(0o755)
    script = jupyflake("completion", "bash").out + (
        "COMP_WORDS=(jupyflake add --kernel p); COMP_CWORD=3\n_jupyflake_completion jupyflake\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\ncomplete -p jupyflake\n'
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["py311", "complete -o default -F _jupyflake_completion jupyflake"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(jupyflake: Run, shell: str) -> None:
    """Each shell gets a script that asks the program in that shell's own way."""
    script = jupyflake("completion", shell).out
    assert f"complete_{shell}" in script
    assert "jupyflake" in script
    assert "error[JF100]" in jupyflake("completion", "tcsh").err


# the whole


@pytest.mark.parametrize("words", [["--help"], ["kernel", "--help"], ["image", "--help"]])
def test_help_fits_the_terminal(jupyflake: Run, words: list[str]) -> None:
    """Each line of the lists of commands fits 80 columns."""
    result = jupyflake(*words)
    assert result.code == 0
    assert max(map(len, result.out.splitlines())) <= 80


@pytest.mark.parametrize("name", ["init", "add", "remove", "kernel add", "kernel remove", "kernel list"])
def test_help_of_commands(jupyflake: Run, name: str) -> None:
    """The help of each command ends with an example of that command and fits 80 columns."""
    result = jupyflake(*name.split(), "--help")
    assert result.code == 0
    assert f"Example: jupyflake {name}" in result.out
    assert "<" not in result.out.split("Example:")[0]
    assert max(map(len, result.out.splitlines())) <= 80


def test_without_a_command(jupyflake: Run) -> None:
    """Nothing to do is wrong use, and shows what there is."""
    result = jupyflake()
    assert (result.code, result.out) == (2, "")
    assert "Commands:" in result.err


def test_every_command_is_named_once() -> None:
    """Each command points to a module of its own name in the package of commands."""
    for name, entry in COMMANDS.items():
        for command in [entry] if isinstance(entry, Command) else entry.values():
            module, function = command.target.split(":")
            # A word of Python's own cannot be imported.
            assert module == f"jupyflake.commands.{name}{'_' if keyword.iskeyword(name) else ''}"
            assert function
            assert command.help.endswith(".")


def test_version_is_fast() -> None:
    """Printing the version loads none of the libraries that commands need."""
    code = (
        "import sys; from jupyflake.cli import main; main(['--version'])\n"
        "slow = {'rich', 'tomlkit', 'msgspec', 'packaging', 'tomli', 'requests', 'jupyflake.manifest'}\n"
        "sys.exit(', '.join(slow & set(sys.modules)) or 0)"
    )
    with _started("-c", code) as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert out == f"jupyflake {package.__version__}\n"


def test_interrupt(project: Path, jupyflake: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with exit code 130 and one line."""
    assert project.is_dir()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("jupyflake.project.read", interrupt)
    result = jupyflake("kernel", "list")
    assert (result.code, result.err) == (130, "error: interrupted\n")


def test_interrupt_by_signal(project: Path) -> None:
    """The signal itself does the same, while the program waits for another one."""
    assert project.is_dir()
    code = (
        "import sys; from jupyflake import process, project; from jupyflake.cli import main\n"
        "def wait(*_): print('ready', flush=True); process.run(['sleep', '60'])\n"
        "project.read = wait; sys.exit(main(['kernel', 'list']))"
    )
    with _started("-c", code) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "error: interrupted\n")


def test_closed_pipe(project: Path) -> None:
    """A reader that has enough is no error."""
    assert project.is_dir()
    with _started("-m", "jupyflake", "kernel", "list", PYTHONUNBUFFERED=1) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.parametrize("words", ["--help", "add --help", "completion zsh"])
def test_head_has_enough(words: str) -> None:
    """`jupyflake --help | head -1` prints one line, and both programs end well."""
    command = f'"$0" -m jupyflake {words} | head -1; echo "${{PIPESTATUS[*]}}"'
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        ["bash", "-c", command, sys.executable], env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout.splitlines()[1:], done.stderr) == (["0 0"], "")


def test_internal_errors(jupyflake: Run, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """A fault of our own is one line too, and a traceback with --verbose."""
    assert project.is_dir()

    def fail(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("jupyflake.project.read", fail)
    result = jupyflake("kernel", "list")
    assert result.code == 1
    assert "error[JF900]: internal error: RuntimeError: boom\n" in result.err
    assert "Traceback" not in result.err
    assert "Traceback" in jupyflake("kernel", "list", "--verbose").err


def test_colours(project: Path, jupyflake: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours are for terminals, or on demand; NO_COLOR and --no-color switch them off."""
    assert project.is_dir()
    assert "\x1b" not in jupyflake("kernel", "remove", "x").err
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31merror[JF122]\x1b[0m: " in jupyflake("kernel", "remove", "x").err
    assert "\x1b" not in jupyflake("kernel", "remove", "x", "--no-color").err
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in jupyflake("kernel", "remove", "x").err


def test_quiet(project: Path, jupyflake: Run) -> None:
    """With --quiet a successful edit prints nothing."""
    assert project.is_dir()
    assert jupyflake("add", "-q", "--no-lock", "-k", "r", "dplyr") == (0, "", "")


def test_edits_are_checked_before_they_are_written(project: Path) -> None:
    """The manifest that an edit makes is legal TOML with the rest unchanged."""
    data = tomli.loads(_text(project))
    assert data["kernels"]["py311"]["packages"] == ["numpy", "pandas<2"]
    assert cli.main(["-q", "kernel", "add", "zz", "-l", "r", "--no-lock"]) == 0
    after = tomli.loads(_text(project))
    assert after["kernels"].pop("zz") == {"language": "r", "packages": []}
    assert data == after
