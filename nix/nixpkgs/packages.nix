/**
  The packages of a nixpkgs for a system, whatever form it was given in.

  # Example

  ```nix
  packages { nixpkgs = inputs.nixpkgs; system = "x86_64-linux"; }
  packages { nixpkgs = inputs.nixpkgs.legacyPackages.x86_64-linux; system = "x86_64-linux"; }
  packages { nixpkgs = system: import inputs.nixpkgs { inherit system; overlays = [ … ]; }; system = "x86_64-linux"; }
  ```
*/
{ nixpkgs, system }:
let
  inherit (builtins)
    isAttrs
    isFunction
    isPath
    isString
    ;

  kindOf = import ../kind-of.nix;
  made = nixpkgs.stdenv.hostPlatform.system;
in
if isFunction nixpkgs then
  nixpkgs system
else
  import ./new-enough.nix { } (
    if isAttrs nixpkgs && nixpkgs ? legacyPackages then
      nixpkgs.legacyPackages.${system} or (throw "this nixpkgs has no packages for ${system}: take it out of `systems` in jupyter.toml")
    else if isAttrs nixpkgs && nixpkgs ? stdenv then
      if made == system then
        nixpkgs
      else
        throw "the packages given as nixpkgs are for ${made}, not for ${system}: give a function, as in nixpkgs = system: import inputs.nixpkgs { inherit system; }"
    else if isPath nixpkgs || isString nixpkgs || isAttrs nixpkgs && nixpkgs ? outPath then
      import nixpkgs {
        inherit system;
        config = { };
        overlays = [ ];
      }
    else
      throw "nixpkgs must be a flake, a path, or a function from a system to packages, not ${kindOf nixpkgs}"
  )
