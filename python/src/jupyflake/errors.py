"""The one exception that people see, and the table of all its codes."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """What a code stands for; the documentation's list of errors is made from these."""

    title: str
    meaning: str
    cure: str
    exit_code: int = 1


# Extend each range at its end; a code that was released never changes its meaning.
CODES: dict[str, Code] = {
    # 1xx: the manifest and the command line
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
    # 2xx: resolving and locking
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
    # 3xx: fetching
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
    # 4xx: Nix and building
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
    # 5xx: images and container engines
    "JF501": Code(
        "no container engine",
        "The container engine that was asked for, or any, is not installed.",
        "Install docker or podman.",
    ),
    "JF502": Code(
        "engine is not running",
        "The engine's client is installed, but its daemon or virtual machine does not answer.",
        "Start it, as the message says.",
    ),
    "JF503": Code(
        "no rights to use the engine",
        "The engine's socket, or its storage, is closed to this user.",
        "Join the engine's group, or use podman as an ordinary user.",
    ),
    "JF504": Code(
        "image not loaded",
        "The engine did not take the image; it keeps what it had under the name before.",
        "Read the engine's words in the message; --verbose shows all of them.",
    ),
    "JF505": Code(
        "engine's disk is full",
        "The engine has no space to store the image.",
        "Remove what is not needed with `docker image prune` or `podman image prune`.",
    ),
    "JF506": Code(
        "port in use",
        "Another program listens on the port, or only root may.",
        "Name another port with --port, or leave it to jupyflake.",
    ),
    "JF507": Code(
        "container not started",
        "The engine refused to create or start the container.",
        "Read the engine's words in the message; --verbose shows the full command.",
    ),
    "JF508": Code(
        "no server in the container",
        "The container ended, or its server does not answer.",
        "Look into the image with `jupyflake run -- bash`.",
    ),
    "JF560": Code(
        "image not pushed",
        "The registry did not take the image; what it had under the name before is still there.",
        "Read the registry's words in the message; --verbose shows all of them.",
    ),
    "JF561": Code(
        "no rights to push",
        "The registry wants a login, or this one may not write there.",
        "Log in with the engine's own command: `skopeo login`, `docker login` or `podman login`.",
    ),
    "JF562": Code(
        "no such place for the image",
        "The destination is no name of an image in a registry, and no oci: or docker-archive: path.",
        "Write it as registry.example/team/name:tag, oci:DIRECTORY or docker-archive:FILE.",
        exit_code=2,
    ),
    "JF563": Code(
        "image not written",
        "The image could not be read from the store, or written to where it was to go.",
        "Check the free space; `nix-store --verify --check-contents --repair` repairs a store that was changed.",
    ),
    "JF565": Code(
        "no builder image",
        "Building in a container needs an image with Nix, and the engine has none under the name.",
        "Make it from examples/builder on a machine with Nix, then load or pull it here.",
    ),
    "JF566": Code(
        "builder not started",
        "The engine could not start the container with Nix, or prepare the volume that is its store.",
        "Read the engine's words in the message; `docker volume rm jupyflake-store` makes the next build begin anew.",
    ),
    "JF567": Code(
        "not built in a container",
        "The base nixpkgs and a flake of one's own need more than the files that the lock names.",
        "Build the image on a machine with Nix.",
        exit_code=2,
    ),
    "JF568": Code(
        "not a builder image",
        "The image that was named has no Nix that knows what is in its store.",
        "Name an image made from examples/builder.",
        exit_code=2,
    ),
    "JF569": Code(
        "options that do not go together",
        "In a container the image is built and nothing else; its options mean nothing without --in-container.",
        "Write `jupyflake build --in-container`.",
        exit_code=2,
    ),
    "JF570": Code(
        "no image reference",
        "An image was named in a way that no registry knows, or not once for each project.",
        "Write registry/name:tag@sha256:…, as the push printed it.",
    ),
    "JF571": Code(
        "image without jupyterhub",
        "A hub starts jupyterhub-singleuser in an image, and this one has none.",
        "Write `hub = true` under [image].",
    ),
    "JF572": Code(
        "no JupyterHub there",
        "The address that was given as the hub's does not answer as a hub does.",
        "Check the address, or give the hub's version itself: `--hub 5.2.1`.",
    ),
    # 6xx: the machine
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
    # 9xx: internal
    "JF900": Code(
        "internal error",
        "jupyflake itself is at fault.",
        "Run again with --verbose and report what it prints.",
    ),
}


class JupyflakeError(Exception):
    """A failure that is explained to people: what happened where, and what to do next."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        exit_code: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint
        self.exit_code = CODES[code].exit_code if exit_code is None else exit_code

    def __str__(self) -> str:
        """Give the place and the message, without code and hint."""
        return f"{self.where}: {self.message}" if self.where else self.message

    def lines(self) -> list[str]:
        """Give the lines that are printed, without colour."""
        lines = [f"error[{self.code}]: {self}"]
        if self.hint:
            lines.append(f"  try: {self.hint}")
        return lines
