"""The command line: which commands there are, and the one place that prints errors.

A command's module is imported when the command runs or its help is asked for, so that
`jupyflake --version` and completion stay fast.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

import jupyflake
from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.session import Session
from jupyflake.usage import SHARED, HelpCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_INTERRUPTED = 130


class _InterruptedError(Exception):
    """Ctrl-C in a command; typer would make a silent exit of it."""


class _ReaderGoneError(Exception):
    """Nobody reads our output any more; typer would make a failure of it."""


class Command(NamedTuple):
    """Where a command is and what it does, for the list of commands."""

    target: str
    help: str
    passes_arguments: bool = False


COMMANDS: dict[str, Command | dict[str, Command]] = {
    "init": Command("jupyflake.commands.init:init", "Start a project in a directory."),
    "import": Command("jupyflake.commands.import_:import_", "Take over what other tools' files name."),
    "add": Command("jupyflake.commands.add:add", "Add packages to a kernel, the server or the shell."),
    "remove": Command("jupyflake.commands.remove:remove", "Remove packages."),
    "kernel": {
        "add": Command("jupyflake.commands.kernel:add", "Add a kernel."),
        "remove": Command("jupyflake.commands.kernel:remove", "Remove a kernel."),
        "rename": Command("jupyflake.commands.kernel:rename", "Give a kernel another name."),
        "copy": Command("jupyflake.commands.kernel:copy", "Copy a kernel."),
        "list": Command("jupyflake.commands.kernel:list_", "List the kernels."),
        "languages": Command("jupyflake.commands.kernel:languages", "List the languages of kernels."),
    },
    "lock": Command("jupyflake.commands.lock:lock", "Resolve all packages and write jupyter.lock."),
    "update": Command("jupyflake.commands.update:update", "Lock newer versions of packages."),
    "outdated": Command("jupyflake.commands.outdated:outdated", "Show which packages have newer versions."),
    "list": Command("jupyflake.commands.list:list_", "List the packages with their versions."),
    "tree": Command("jupyflake.commands.tree:tree", "Show what each package brings along."),
    "why": Command("jupyflake.commands.why:why", "Show what brings a package along."),
    "fetch": Command("jupyflake.commands.fetch:fetch", "Get what the lock names into the Nix store."),
    "build": Command("jupyflake.commands.build:build", "Build the environments, or another part."),
    "develop": Command(
        "jupyflake.commands.develop:develop", "Open a shell, or run a command in it.", passes_arguments=True
    ),
    "lab": Command(
        "jupyflake.commands.lab:lab", "Lock, fetch and build what is missing, then open Lab.", passes_arguments=True
    ),
    "notebook": Command(
        "jupyflake.commands.notebook:notebook", "The same with Jupyter Notebook.", passes_arguments=True
    ),
    "exec": Command("jupyflake.commands.exec:exec_", "Run a program in a kernel's environment.", passes_arguments=True),
    "test": Command("jupyflake.commands.test:execute", "Execute notebooks and report what fails."),
    "image": {
        "build": Command("jupyflake.commands.image:build", "Build the container image."),
        "load": Command("jupyflake.commands.image:load", "Load the image into docker or podman."),
        "push": Command("jupyflake.commands.image:push", "Send the image to a registry, a directory or a file."),
        "inspect": Command("jupyflake.commands.image:inspect", "Show what is in the image."),
        "run": Command("jupyflake.commands.image:run", "The same as `jupyflake run`.", passes_arguments=True),
    },
    "cache": {
        "use": Command("jupyflake.commands.cache:use", "Take from a binary cache what it has."),
        "list": Command("jupyflake.commands.cache:list_", "List the caches in use."),
        "remove": Command("jupyflake.commands.cache:remove", "Use a cache no longer."),
        "push": Command("jupyflake.commands.cache:push", "Build the project and copy it into a cache."),
        "key": Command("jupyflake.commands.cache:key", "Make a pair of keys to sign with."),
    },
    "audit": Command("jupyflake.commands.audit:audit", "Look for known vulnerabilities of the lock."),
    "bundle": {
        "create": Command("jupyflake.commands.bundle:create", "Write the project and its artifacts into one file."),
        "use": Command("jupyflake.commands.bundle:use", "Put a bundle's artifacts into the Nix store."),
    },
    "export": {
        "requirements": Command("jupyflake.commands.export:requirements", "Write a requirements file with hashes."),
        "pylock": Command("jupyflake.commands.export:pylock", "Write a pylock.toml (PEP 751)."),
        "environment": Command("jupyflake.commands.export:environment", "Write conda's environment.yml."),
        "cyclonedx": Command("jupyflake.commands.export:cyclonedx", "Write a bill of materials in CycloneDX."),
        "spdx": Command("jupyflake.commands.export:spdx", "Write a bill of materials in SPDX."),
        "dockerfile": Command("jupyflake.commands.export:dockerfile", "Write a Dockerfile of three lines."),
        "hub-values": Command("jupyflake.commands.export:hub_values", "Write Helm values for a JupyterHub."),
    },
    "run": Command("jupyflake.commands.run:run", "Run the image in docker or podman.", passes_arguments=True),
    "graph": Command("jupyflake.commands.graph:graph", "Draw what takes how much space, and what is shared."),
    "doctor": Command("jupyflake.commands.doctor:doctor", "Check this machine and the project, and name the cures."),
    "clean": Command("jupyflake.commands.clean:clean", "Remove what was made in the project."),
    "completion": Command("jupyflake.commands.completion:completion", "Print the script for your shell to complete."),
}
GROUPS = {
    "bundle": "Carry a project to machines without a network.",
    "cache": "Share what is built through a binary cache.",
    "export": "Write what other tools read.",
    "kernel": "Add, remove, rename, copy and list kernels.",
    "image": "Build, load, push, show and run the container image.",
}
HELP = "Reproducible JupyterLab environments and images from one text file."
EPILOG = "Example: jupyflake init demo && cd demo && jupyflake lab"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _group("jupyflake", COMMANDS, HELP).main(words, prog_name="jupyflake", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, _InterruptedError, typer.Abort):
        code = _INTERRUPTED
        _console().error("interrupted")
    except Exception as error:  # noqa: BLE001  (the one place that turns errors into lines)
        code = _explain(error)
    return code if isinstance(code, int) else 0


def _explain(error: Exception) -> int:
    if isinstance(error, BrokenPipeError | _ReaderGoneError):
        # Who reads our output has enough of it, such as `head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(error, typer.TyperException):
        return _wrong_use(error)
    if isinstance(error, OSError):
        error = _system_error(error)
    elif not isinstance(error, JupyflakeError):
        error = _internal_error(error)
    return _fail(error)


# What the global options said last; errors are printed the same way.
_latest: list[Console] = []


def _console() -> Console:
    return _latest[-1] if _latest else Console()


def _fail(error: JupyflakeError) -> int:
    _console().error(error)
    return error.exit_code


def _wrong_use(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "jupyflake"
    message = error.format_message().rstrip(".")
    if type(error).__name__ == "NoArgsIsHelpError":
        print(message, file=sys.stderr)  # noqa: T201
        return error.exit_code
    message = message[:1].lower() + message[1:]
    return _fail(JupyflakeError("JF100", message, hint=f"{path} --help", exit_code=error.exit_code))


def _system_error(error: OSError) -> JupyflakeError:
    name = f"{error.filename}: " if error.filename else ""
    return JupyflakeError(
        "JF604",
        f"{name}{error.strerror or error}",
        hint="check the permissions and the free space",
    )


def _internal_error(error: Exception) -> JupyflakeError:
    if _console().verbose:
        traceback.print_exception(error)
    return JupyflakeError(
        "JF900",
        f"internal error: {type(error).__name__}: {error}",
        hint="the same command with --verbose, and report what it prints",
    )


# Loading commands when they are needed


class _LazyCommand(TyperCommand):
    """Stands for a command in lists; hands over to the real one when it is to run."""

    def __init__(self, name: str, command: Command) -> None:
        super().__init__(name, help=command.help, rich_markup_mode=None)
        self._command = command

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Parse the arguments with the real command."""
        real = load(str(self.name), self._command)
        return real.make_context(info_name, args, parent=parent, **extra)


