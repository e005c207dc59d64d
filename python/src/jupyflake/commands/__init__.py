"""The commands, one file a verb.

A command is a function whose first parameter is `session: Session`; the others are annotated for
typer (`Annotated[str, typer.Option(help="…")]`), and its docstring is its help: one line, a blank
line, an example. `jupyflake.cli.COMMANDS` names its module and function, and imports the module
only when the command runs or its help is asked for. It returns nothing; it raises
`JupyflakeError` when it fails and `typer.Exit(code)` to pass on the exit code of a program.
The options --quiet, --verbose, --json, --no-color and --directory are added to every command.
"""
