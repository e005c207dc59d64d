/**
  What building native code takes on nixpkgs: its compiler, pkg-config, and packages for programs and for libraries alike.

  # Example

  ```nix
  (buildTools { names = [ "libyaml" "cmake" ]; python = pkgs.python313; }).attributes.buildInputs
  => [ «libyaml» «cmake» ]
  ```
*/
{ pkgs }:
let
  inherit (pkgs) lib;
  getPackage = import ./get-package.nix { inherit pkgs; };
in
{ names, python }:
let
  libraries = map getPackage names;
in
{
  inherit libraries python;
  attributes = {
    nativeBuildInputs = [
      pkgs.stdenv.cc
      pkgs.gnumake
      pkgs.pkg-config
      pkgs.patchelf
    ]
    ++ libraries;
    buildInputs = libraries;
  };
  libraryDirs = map (library: "${lib.getLib library}/lib") libraries;
  setUp = ''run() { "$@"; }'';
}
