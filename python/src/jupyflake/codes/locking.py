"""Resolving and locking: codes JF200 to JF299."""

from __future__ import annotations

from jupyflake.codes.code import Code

CODES = {
    "JF201": Code(
        "no lock",
        "The project has no jupyter.lock.",
        "Run `jupyflake lock`.",
    ),
    "JF202": Code(
        "lock is older than the manifest",
        "jupyter.toml was changed after jupyter.lock was made.",
        "Run `jupyflake lock`.",
    ),
    "JF203": Code(
        "lock cannot be read",
        "jupyter.lock is not what jupyflake writes.",
        "Restore it from version control, or remove it and run `jupyflake lock`.",
    ),
    "JF204": Code(
        "lock of a newer format",
        "jupyter.lock was written by a newer jupyflake than this one.",
        "Update jupyflake.",
    ),
    "JF205": Code(
        "unknown package",
        "The package index has no package of this name.",
        "Check the spelling, and which index uv is set to use.",
    ),
    "JF206": Code(
        "impossible versions",
        "No set of versions meets all requirements of an environment.",
        "Loosen one of the requirements that the message names.",
    ),
    "JF207": Code(
        "no wheel",
        "A package has no wheel for the Python and the target system.",
        "Choose another version, another Python, or a package that has wheels.",
    ),
    "JF208": Code(
        "index or mirror cannot be reached",
        "The package index or the Debian mirror does not answer, or answers with a failure.",
        "Check the network, the proxy and the settings of uv and apt.",
    ),
    "JF209": Code(
        "index or mirror refuses",
        "The package index or the Debian mirror wants credentials, or other ones.",
        "Give uv or apt the credentials, or name them in ~/.netrc.",
    ),
    "JF210": Code(
        "uv failed",
        "uv could not resolve an environment, for a reason that is not one of the known ones.",
        "Run again with --verbose to see all that uv says.",
    ),
    "JF211": Code(
        "widgets of different generations",
        "Kernels have ipywidgets of different major versions; one server can only show one of them.",
        "Use the same major version in all kernels.",
    ),
    "JF212": Code(
        "unknown Debian package",
        "The suite has no package of this name for the target system.",
        "Check the spelling, or choose another base.",
    ),
    "JF213": Code(
        "unknown R package",
        "The suite has no r-cran- or r-bioc- package for this R package.",
        "Check the spelling, or choose another base.",
    ),
    "JF214": Code(
        "mirror without the suite",
        "The Debian mirror does not carry the suite.",
        "Choose another base, or name another mirror in JUPYFLAKE_DEBIAN_MIRROR.",
    ),
    "JF215": Code(
        "mirror not to be trusted",
        "A signature, a date or a hash of the Debian mirror's lists is not right.",
        "Install debian-archive-keyring, or use an up-to-date mirror.",
    ),
    "JF216": Code(
        "apt failed",
        "apt finds no set of packages, or its answer is not understood.",
        "Run again with --verbose to see the commands.",
    ),
    "JF230": Code(
        "suite without what a kernel needs",
        "The Debian suite lacks, at least for now, a package that every kernel of a language is built on.",
        "Give the kernel one of the bases that the message names, which have the package.",
    ),
    "JF231": Code(
        "package for another Python",
        "A version of a package says that it needs another Python than the environment has.",
        "Take the version or the Python that the message proposes.",
    ),
    "JF218": Code(
        "nixpkgs cannot be evaluated",
        "Nix could not get or evaluate the pinned nixpkgs, which says the versions of what comes from it.",
        "Use a network, or name a nixpkgs on this machine in JUPYFLAKE_NIXPKGS, or use a Debian base.",
    ),
    "JF250": Code(
        "known vulnerabilities",
        "Packages of the lock have faults that are known.",
        "Upgrade them, or pass over those that do not matter to you with `--ignore ID`.",
    ),
    "JF251": Code(
        "not all was checked",
        "No advisory database covers a part of the lock, so nothing is known about it.",
        "Name databases in OSV's format with --database or JUPYFLAKE_ADVISORIES.",
    ),
    "JF252": Code(
        "advisories cannot be had",
        "A source of advisories is missing, cannot be read or does not answer.",
        "Check the path or the address; --offline takes what was fetched before.",
    ),
    "JF253": Code(
        "no advisories",
        "A source of advisories is not in OSV's format, or has nothing in it.",
        "Name OSV's all.zip of an ecosystem, or files with its records.",
    ),
    "JF285": Code(
        "source of a package that is not there",
        "`sdists` names a package that the environment does not have.",
        "Add the package to `packages`, or remove its name from `sdists`.",
    ),
    "JF286": Code(
        "source that cannot be read",
        "A source distribution is no archive, or its pyproject.toml is not right.",
        "Use another version of the package.",
    ),
    "JF287": Code(
        "source that does not say what it needs",
        "The build backend of a source distribution failed when it was asked for the package's dependencies.",
        "Use another version of the package, or its wheel.",
    ),
    "JF291": Code(
        "source that is not in the project",
        "A path of `[sources]` or `editable` is not there, or is not what it should be.",
        "Correct the path; it is relative to jupyter.toml.",
    ),
    "JF292": Code(
        "directory that is no package",
        "A directory, a repository or an archive has no pyproject.toml, or its metadata cannot be read.",
        "Correct what the message names.",
    ),
    "JF293": Code(
        "file that does not fit",
        "A wheel or directory is of another package than the manifest says, or for another Python or platform.",
        "Use the file that fits, or the Python that the message names.",
    ),
    "JF294": Code(
        "git repository or revision that is not there",
        "git does not find the repository, the tag, the branch or the commit, or may not read it.",
        "Correct the name, or log in to the host with git itself.",
    ),
    "JF295": Code(
        "git is missing",
        "The project has packages from git repositories, and this machine has no git.",
        "Install git.",
    ),
    "JF296": Code(
        "dependency with a source of its own",
        "A package of `[sources]` says itself where one of its dependencies comes from, and the project does not.",
        "Write that dependency into `[sources]` too, or name an index for it.",
    ),
    "JF297": Code(
        "unknown index",
        "A source names an index whose address neither the manifest nor this machine's uv settings have.",
        "Add it to `[indexes]`, or set UV_INDEX=name=https://….",
    ),
    "JF288": Code(
        "source that cannot be asked here",
        "Only a source's build backend knows what it needs, and the lock is for other systems than this machine's.",
        "Lock on a machine of such a system, or add this one's to `systems`.",
    ),
}
