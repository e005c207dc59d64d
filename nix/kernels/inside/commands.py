"""The notebook's commands that are about packages; startup.py loads them into IPython."""

import html
import importlib.metadata
import json
import os
import runpy
import shlex
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from IPython import get_ipython
from IPython.core.error import UsageError
from IPython.display import display

HERE = Path(__file__).parent
# An import would write bytecode beside it, which root could do even in the store.
answers = SimpleNamespace(**runpy.run_path(str(HERE / "answers.py")))


KERNEL = os.environ.get("JUPYFLAKE_KERNEL", "")
FIXED = "the packages of this kernel are fixed by jupyter.lock"
USAGE = "%jupyflake add PACKAGE…, or one of: {}"
# They end by themselves and need no answer; the others belong into a terminal.
VERBS = ("add", "remove", "list", "tree", "why", "outdated", "lock")
IMAGE = "this kernel runs in a container, whose image never changes: do it where the image was built"
MENU = "The new environment is built. A restart of the kernel (also in the menu Kernel) takes it; outputs stay."


def pip(line: str) -> None:
    """Answer `%pip`, `%conda` and the like: what is asked for is there, or what adds it."""
    if line.split()[:1] in (["list"], ["freeze"]):
        for each in sorted(f"{found.name}=={found.version}" for found in importlib.metadata.distributions()):
            print(each)
        return
    asked = answers.wish(line)
    if asked is None:
        instead = _try(f"list --kernel {KERNEL}", "%jupyflake list")
        raise UsageError(f"{FIXED}; this command does nothing here\n  try: {instead}")
    if asked.verb == "add" and asked.packages and not asked.files and (there := _there(asked.packages)):
        print(f"{', '.join(there)}: in this kernel already")
        return
    command = answers.command(asked, KERNEL)
    live = f"%jupyflake {asked.verb} {shlex.join(asked.packages)}" if asked.packages else ""
    raise UsageError(f"{FIXED}\n  try: {_try(command.removeprefix('jupyflake '), live)}")


def _there(requirements: tuple[str, ...]) -> list[str]:
    """Give names with versions if all of these are installed as wanted, else nothing."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415  (ipykernel brings it)

    found = []
    for text in requirements:
        try:
            wanted = Requirement(text)
            version = importlib.metadata.version(wanted.name)
        except (InvalidRequirement, importlib.metadata.PackageNotFoundError):
            return []
        if wanted.extras or not wanted.specifier.contains(version, prereleases=True):
            return []
        found.append(f"{wanted.name} {version}")
    return found


def _try(command: str, live: str) -> str:
    if os.environ.get("JUPYFLAKE_IMAGE"):
        return f"jupyflake {command}\n  {IMAGE}"
    return live if live and _settings() else f"jupyflake {command}, in a terminal"


def _settings() -> dict[str, Any] | None:
    """Read what `jupyflake lab` says of itself; nothing where something else started the server."""
    text = os.environ.get("JUPYFLAKE_CLI")
    settings: dict[str, Any] | None = json.loads(text) if text else None
    return settings


def jupyflake(line: str) -> None:
    """Run jupyflake on this project and kernel; after a change a restart into the new environment is offered."""
    words = shlex.split(line)
    usage = USAGE.format(", ".join(VERBS))
    if not words or words[0] not in VERBS:
        raise UsageError(f"usage: {usage}")
    settings = _settings()
    if settings is None:
        named = ["--kernel", KERNEL] if words[0] in ("add", "remove") else []
        command = shlex.join(["jupyflake", words[0], *named, *words[1:]])
        if os.environ.get("JUPYFLAKE_IMAGE"):
            raise UsageError(f"{IMAGE}\n  try: {command} && jupyflake image build")
        raise UsageError(f"this server was not started by `jupyflake lab`\n  try: {command}, in a terminal")
    changes = words[0] in ("add", "remove")
    elsewhere = {"--kernel", "-k", "--server", "--shell"} & {word.partition("=")[0] for word in words}
    if changes and not elsewhere:
        words += ["--kernel", KERNEL]
    _run(settings, words)
    if changes and "--no-lock" not in words:
        _run(settings, ["develop", "--", "true"])
        _offer()


def _run(settings: dict[str, Any], words: list[str]) -> None:
    """Run the command line with the environment that it was started in, and show what it says while it says it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    for name, value in settings["env"].items():
        env.pop(name, None)
        if value is not None:
            env[name] = value
    with subprocess.Popen(  # noqa: S603  (words, no shell)
        [*settings["argv"], *words],
        cwd=settings["project"],
        env={**env, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for text in process.stdout or ():
            print(text, end="", flush=True)
    if process.returncode != 0:
        # What is wrong is said above, by jupyflake itself.
        raise UsageError(f"jupyflake {words[0]} has failed")


def _offer() -> None:
    """Show a button that restarts this kernel through the server, which then starts the new environment."""
    from ipykernel.connect import get_connection_file  # noqa: PLC0415  (not before it is needed)

    kernel = Path(get_connection_file()).stem.removeprefix("kernel-")
    page = (HERE / "offer.html").read_text(encoding="utf-8")
    page = page.replace("@kernel@", html.escape(kernel)).replace("@menu@", html.escape(MENU))
    display({"text/plain": MENU, "text/html": page}, raw=True)


def _load(shell: Any) -> None:
    # A plain Python that a cell starts must not read our start-up file.
    os.environ.pop("PYTHONSTARTUP", None)
    for name in ("pip", "conda", "mamba", "micromamba", "uv"):
        shell.register_magic_function(pip, "line", name)
    shell.register_magic_function(jupyflake, "line", "jupyflake")
    shell.input_transformers_cleanup.append(answers.as_magic)


_load(get_ipython())
