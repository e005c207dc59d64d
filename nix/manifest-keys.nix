/**
  A manifest, after a look at its keys: the command line says more, with line and column, but not everybody uses it.

  # Example

  ```nix
  checkedKeys (builtins.fromTOML (builtins.readFile ./jupyter.toml))
  ```
*/
manifest:
let
  inherit (builtins)
    attrNames
    concatStringsSep
    filter
    head
    isAttrs
    seq
    ;

  kindOf = import ./kind-of.nix;
  nearest = import ./nearest.nix;
  wrongType = import ./manifest-types.nix;

  keys = {
    check = [
      "compare"
      "notebooks"
      "timeout"
    ];
    image = [
      "compression"
      "created"
      "env"
      "extra-paths"
      "hub"
      "labels"
      "max-layers"
      "name"
      "ports"
      "tag"
      "tools"
      "user"
    ];
    jupyter = [
      "build-requires"
      "build-tools"
      "constraints"
      "missing-libraries"
      "overrides"
      "packages"
      "python"
      "sdists"
      "settings"
      "tools"
    ];
    project = [
      "base"
      "name"
      "package-tests"
      "systems"
    ];
    shell = [
      "env"
      "tools"
    ];
  };
  kernelKeys = [
    "argv"
    "base"
    "build-requires"
    "build-tools"
    "constraints"
    "display-name"
    "env"
    "interrupt-mode"
    "language"
    "metadata"
    "missing-libraries"
    "packages"
    "python"
    "sdists"
    "tools"
  ];

  # One complaint or none about the keys of one table, and about what they have.
  unknown =
    where: known: table:
    let
      wrong = filter (complaint: complaint != null) (
        map (key: wrongType where key table.${key}) (attrNames table)
      );
      strange = filter (key: !builtins.elem key known) (attrNames table);
      near = nearest (head strange) known;
    in
    if !isAttrs table then
      throw "jupyter.toml: ${where} must be a table, not ${kindOf table}"
    else if strange != [ ] then
      throw "jupyter.toml: unknown key \"${head strange}\" in ${where}: ${
        if near == null then "there are ${concatStringsSep ", " known}" else "write ${near}"
      }"
    else if wrong != [ ] then
      throw (head wrong)
    else
      null;

  required =
    where: table: key: example:
    if table ? ${key} then null else throw "jupyter.toml: ${where} has no ${key}: add ${example}";

  kernels =
    if isAttrs (manifest.kernels or { }) then
      manifest.kernels or { }
    else
      throw "jupyter.toml: kernels must be tables, as in [kernels.python3], not ${kindOf manifest.kernels}";
  complaints = [
    (unknown "the file" (attrNames keys ++ [ "kernels" ]) manifest)
    (required "the file" manifest "project" "[project] with name and base")
    (required "[project]" manifest.project "name" "name = \"my-project\"")
    (required "[project]" manifest.project "base" "base = \"debian/trixie\"")
  ]
  ++ map (section: unknown "[${section}]" keys.${section} (manifest.${section} or { })) (attrNames keys)
  ++ map (name: unknown "[kernels.${name}]" kernelKeys kernels.${name}) (attrNames kernels)
  ++ map (name: required "[kernels.${name}]" kernels.${name} "language" "language = \"python\"") (
    attrNames kernels
  );
in
builtins.foldl' (result: complaint: seq complaint result) manifest complaints
