"""The machine: codes JF600 to JF699."""

from __future__ import annotations

from jupyflake.codes.code import Code

CODES = {
    "JF601": Code(
        "program not found",
        "A program that this command needs is not installed.",
        "Install it as the message says.",
    ),
    "JF602": Code(
        "program cannot be started",
        "The program or its working directory is there, but the system refuses to start it.",
        "Check its permissions.",
    ),
    "JF603": Code(
        "program failed",
        "A program ended with an error.",
        "Run again with --verbose to see the full command.",
    ),
    "JF604": Code(
        "file cannot be read or written",
        "The system refuses access to a file, or the disk is full.",
        "Check the permissions and the free space.",
    ),
    "JF606": Code(
        "no Debian mirror known",
        "This machine's apt names no Debian mirror.",
        "Name one in JUPYFLAKE_DEBIAN_MIRROR.",
    ),
    "JF607": Code(
        "Nix store refuses",
        "nix-store could not add or look up a path.",
        "Check that Nix works and that you may use it.",
    ),
    "JF608": Code(
        "settings cannot be read",
        "The user's own config.toml is not what jupyflake writes.",
        "Correct it, or remove it and use `jupyflake cache use` again.",
    ),
    "JF640": Code(
        "the project is in use",
        "A server of the project is running, and its files were to be removed.",
        "Stop the server, then run the command again.",
    ),
}
