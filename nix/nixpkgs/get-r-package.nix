/**
  An R package by its CRAN or Bioconductor name: nixpkgs writes `_` for its dots.

  # Example

  ```nix
  getRPackage "data.table"
  ```
*/
{ pkgs }:
name:
pkgs.rPackages.${builtins.replaceStrings [ "." ] [ "_" ] name}
  or (throw "nixpkgs has no R package ${name}: look for it in `nix eval nixpkgs#rPackages --apply builtins.attrNames`")