def load(name: str, command: Command) -> Any:
    """Import a command and make it one of the command line's."""
    module_name, function_name = command.target.split(":")
    function = getattr(importlib.import_module(module_name), function_name)
    settings = {"ignore_unknown_options": False, "allow_interspersed_args": not command.passes_arguments}
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    description, _, example = (inspect.getdoc(function) or command.help).partition("Example: ")
    app.command(
        name,
        cls=HelpCommand,
        help=description.strip(),
        epilog=f"Example: {example.strip()}" if example else None,
        context_settings=settings,
    )(_with_session(function))
    return typer.main.get_command(app)


def _group(name: str, commands: Mapping[str, Command | dict[str, Command]], description: str) -> TyperGroup:
    members: dict[str, Any] = {
        member: _LazyCommand(member, command)
        if isinstance(command, Command)
        else _group(member, command, GROUPS[member])
        for member, command in commands.items()
    }
    top = name == "jupyflake"
    app = typer.Typer(
        add_completion=top,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help=description,
        epilog=EPILOG if top else None,
        no_args_is_help=True,
    )
    app.callback()(_top if top else _below)
    group = typer.main.get_command(app)
    if not isinstance(group, TyperGroup):
        raise TypeError(name)
    group.name = name
    # The command `completion` does it, and edits no file of the user's.
    group.params = [each for each in group.params if each.name not in {"install_completion", "show_completion"}]
    group.commands.update(members)
    return group


