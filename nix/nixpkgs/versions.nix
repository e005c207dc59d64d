/**
  The versions that a nixpkgs gives to what a lock takes from it; null for what it hasn't got. `jupyflake lock` asks this.

  # Example

  ```sh
  nix-instantiate --eval --strict --json nix/nixpkgs/versions.nix --argstr request '{"system": "x86_64-linux", …}'
  ```

  # Arguments

  - `request`: JSON: `system`, `pythons` (`[ "3.13" ]`), `R` (whether it is wanted), `rPackages`, `tools`
  - `nixpkgs`: the nixpkgs, if not the pinned one
*/
{
  request,
  nixpkgs ? import ./pinned.nix { },
}:
let
  inherit (builtins)
    fromJSON
    listToAttrs
    replaceStrings
    tryEval
    ;

  wanted = fromJSON request;
  inherit (wanted)
    system
    pythons
    rPackages
    tools
    ;
  pkgs = import ./packages.nix { inherit nixpkgs system; };

  versionOf =
    package:
    let
      found = tryEval (package.version or "");
    in
    if found.success then found.value else null;

  table =
    names: find:
    listToAttrs (
      map (name: {
        inherit name;
        value =
          let
            package = find name;
          in
          if package == null then null else versionOf package;
      }) names
    );
in
{
  pythons = table pythons (version: pkgs."python${replaceStrings [ "." ] [ "" ] version}" or null);
  rPackages = table rPackages (name: pkgs.rPackages.${replaceStrings [ "." ] [ "_" ] name} or null);
  tools = table tools (
    name: pkgs.lib.attrByPath (builtins.filter builtins.isString (builtins.split "[.]" name)) null pkgs
  );
  R = table (if wanted.R then [ "R" ] else [ ]) (_: pkgs.R);
}
