/**
  The two files of a project, read and looked at: what is wrong with them is one line that names the file and the way out.

  The command line says more, with line and column, but not everybody uses it.

  # Example

  ```nix
  (import ./project.nix { src = ./.; }).manifest.project.name
  (import ./project.nix { src = ./.; }).lockFor { system = "x86_64-linux"; checkLock = true; }
  ```

  # Arguments

  - `src`: the project's directory

  # Result

  - `manifest`: what `jupyter.toml` says
  - `lockFor`: function from a target system, and whether a lock that is older than the manifest is refused, to the lock
*/
{ src }:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    elem
    filter
    fromJSON
    fromTOML
    groupBy
    hashString
    head
    intersectAttrs
    isAttrs
    isInt
    isString
    length
    listToAttrs
    mapAttrs
    match
    pathExists
    readFile
    replaceStrings
    split
    toJSON
    ;

  inherit (import ./sources.nix { inherit src; }) complaint;

  manifestFile = src + "/jupyter.toml";
  lockFile = src + "/jupyter.lock";

  # Nix' own parsers name no file, and their errors can't be caught: what happens to people is looked for before.
  read =
    name: file:
    let
      text = readFile file;
    in
    if replaceStrings [ "\n<<<<<<< " "\n>>>>>>> " ] [ "" "" ] text == text then
      text
    else
      throw "${name} has the marks of an unfinished merge: take one of the two sides, then run `jupyflake lock`";

  manifest =
    if pathExists manifestFile then
      import ./manifest-keys.nix (fromTOML (onceEach (read "jupyter.toml" manifestFile)))
    else
      throw "there is no jupyter.toml in the project (an untracked file is invisible to Nix: `git add -N jupyter.toml`)";

  # Names of the tables of kernels: bare, or in quotes.
  header = "[[:space:]]*\\[[[:space:]]*kernels[[:space:]]*[.][[:space:]]*[\"']?([^]\"'[:space:]]+)[\"']?[[:space:]]*][[:space:]]*(#.*)?";
  onceEach =
    text:
    let
      names = concatMap (
        line:
        let
          found = match header line;
        in
        if isString line && found != null then [ (head found) ] else [ ]
      ) (filter isString (split "\r?\n" text));
      twice = filter (group: length group > 1) (builtins.attrValues (groupBy (name: name) names));
    in
    if twice == [ ] then
      text
    else
      throw "jupyter.toml: [kernels.${head (head twice)}] is there twice: rename one of them, or make one table of the two";

  sections = [
    "bootstrap"
    "debs"
    "environments"
    "kernels"
    "manifest"
    "systems"
    "wheels"
  ];
  again = "restore it from version control, or remove it and run `jupyflake lock`";

  lock =
    if pathExists lockFile then
      formed (fromJSON (read "jupyter.lock" lockFile))
    else
      throw "there is no jupyter.lock in the project: run `jupyflake lock` (and, in a git repository, `git add -N jupyter.lock`)";

  formed =
    given:
    let
      missing = filter (section: !(given ? ${section})) sections;
    in
    if !isAttrs given || !isInt (given.version or null) then
      throw "jupyter.lock is no lock of jupyflake: ${again}"
    else if given.version != 1 then
      throw "jupyter.lock has format ${toString given.version}, this jupyflake reads format 1: update the flake's input `jupyflake`"
    else if missing != [ ] then
      throw "jupyter.lock has no \"${head missing}\": ${again}"
    else
      given;

  # What the lock was made from; the same keys, in the same form, as the command line's `manifest/digest.py`.
  pick = keys: intersectAttrs (listToAttrs (map (name: { inherit name; value = null; }) keys));
  digest = hashString "sha256" (
    toJSON (
      withoutEmpty {
        project = pick [ "base" "systems" ] (manifest.project or { });
        jupyter = pick [ "build-requires" "build-tools" "constraints" "packages" "python" "sdists" "tools" ] (manifest.jupyter or { });
        kernels = mapAttrs (_: pick [
          "argv"
          "base"
          "build-requires"
          "build-tools"
          "constraints"
          "editable"
          "language"
          "packages"
          "python"
          "sdists"
          "tools"
        ]) (manifest.kernels or { });
        shell = pick [ "tools" ] (manifest.shell or { });
        image = pick [ "hub" "tools" ] image // withZstd;
        sources = manifest.sources or { };
      }
    )
  );
  image = manifest.image or { };
  # The one compression whose program isn't there anyway.
  withZstd = if image.compression or null == "zstd" then { compression = "zstd"; } else { };
  withoutEmpty = tables: removeAttrs tables (filter (name: tables.${name} == { }) (attrNames tables));
in
{
  inherit manifest;

  lockFor =
    { system, checkLock }:
    if checkLock && lock.manifest != digest then
      throw "jupyter.lock is older than jupyter.toml: run `jupyflake lock`"
    else if checkLock && complaint lock != null then
      throw (complaint lock)
    else if !elem system lock.systems then
      throw "jupyter.lock covers ${concatStringsSep ", " lock.systems}, not ${system}: add it to `systems` under [project] in jupyter.toml and run `jupyflake lock`"
    else
      lock;
}
