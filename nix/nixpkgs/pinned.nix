/**
  The nixpkgs that this repository's flake.lock pins, for where no flake passes one.

  # Example

  ```nix
  (import ./pinned.nix { }).legacyPackages.x86_64-linux
  ```

  # Arguments

  - `nixVersion`: what to take for the version of the Nix that evaluates
*/
{
  nixVersion ? builtins.nixVersion,
}:
let
  lock = builtins.fromJSON (builtins.readFile ../../flake.lock);
  inherit (lock.nodes.nixpkgs) locked;
in
import ./new-enough.nix { inherit nixVersion; } (
  builtins.fetchTree {
    inherit (locked)
      type
      owner
      repo
      rev
      narHash
      ;
  }
)
