/**
  What unpacking a wheel takes on nixpkgs: unzip, patchelf, and on Linux autoPatchelfHook with the manylinux libraries.

  The hook relinks each object to the libraries of the manylinux policy. What it doesn't find may come from another wheel or from
  the environment's `tools`, so it passes over that here; the environment, which sees all, refuses what nobody has.

  # Example

  ```nix
  (wheelInputs { inherit pkgs; }).relink
  => "set -f; autoPatchelf -- …"
  ```
*/
{ pkgs }:
let
  inherit (pkgs) lib;
  inherit (pkgs.stdenv.hostPlatform) isLinux;
in
{
  attributes = {
    nativeBuildInputs = [
      pkgs.unzip
      pkgs.gawk
      pkgs.patchelf
    ]
    ++ lib.optional isLinux pkgs.autoPatchelfHook;
  }
  // lib.optionalAttrs isLinux {
    buildInputs = pkgs.pythonManylinuxPackages.manylinux2014;
    autoPatchelfIgnoreMissingDeps = [ "*" ];
  };

  # Without set -f, "*" would be the files of the current directory.
  relink = lib.optionalString isLinux ''set -f; autoPatchelf -- "$out"; set +f'';

  environment.nativeBuildInputs = lib.optional isLinux pkgs.patchelf;
}
