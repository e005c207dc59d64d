/**
  The user's own bash as a derivation, for `nix develop` where no nixpkgs is to be had.

  # Example

  ```nix
  import ./host-bash { system = "x86_64-linux"; }
  ```
*/
{ system }:
derivation {
  inherit system;
  name = "host-bash";
  # Built into Nix, so this needs nothing that would have to be fetched first.
  builder = "builtin:buildenv";
  derivations = [
    "true"
    5
    1
    (builtins.path {
      name = "host-bash-root";
      path = ./prefix;
    })
  ];
  manifest = builtins.toFile "manifest.nix" "[ ]";
}
