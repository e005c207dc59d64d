/**
  Give a value that needs nixpkgs, or say that this Nix is too old for it: nixpkgs' own message names no way out.

  # Example

  ```nix
  newEnough { nixVersion = "2.8.0"; } pkgs
  => error: the base nixpkgs needs Nix 2.18 or newer, …
  ```
*/
{
  nixVersion ? builtins.nixVersion,
}:
value:
if builtins.compareVersions nixVersion "2.18" < 0 then
  throw "the base nixpkgs needs Nix 2.18 or newer, and this is Nix ${nixVersion}: update Nix, or write base = \"debian/trixie\" in jupyter.toml, which works from Nix 2.8 on"
else
  value
