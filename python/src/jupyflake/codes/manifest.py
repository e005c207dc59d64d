"""The manifest and the command line: codes JF100 to JF199."""

from __future__ import annotations

from jupyflake.codes.code import Code

CODES = {
    "JF100": Code(
        "wrong use of the command line",
        "A command, option or argument is missing, unknown or contradicts another.",
        "Run the command with --help; it ends with an example.",
        exit_code=2,
    ),
    "JF101": Code(
        "unknown key",
        "jupyter.toml has a key that jupyflake does not know at this place.",
        "Correct the spelling, or remove the key.",
    ),
    "JF102": Code(
        "wrong type",
        "A value in jupyter.toml has another type than its key takes.",
        "Write the value as the message shows.",
    ),
    "JF103": Code(
        "TOML syntax",
        "jupyter.toml is not valid TOML.",
        "Correct the line that the message names.",
    ),
    "JF104": Code(
        "not UTF-8",
        "jupyter.toml is not a UTF-8 text without a byte order mark.",
        "Save the file as UTF-8 without a byte order mark.",
    ),
    "JF105": Code(
        "no manifest",
        "Neither the directory nor one above it has a jupyter.toml.",
        "Run `jupyflake init`, or name the project with --directory.",
    ),
    "JF106": Code(
        "missing key",
        "A key that must be there is not.",
        "Add the key that the message names.",
    ),
    "JF107": Code(
        "illegal name",
        "A kernel, project, user or image name has characters that are not allowed, is reserved or is taken.",
        "Choose a name of the form that the message gives.",
    ),
    "JF108": Code(
        "unknown language",
        "There is no kernel for this language.",
        "Choose one of the languages that the message lists.",
    ),
    "JF109": Code(
        "unknown base",
        "The base is none that jupyflake can build on.",
        "Choose one of the bases that the message lists.",
    ),
    "JF110": Code(
        "Python version not available",
        "No suite of the base has this Python.",
        "Choose one of the versions that the message lists, or another base for the kernel.",
    ),
    "JF111": Code(
        "illegal Python version",
        "The Python version is not a quoted text of the form X.Y.",
        'Write it with quotes and two numbers, such as python = "3.13".',
    ),
    "JF112": Code(
        "illegal requirement",
        "A package is not written as its language's packages are.",
        "Write it as the message shows.",
    ),
    "JF113": Code(
        "package named twice",
        "One package stands twice in a list, possibly under two spellings.",
        "Keep one of the two.",
    ),
    "JF114": Code(
        "place of a package in a place for names",
        "A requirement is a URL, a file or a repository where only a package's name can stand.",
        'Write "name @ https://…" in `packages`, or the name there and its source in `[sources]`.',
    ),
    "JF115": Code(
        "environment variable not allowed",
        "The name is not a legal one, or the variable would break the isolation of the kernels.",
        "Remove it; native libraries and programs go into `tools`.",
    ),
    "JF116": Code(
        "unknown system",
        "A target system is none that the base has packages for.",
        "Choose from the systems that the message lists.",
    ),
    "JF117": Code(
        "illegal value",
        "A value has the right type but not a legal form.",
        "Write the value as the message shows.",
    ),
    "JF118": Code(
        "key for another language",
        "A kernel has a key that its language cannot use.",
        "Remove the key, or change the kernel's language.",
    ),
    "JF120": Code(
        "file exists",
        "`jupyflake init` never overwrites a file.",
        "Choose another directory, or move the file away.",
    ),
    "JF121": Code(
        "kernel exists",
        "A kernel of this name is in jupyter.toml.",
        "Choose another name, or add to the kernel with `jupyflake add --kernel NAME`.",
        exit_code=2,
    ),
    "JF122": Code(
        "no such kernel",
        "jupyter.toml has no kernel of this name.",
        "`jupyflake kernel list` shows the kernels.",
        exit_code=2,
    ),
    "JF123": Code(
        "nothing to remove",
        "The package or tool is not listed there.",
        "See jupyter.toml for what is listed; what another package brings in is not.",
        exit_code=2,
    ),
    "JF124": Code(
        "which kernel",
        "The project has several kernels, or none, and none was named.",
        "Name one or more with --kernel, or use --server or --shell.",
        exit_code=2,
    ),
    "JF125": Code(
        "project is busy",
        "Another jupyflake is changing this project.",
        "Wait until it ends, then run the command again.",
    ),
    "JF126": Code(
        "manifest changed meanwhile",
        "jupyter.toml was changed by another program while the command ran.",
        "Run the command again.",
    ),
    "JF127": Code(
        "edit not possible",
        "The manifest is written in a way that cannot be edited without harm to what stands around.",
        "Make the change in jupyter.toml with an editor, then run `jupyflake lock`.",
    ),
    "JF130": Code(
        "package not in the lock",
        "jupyter.lock has no package of this name, at least not in the environments that were asked about.",
        "`jupyflake list --all` shows all packages.",
        exit_code=2,
    ),
    "JF131": Code(
        "version belongs to the base",
        "The package comes from nixpkgs, of which each release of jupyflake pins one revision.",
        "Update jupyflake, then run `jupyflake lock`; or use a Debian base.",
        exit_code=2,
    ),
    "JF150": Code(
        "line of another tool's file",
        "A line of a file that is imported is not what such files have.",
        "Correct the line, or remove it, then import again.",
    ),
    "JF151": Code(
        "file cannot be imported",
        "A file is missing, is no text, has a fault that leaves nothing to read, or is of a kind that is not known.",
        "Correct the file, or name another one.",
    ),
    "JF152": Code(
        "nothing to import",
        "The directory or the files name nothing that can be taken over.",
        "Name a file, or start with `jupyflake init`.",
    ),
    "JF153": Code(
        "kernel of another language",
        "The kernel that was named has another language than the packages that were read.",
        "Name another kernel, or none: each language then goes to its own.",
        exit_code=2,
    ),
    "JF154": Code(
        "no such group",
        "The imported file has no dependency group or extra of this name.",
        "Choose one of those that the message lists.",
        exit_code=2,
    ),
    "JF160": Code(
        "wrong option of the image",
        "A port, time, compression, number of layers or path under [image] is not one.",
        "Write it as the message says.",
        exit_code=2,
    ),
    "JF140": Code(
        "no such notebook",
        "A notebook that is to be executed is not there.",
        "Check the path; those in [check] are relative to jupyter.toml.",
    ),
    "JF141": Code(
        "no notebooks",
        "There is no notebook to execute.",
        "Name notebooks or directories, or list them in [check].",
    ),
    "JF142": Code(
        "a notebook without a kernel",
        "A notebook does not say which kernel it is for, and the project has several.",
        "Name the kernel with --kernel.",
    ),
    "JF143": Code(
        "unknown format of a picture",
        "The picture's file ends in something that is no format.",
        "Name a file that ends in .svg, .png or .dot.",
    ),
    "JF155": Code(
        "file without an address",
        "A wheel of the lock has no path on the index's file host, so no address can be written.",
        "Export with --wheels, which puts the files beside.",
    ),
    "JF180": Code(
        "language that the base lacks",
        "The base of the kernel has no kernel for its language.",
        "Give the kernel the base that the message names; `jupyflake kernel languages` shows which base has what.",
    ),
    "JF181": Code(
        "command of a kernel",
        "The argv of a kernel of your own cannot start one.",
        "Write a program's name first, and {connection_file} where the kernel expects the file's name.",
    ),
    "JF191": Code(
        "source that is not right",
        "An entry of `[sources]`, or the address in a requirement, does not say where a package is.",
        "Give one of path, git, url and index, as the message shows.",
    ),
    "JF192": Code(
        "source outside of the project",
        "A path leads out of the project, or out of the repository; Nix sees the project's directory and nothing else.",
        "Copy the file or directory into the project, or name its repository with git.",
    ),
    "JF193": Code(
        "login in the manifest",
        "An address in jupyter.toml has a user name or a password.",
        "Write the address alone. Logins come from ~/.netrc, UV_INDEX_<NAME>_USERNAME and _PASSWORD, or from git.",
    ),
    "JF194": Code(
        "illegal name of an index",
        "An index has a name that is none, or a source has an address in the place of an index's name.",
        "Give the index a name, and its address in `[indexes]` or in uv's settings.",
    ),
    "JF195": Code(
        "package with two sources",
        "Two places of the manifest say differently where a package comes from.",
        "Keep one of them, in `[sources]`.",
    ),
    "JF196": Code(
        "package that cannot be edited in place",
        "`editable` names a file, or a directory whose package does not say what an editable installation needs.",
        "Name a directory whose pyproject.toml has a [project] table.",
    ),
}
