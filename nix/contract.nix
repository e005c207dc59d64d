/**
  What a base must give: the one list of every attribute that `nix/` takes from one.

  `nix/debian` and `nix/nixpkgs` fulfil it; a test compares what the functions ask for with this list,
  and builds the list's attributes from every base that is at hand.

  # Example

  ```nix
  (import ./contract.nix).attributes.runCommand.kind
  => "function"
  ```

  # Result

  - `attributes`: name → `kind`, `type`, `description`; `linux = true` where only an image needs it
  - `interpreter`: the same for the interpreters, whose names follow `pattern`
  - `lib`: the names that are taken from the base's `lib`, all with the meaning they have in nixpkgs
*/
{
  attributes = {
    base = {
      kind = "string";
      type = "String";
      description = "`debian/<suite>` or `nixpkgs`: for messages, and for the image's os-release.";
    };
    bashInteractive = {
      kind = "package";
      type = "Derivation";
      description = "`bin/bash`, with line editing.";
    };
    buildTools = {
      kind = "function";
      type = "{ names :: [String]; python :: Derivation; } -> { attributes :: AttrSet; libraries :: [Derivation]; libraryDirs :: [String]; python :: Derivation; setUp :: String; }";
      description = ''
        What building native code with these packages takes beside an environment with the build requirements: attributes for
        the derivation, shell commands that put all in place and define `run`, which starts a build, the interpreter of that
        environment, where the result may find libraries, and the packages that `mkWheel` is to relink it to.
      '';
    };
    busybox = {
      kind = "package";
      type = "Derivation";
      linux = true;
      description = "`bin` with an applet a name, for what the image's `/usr/bin` has from nobody else.";
    };
    cacert = {
      kind = "package";
      type = "Derivation";
      description = "`etc/ssl/certs/ca-bundle.crt`.";
    };
    chrootProgram = {
      kind = "string";
      type = "String";
      linux = true;
      description = "Path of `chroot`, which drops root's rights in a container.";
    };
    contents = {
      kind = "list";
      type = "[{ kind, name, version, path, … }]";
      linux = true;
      description = ''
        Which packages the store paths hold that the set can give, for the list of what is in an image (`nix/image/inventory.py`).
        Empty where the names of the paths say it.
      '';
    };
    compilers = {
      kind = "function";
      type = "[String] -> [Derivation]";
      description = "Packages by the names that `tools` gives them, put together so that compilers among them work where they are.";
    };
    coreutils = {
      kind = "package";
      type = "Derivation";
      description = "`bin` with the programs of GNU coreutils.";
    };
    dejavu_fonts = {
      kind = "package";
      type = "Derivation";
      description = "Fonts, for `makeFontsConf`.";
    };
    dockerTools = {
      kind = "set";
      type = "{ buildLayeredImage :: { name, tag, compression, created, maxLayers, config, files, later, digestLabels } -> Derivation; }";
      linux = true;
      description = ''
        `buildLayeredImage` as in nixpkgs, with `files` beside it: what stands at which path of the image
        (`{ text; mode; uid; gid; }`, the same with `copy`, a text file, for `text`, `{ link; }`, `{ directory = true; mode; uid; gid; }`, `{ links = [ directories ]; }`).
        `compression` is `"none"`, `"gzip"` or `"zstd"`.
        The result is an archive for `docker load`; its `stream` is a program that writes it.
      '';
    };
    fetchWheel = {
      kind = "function";
      type = "{ file :: String; path :: String | Null; sha256 :: String; } -> Derivation";
      description = "A wheel of the lock as a fixed-output path.";
    };
    formatter = {
      kind = "optional";
      type = "Derivation | Null";
      description = "What `nix fmt` runs on Nix files; null where the base has none.";
    };
    getPackage = {
      kind = "function";
      type = "String -> Derivation";
      description = "A package by the name that `tools` gives it, or an error with the way out.";
    };
    getRPackage = {
      kind = "function";
      type = "String -> Derivation";
      description = "An R package by the name that the lock gives it.";
    };
    lib = {
      kind = "set";
      type = "AttrSet";
      description = "The part of nixpkgs' `lib` that is listed below.";
    };
    locales = {
      kind = "package";
      type = "Derivation";
      linux = true;
      description = "`lib/locale/C.utf8`.";
    };
    makeFontsConf = {
      kind = "function";
      type = "{ fontDirectories :: [Derivation]; } -> Derivation";
      description = "A file for FONTCONFIG_FILE.";
    };
    rPackages = {
      kind = "set";
      type = "AttrSet";
      description = "At least `IRkernel`, where a kernel has R.";
    };
    rSiteLibrary = {
      kind = "string";
      type = "String";
      description = "Where an R package's path has its library, as `library`.";
    };
    rWrapper = {
      kind = "set";
      type = "{ override :: { packages :: [Derivation]; } -> Derivation; }";
      description = ''
        R with packages: `bin/R`, `bin/Rscript`, and as attributes `program` (what a kernel starts), `environment` (the
        variables that it needs) and `version`.
      '';
    };
    runCommand = {
      kind = "function";
      type = "String -> AttrSet -> String -> Derivation";
      description = ''
        Build a path with a POSIX script. The attributes are its environment (`passAsFile`, `nativeBuildInputs` and
        `exportReferencesGraph` as in nixpkgs); `passthru` and `meta` are merged into the result.
      '';
    };
    system = {
      kind = "string";
      type = "String";
      description = "The target system, as `x86_64-linux`.";
    };
    terminfo = {
      kind = "package";
      type = "Derivation";
      linux = true;
      description = "`share/terminfo`.";
    };
    tini = {
      kind = "package";
      type = "Derivation";
      linux = true;
      description = "`bin/tini`.";
    };
    tzdata = {
      kind = "package";
      type = "Derivation";
      linux = true;
      description = "`share/zoneinfo`.";
    };
    wheelInputs = {
      kind = "set";
      type = "{ attributes :: AttrSet; relink :: String; environment :: AttrSet; }";
      description = ''
        What unpacking a wheel needs beside a shell with `unzip`, `awk`, `patchelf` and the usual tools: attributes for its
        derivation, shell commands that run in the unpacked tree (empty where the interpreter's RPATH serves native
        modules), and attributes for the derivations of environments.
      '';
    };
    writeText = {
      kind = "function";
      type = "String -> String -> Derivation";
      description = "A text as a path that is the file itself.";
    };
  };

  interpreter = {
    pattern = "python3[0-9]+";
    kind = "interpreter";
    type = "{ pythonVersion :: String; libraryDirs :: [String]; withLibraries :: [Derivation] -> Derivation; }";
    description = ''
      `bin/python3.X` and its standard library. `withLibraries` is the same interpreter whose native modules find the
      packages' libraries too; `libraryDirs` are the directories where wheels' native modules find libraries as it is.
    '';
  };

  lib = [
    "any"
    "assertMsg"
    "concatStringsSep"
    "escapeShellArg"
    "hasPrefix"
    "hasSuffix"
    "makeBinPath"
    "mapAttrsToList"
    "optionalAttrs"
    "recursiveUpdate"
    "removePrefix"
    "unique"
  ];
}
