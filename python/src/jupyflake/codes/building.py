"""Nix and building: codes JF400 to JF499."""

from __future__ import annotations

from jupyflake.codes.code import Code

CODES = {
    "JF401": Code(
        "evaluation failed",
        "Nix could not evaluate the project.",
        "Do what the message says; --verbose shows Nix' own trace.",
    ),
    "JF402": Code(
        "build failed",
        "A part of the environment or of the image could not be built.",
        "Read the builder's last lines in the message; `nix log` has all of them.",
    ),
    "JF403": Code(
        "artifact not in the store",
        "A wheel or Debian package of the lock has not been fetched.",
        "Run `jupyflake fetch` where the mirrors can be reached.",
    ),
    "JF404": Code(
        "system not supported",
        "There are no packages for this machine's operating system or processor.",
        "Use a machine of a kind that the message lists.",
    ),
    "JF411": Code(
        "cache cannot be used",
        "The binary cache does not answer, refuses, or is none.",
        "Check the address, the network, and the credentials in ~/.netrc.",
    ),
    "JF412": Code(
        "cache not signed by a trusted key",
        "What the binary cache has is not signed, or by another key than the ones that are trusted here.",
        "Ask who fills the cache for its public key, or remove the cache with `jupyflake cache remove URL`.",
    ),
    "JF413": Code(
        "broken cache",
        "The binary cache has lost something, or has other content than was signed.",
        "Remove the cache with `jupyflake cache remove URL`, and tell who fills it.",
    ),
    "JF414": Code(
        "key not usable",
        "A key of a binary cache is not one, is the wrong half, or cannot be read or written.",
        "Make a pair with `jupyflake cache key NAME`.",
    ),
    "JF415": Code(
        "no builder",
        "None of the machines that were named can build this.",
        "Check with `nix store ping --store ssh://user@host`, and which system the builder is for.",
    ),
    "JF428": Code(
        "Nix too old for nixpkgs",
        "The base nixpkgs cannot be evaluated by this version of Nix.",
        'Update Nix, or write a Debian base into jupyter.toml, as base = "debian/trixie".',
    ),
    "JF430": Code(
        "file not tracked by git",
        "The project's flake has changes of its own and is in a git repository, of which Nix sees only tracked files.",
        "Run `git add -N` with the files that the message names.",
    ),
    "JF471": Code(
        "not for this system",
        "The project's systems, for which it is locked, don't include the one that it is to be built on.",
        "Add the system to `systems` under [project], then run `jupyflake lock`.",
    ),
}
