"""Fetching: codes JF300 to JF399."""

from __future__ import annotations

from jupyflake.codes.code import Code

CODES = {
    "JF301": Code(
        "wrong content",
        "A download has not the hash or the size that jupyter.lock has.",
        "Try again; if it stays so, the mirror is broken or the lock was tampered with.",
    ),
    "JF302": Code(
        "locked deb is gone",
        "The Debian mirror no longer has a locked package: it keeps only the newest of a suite.",
        "Run `jupyflake lock --upgrade-package debian` to lock the Debian part anew.",
    ),
    "JF303": Code(
        "locked wheel is gone",
        "The package index no longer has a locked wheel.",
        "Run `jupyflake lock --upgrade-package NAME`.",
    ),
    "JF304": Code(
        "download breaks off",
        "A download ended before its end, several times.",
        "Run the command again: it goes on where it stopped.",
    ),
    "JF305": Code(
        "server failed",
        "The package index or the Debian mirror answers a download with an error.",
        "Try again later.",
    ),
    "JF306": Code(
        "no network",
        "The host of a download cannot be reached.",
        "Check the network and the proxy, then run the command again.",
    ),
    "JF307": Code(
        "download refused",
        "The host of a download wants credentials, or other ones.",
        "Name them in ~/.netrc, or as uv's and apt's settings do.",
    ),
    "JF308": Code(
        "system not in the lock",
        "jupyter.lock does not cover this system.",
        "Add it to `systems` under [project], then run `jupyflake lock`.",
    ),
    "JF309": Code(
        "artifacts missing",
        "Artifacts are not in the Nix store, and --offline forbids to fetch them.",
        "Run `jupyflake fetch` with a network.",
    ),
    "JF310": Code(
        "broken artifact",
        "A package has not the file in it that everything is built with.",
        "Run `jupyflake lock --upgrade` for another version.",
    ),
    "JF350": Code(
        "cannot be bundled",
        "An environment is on nixpkgs, whose packages are not artifacts of the lock.",
        "Carry a binary cache: `jupyflake cache push file:///… --artifacts`.",
    ),
    "JF351": Code(
        "no bundle",
        "The file is missing, broken, or none that `jupyflake bundle create` has written.",
        "Copy it again, or make it anew.",
    ),
    "JF352": Code(
        "bundle with other content",
        "A file in the bundle, or the bundle itself, has not the hash that it must have.",
        "Copy it again; if it stays so, do not trust where it comes from.",
    ),
    "JF353": Code(
        "bundle without all files",
        "The bundle was made of another lock, or for another system.",
        "Make one of this jupyter.lock with `jupyflake bundle create --system SYSTEM`.",
    ),
    "JF391": Code(
        "locked commit is gone",
        "The repository no longer has the commit that jupyter.lock has.",
        "Lock the package anew, or have the commit pushed again.",
    ),
    "JF392": Code(
        "other files in a commit",
        "What git gives for the locked commit is not what was locked.",
        "Lock the package anew; if others get what was locked, this machine's git changes files.",
    ),
}
