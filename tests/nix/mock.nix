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
in
{
  inherit lib;
  system = "x86_64-linux";
  runCommand =
    name: attributes: script:
    package name // { inherit attributes script; } // attributes.passthru or { };
  writeText = name: text: package name // { inherit text; };
  bashInteractive = package "bash";
  cacert = package "cacert";
  coreutils = package "coreutils";
  dejavu_fonts = package "dejavu";
  makeFontsConf = _: package "fonts.conf";
  rPackages.IRkernel = package "irkernel";
  rWrapper.override =
    { packages }:
    package "r-environment"
    // {
      inherit packages;
      version = "4.5";
      program = "/mock/r/bin/exec/R";
      environment.R_HOME = "/mock/r";
    };
  environment = package "environment" // {
    pythonVersion = "3.13";
  };
}
