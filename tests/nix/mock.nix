/**
  A base that builds nothing: what its functions were given can be read from their results.
*/
let
  lib = import ../../nix/debian/lib.nix;
  package = name: {
    inherit name;
    type = "derivation";
    outPath = "/mock/${name}";
  };
  python =
    pythonVersion:
    package "python${pythonVersion}"
    // {
      inherit pythonVersion;
      libraryDirs = [ ];
      withLibraries = libraries: python pythonVersion // { inherit libraries; };
    };
in
{
  # Only what the contract lists, so that whatever asks for more fails here.
  lib = lib.getAttrs (import ../../nix/contract.nix).lib lib;
  base = "mock";
  system = "x86_64-linux";
  runCommand =
    name: attributes: script:
    package name // { inherit attributes script; } // attributes.passthru or { };
  writeText = name: text: package name // { inherit text; };
  bashInteractive = package "bash";
  buildTools = arguments: {
    inherit (arguments) python;
    attributes.tools = arguments.names;
    libraries = [ ];
    libraryDirs = [ ];
    setUp = "run() { \"$@\"; }";
  };
  busybox = package "busybox";
  cacert = package "cacert";
  contents = [ ];
  compilers = map package;
  chrootProgram = "/mock/coreutils/bin/chroot";
  coreutils = package "coreutils";
  dejavu_fonts = package "dejavu";
  dockerTools.buildLayeredImage =
    arguments: package arguments.name // arguments // { stream = package "stream"; };
  fetchWheel = wheel: package wheel.file;
  formatter = null;
  getPackage = package;
  getRPackage = package;
  locales = package "locales";
  makeFontsConf = _: package "fonts.conf";
  python313 = python "3.13";
  rPackages.IRkernel = package "irkernel";
  rSiteLibrary = "library";
  rWrapper.override =
    { packages }:
    package "r-environment"
    // {
      inherit packages;
      version = "4.5";
      program = "/mock/r/bin/exec/R";
      environment.R_HOME = "/mock/r";
    };
  terminfo = package "terminfo";
  tini = package "tini";
  tzdata = package "tzdata";
  wheelInputs = {
    attributes = { };
    relink = "";
    environment = { };
  };
}
