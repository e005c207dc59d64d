/**
  A nixpkgs-shaped tree whose packages are Debian's: the base `nixpkgs` can be built and run with it where nixpkgs itself can't be had.

  It has what `nixpkgs-stand-in.nix` has, and its `runCommand` works as stdenv's: bash, inputs on PATH, setup hooks.

  # Arguments

  - `lock`: a lock with the packages of the suite trixie
  - `system`: for which system
*/
{ lock, system }:
let
  debian = import ../../../nix/debian {
    inherit system;
    suite = "trixie";
    debs = builtins.filter (line: line.suite == "trixie" && line.system == system) lock.debs;
    bootstrap = builtins.filter (line: line.system == system) lock.bootstrap;
  };
  inherit (debian) lib;

  runCommand =
    name: attributes: script:
    derivation (
      removeAttrs attributes [
        "meta"
        "passthru"
      ]
      // {
        inherit name system;
        builder = "${debian.bashInteractive}/bin/bash";
        args = [
          "-e"
          ./setup.sh
        ];
        PATH = "${debian.coreutils}/bin:${debian.busybox}/bin";
        buildCommand = script;
        passAsFile = [ "buildCommand" ] ++ attributes.passAsFile or [ ];
      }
    )
    // attributes.passthru or { };

  # Libraries stand in `lib` itself there.
  flat =
    package:
    runCommand "${package.pname}-flat" { inherit package; } ''
      mkdir -p "$out/lib"
      for file in "$package"/lib/*-linux-gnu/*.so* "$package"/lib/*.so*; do
        [ ! -e "$file" ] || ln -sf "$file" "$out/lib/"
      done
    '';

  applet = name: runCommand name { file = "${debian.busybox}/bin/${name}"; } ''mkdir -p "$out/bin"; ln -s "$file" "$out/bin/"'';

  rPackage =
    name:
    let
      deb = debian.getDeb name;
    in
    runCommand name {
      inherit deb;
      passthru = {
        inherit deb;
        pname = name;
      };
    } ''mkdir -p "$out"; ln -s "$deb/lib/R/site-library" "$out/library"'';
in
{
  inherit lib runCommand;
  pkgs = { };
  stdenv = {
    hostPlatform = {
      inherit system;
      isLinux = true;
      isDarwin = false;
    };
    cc.libc = debian.locales;
  };
  inherit (debian)
    bashInteractive
    busybox
    cacert
    coreutils
    dejavu_fonts
    makeFontsConf
    tini
    tzdata
    writeText
    ;
  ncurses = debian.terminfo;

  fetchurl =
    { urls, sha256, name }:
    debian.fetchArtifact {
      file = name;
      inherit sha256;
    };
  fetchPypi =
    { pname, version, ... }:
    {
      url = "https://host.example/packages/py2.py3/x/${pname}/${pname}-${version}-py2.py3-none-any.whl";
    };

  autoPatchelfHook = runCommand "auto-patchelf-hook" { hook = ./auto-patchelf.sh; } ''
    mkdir -p "$out/nix-support"
    cp "$hook" "$out/nix-support/setup-hook"
  '';
  gawk = applet "awk";
  unzip = applet "unzip";
  # It is on PATH wherever the Debian base builds.
  patchelf = debian.runCommand "patchelf" { } ''mkdir -p "$out/bin"; cp "$(command -v patchelf)" "$out/bin/"'';
  pythonManylinuxPackages.manylinux2014 = map (name: flat (debian.getDeb name)) [
    "libc6"
    "libgcc-s1"
    "libstdc++6"
    "zlib1g"
  ];

  libpng = flat (debian.getDeb "libpng16-16t64");

  # Only what nixpkgs' interpreters have.
  python313 = removeAttrs debian.python313 [
    "libraryDirs"
    "withLibraries"
  ];

  R = { inherit (debian.rWrapper.override { packages = [ ]; }) version; };
  rPackages = {
    IRkernel = rPackage "r-cran-irkernel";
    dplyr = rPackage "r-cran-dplyr";
    ggplot2 = rPackage "r-cran-ggplot2";
  };
  rWrapper.override =
    { packages }:
    removeAttrs (debian.rWrapper.override { packages = map (package: package.deb) packages; }) [
      "environment"
      "program"
    ];

  # The commands are run as nixpkgs runs them; what they made is the result.
  dockerTools.buildLayeredImage =
    arguments:
    runCommand arguments.name
      {
        inherit (arguments) extraCommands fakeRootCommands;
        config = builtins.toJSON arguments.config;
        passthru.stream = debian.coreutils;
      }
      ''
        mkdir -p "$out/root"
        cd "$out/root"
        eval "$extraCommands"
        # As fakeroot: owners are remembered, not set.
        chown() { echo "$1 $2" >> "$out/owners"; }
        eval "$fakeRootCommands"
        echo "$config" > "$out/config"
      '';
}