# The options that every command has


def _show_version(value: bool) -> None:  # noqa: FBT001  (as typer calls it)
    if value:
        print(f"jupyflake {jupyflake.__version__}")  # noqa: T201
        raise typer.Exit


Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors, warnings and results only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show the commands that are run.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="Print without colours.")]
Directory = Annotated[
    Path | None,
    typer.Option("--directory", "-C", metavar="DIR", help="The project, if not the current directory."),
]
Version = Annotated[
    bool,
    typer.Option("--version", "-V", is_eager=True, callback=_show_version, help="Print the version."),
]


def _top(
    context: typer.Context,
    *,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
    no_color: NoColor = False,
    directory: Directory = None,
    version: Version = False,  # noqa: ARG001  (its callback ends the run)
) -> None:
    context.obj = {"quiet": quiet, "verbose": verbose, "json": json, "no_color": no_color, "directory": directory}
    _session(context.obj)


def _below() -> None:
    """Make a group of commands."""


def _session(options: Mapping[str, Any]) -> Session:
    from jupyflake import process  # noqa: PLC0415  (not for --version and --help)

    console = Console(
        quiet=options["quiet"],
        verbose=options["verbose"],
        json=options["json"],
        color=False if options["no_color"] else None,
    )
    _latest[:] = [console]
    process.set_trace(console.detail if console.verbose else None)
    return Session(console, options["directory"] or Path())


def _with_session(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all have, and hand it the session that they make."""
    own = inspect.signature(function)
    # The session's class may be known to type checkers only.
    types = get_type_hints(function, localns={"Session": Session}, include_extras=True)
    first, *rest = own.parameters.values()
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        for name, annotation, default in zip(
            SHARED,
            (Quiet, Verbose, Json, NoColor, Directory),
            (False, False, False, False, None),
            strict=True,
        )
    ]
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    parameters = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=types[parameter.name]) for parameter in rest
    ]

    @functools.wraps(function)
    def run(**values: Any) -> None:
        above: Mapping[str, Any] = values.pop("context").obj or {}
        options = {name.name: values.pop(name.name) or above.get(name.name) for name in shared}
        try:
            function(**{first.name: _session(options)}, **values)
        except KeyboardInterrupt as error:
            raise _InterruptedError from error
        except BrokenPipeError as error:
            raise _ReaderGoneError from error

    signature = own.replace(parameters=[context, *parameters, *shared], return_annotation=None)
    run.__dict__.pop("__wrapped__", None)
    run.__dict__["__signature__"] = signature
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in signature.parameters.values()}
    return run
