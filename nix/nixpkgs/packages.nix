/**
  The packages of a nixpkgs for a system, whatever form it was given in.

  # Example

  ```nix
  packages { nixpkgs = inputs.nixpkgs; system = "x86_64-linux"; }
  packages { nixpkgs = system: import inputs.nixpkgs { inherit system; overlays = [ … ]; }; system = "x86_64-linux"; }
  ```
*/
{ nixpkgs, system }:
let
  inherit (builtins) isAttrs isFunction;
in
if isFunction nixpkgs then
  nixpkgs system
else
  import ./new-enough.nix { } (
    if isAttrs nixpkgs && nixpkgs ? legacyPackages then
      nixpkgs.legacyPackages.${system}
    else
      import nixpkgs {
        inherit system;
        config = { };
        overlays = [ ];
      }
  )
