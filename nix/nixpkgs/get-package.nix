/**
  A package by its attribute path in nixpkgs, or an error that says how to find the name.

  # Example

  ```nix
  getPackage "texliveBasic"
  getPackage "llvmPackages.clang"
  ```
*/
{ pkgs }:
name:
let
  path = builtins.filter builtins.isString (builtins.split "[.]" name);
  missing = throw "nixpkgs has no package ${name}: look for its attribute with `nix search nixpkgs ${name}`";
  found = pkgs.lib.attrByPath path missing pkgs;
in
if builtins.isAttrs found && found ? outPath then
  found
else
  throw "nixpkgs' attribute ${name} is no package: look for one with `nix search nixpkgs ${name}`"
