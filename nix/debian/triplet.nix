/**
  Debian's name of a system's library directory.

  # Example

  ```nix
  callPackage ./triplet.nix { system = "aarch64-linux"; }
  => "aarch64-linux-gnu"
  ```
*/
{ system }:
{
  x86_64-linux = "x86_64-linux-gnu";
  aarch64-linux = "aarch64-linux-gnu";
}
.${system} or (throw "the Debian base knows x86_64-linux and aarch64-linux, not ${system}")
