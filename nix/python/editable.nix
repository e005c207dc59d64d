{ lib, runCommand }:

/**
  A package that is imported from where it is worked on: metadata and entry points as an installed one has them, and
  a line that makes Python look into the project's directory.

  Where that directory is, the variable `JUPYFLAKE_PROJECT` says, which the shell sets; the result knows no machine.
  It is a wheel like those of `mkWheel`, and doesn't change when the package's modules do.

  # Example

  ```nix
  mkEditable {
    name = "mylib";
    version = "1.0";
    project = (builtins.fromTOML (builtins.readFile ./libs/mylib/pyproject.toml)).project;
    directories = [ "libs/mylib/src" ];
  }
  ```

  # Type

  ```
  mkEditable :: { name :: String; version :: String; project :: AttrSet; directories :: [ String ]; } -> Derivation
  ```

  # Arguments

  name
  : The package's normalised name.

  version
  : Its version, as the lock has it.

  project
  : What its pyproject.toml says under `[project]`.

  directories
  : Where its modules are, relative to the directory of the project.

  Sources: PEP 621 (project metadata), PEP 660 (editable installations), Python's module site.
*/
{
  name,
  version,
  project,
  directories,
}:
let
  inherit (builtins)
    concatMap
    head
    isString
    match
    toJSON
    ;

  inherit (lib) concatStringsSep mapAttrsToList;

  lineIf = condition: line: if condition then [ line ] else [ ];

  forExtra =
    extra: requirement:
    let
      parts = match "([^;]*);(.*)" requirement;
    in
    if parts == null then
      "${requirement}; extra == \"${extra}\""
    else
      "${head parts}; (${builtins.elemAt parts 1}) and extra == \"${extra}\"";

  metadata = [
    "Metadata-Version: 2.1"
    "Name: ${project.name or name}"
    "Version: ${version}"
  ]
  ++ lineIf (isString (project.description or null)) "Summary: ${project.description}"
  ++ lineIf (project ? requires-python) "Requires-Python: ${project.requires-python}"
  ++ map (requirement: "Requires-Dist: ${requirement}") (project.dependencies or [ ])
  ++ concatMap (extra: [ "Provides-Extra: ${extra.name}" ] ++ extra.lines) (
    mapAttrsToList (extra: requirements: {
      name = extra;
      lines = map (requirement: "Requires-Dist: ${forExtra extra requirement}") requirements;
    }) (project.optional-dependencies or { })
  );

  groups =
    lib.optionalAttrs (project ? scripts) { console_scripts = project.scripts; }
    // lib.optionalAttrs (project ? gui-scripts) { gui_scripts = project.gui-scripts; }
    // project.entry-points or { };
  entryPoints = concatStringsSep "\n" (
    mapAttrsToList (
      group: points:
      "[${group}]\n${concatStringsSep "" (mapAttrsToList (point: object: "${point} = ${object}\n") points)}"
    ) groups
  );

  places = concatStringsSep ", " (
    map (directory: "root + ${toJSON (if directory == "." then "" else "/${directory}")}") directories
  );
in
runCommand "${name}-${builtins.replaceStrings [ "!" ] [ "-" ] version}-editable"
  {
    info = "site-packages/${builtins.replaceStrings [ "-" "." ] [ "_" "_" ] name}-${version}.dist-info";
    link = "site-packages/__editable__.${name}.pth";
    metadata = concatStringsSep "\n" metadata + "\n";
    inherit entryPoints;
    code = "import os, sys; root = os.environ.get(\"JUPYFLAKE_PROJECT\"); root and sys.path.extend([${places}])\n";
    passAsFile = [
      "code"
      "entryPoints"
      "metadata"
    ];
    passthru = {
      pname = name;
      inherit version directories;
      file = "${name}-${version}";
      size = 0;
      since = 0;
    };
  }
  ''
    mkdir -p "$out/$info" "$out/nix-support"
    cp "$metadataPath" "$out/$info/METADATA"
    [ ! -s "$entryPointsPath" ] || cp "$entryPointsPath" "$out/$info/entry_points.txt"
    echo jupyflake > "$out/$info/INSTALLER"
    cp "$codePath" "$out/$link"
    : > "$out/nix-support/needed"
    : > "$out/nix-support/programs"
    for file in "$out/$info"/*; do
      echo "''${file#"$out/site-packages/"},,"
    done > "$out/$info/RECORD"
    echo "''${link#site-packages/},," >> "$out/$info/RECORD"
    chmod -R u+w "$out"
  ''
