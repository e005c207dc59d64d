/**
  A set that fulfils `contract.nix`, made of a nixpkgs: the user's own, with their overlays, or the pinned one.

  # Example

  ```nix
  (import ./nix/nixpkgs { pkgs = import nixpkgs { system = "x86_64-linux"; }; }).python313.pythonVersion
  => "3.13"
  ```

  # Type

  ```
  { pkgs :: AttrSet; } -> AttrSet
  ```
*/
{ pkgs }:
let
  inherit (pkgs) lib;
  inherit (pkgs.stdenv.hostPlatform) system isLinux;

  set = {
    inherit lib pkgs system;
    inherit (pkgs)
      bashInteractive
      cacert
      coreutils
      dejavu_fonts
      makeFontsConf
      rPackages
      runCommand
      tzdata
      writeText
      ;
    base = "nixpkgs";
    buildTools = import ./build-tools.nix { inherit pkgs; };
    busybox = linuxOnly "busybox";
    # Its packages are in no lock: their paths' names say what they are.
    contents = [ ];
    compilers = map set.getPackage;
    chrootProgram = "${pkgs.coreutils}/bin/chroot";
    dockerTools = import ./docker-tools.nix { inherit pkgs; };
    fetchWheel = import ./fetch-wheel.nix { inherit pkgs; };
    # `nix fmt` names no files, so it wants the one that finds them. The style of RFC 166 has had two names without it.
    formatter = pkgs.nixfmt-tree or pkgs.nixfmt or pkgs.nixfmt-rfc-style or null;
    getPackage = import ./get-package.nix { inherit pkgs; };
    getRPackage = import ./get-r-package.nix { inherit pkgs; };
    locales = if isLinux then lib.getLib pkgs.stdenv.cc.libc else linuxOnly "locales";
    rSiteLibrary = "library";
    rWrapper = import ./r-wrapper.nix { inherit pkgs; };
    terminfo = pkgs.ncurses;
    tini = linuxOnly "tini";
    wheelInputs = import ./wheel-inputs.nix { inherit pkgs; };
  }
  // interpreters;

  linuxOnly =
    name:
    if isLinux then
      pkgs.${name}
    else
      throw "${name} is there on Linux only, and this is ${system}: build the image for Linux, as in `nix build .#packages.${linux}.image`, through a remote or linux builder";
  linux = builtins.replaceStrings [ "darwin" ] [ "linux" ] system;

  interpreters = lib.mapAttrs (_: import ./python.nix { inherit pkgs; }) (
    lib.filterAttrs (name: _: builtins.match "python3[0-9]+" name != null) pkgs
  );
in
set
