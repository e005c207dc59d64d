/**
  A nixpkgs that builds nothing and has only what the adaptor may take from one, in the form that nixpkgs gives it.
*/
{
  system ? "x86_64-linux",
}:
let
  ours = import ../../nix/debian/lib.nix;
  package = name: {
    inherit name;
    pname = name;
    type = "derivation";
    outPath = "/nixpkgs/${name}";
  };
  python =
    pythonVersion:
    package "python3-${pythonVersion}.1"
    // {
      inherit pythonVersion;
    };
in
{
  lib = ours // {
    fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  };
  # nixpkgs has itself as an attribute.
  pkgs = { };
  stdenv = {
    hostPlatform = {
      inherit system;
      isLinux = ours.hasSuffix "-linux" system;
      isDarwin = ours.hasSuffix "-darwin" system;
    };
    cc = package "gcc" // { libc = package "glibc"; };
  };
  runCommand =
    name: attributes: script:
    package name // { inherit attributes script; } // attributes.passthru or { };
  writeText = name: text: package name // { inherit text; };
  fetchurl = arguments: package arguments.name // arguments;
  fetchPypi =
    {
      pname,
      version,
      format,
      hash,
    }:
    assert format == "wheel";
    package pname // { url = "https://host.example/packages/py2.py3/x/${pname}/${pname}-${version}-py2.py3-none-any.whl"; };
  dockerTools.buildLayeredImage =
    arguments: package arguments.name // arguments // { stream = package "stream"; };
  makeFontsConf = { fontDirectories }: package "fonts.conf";
  pythonManylinuxPackages.manylinux2014 = map package [
    "glibc"
    "zlib"
  ];
  python311 = python "3.11";
  python313 = python "3.13";
  python313Packages = { };
  python310 = throw "python310 was removed";
  R = package "R" // {
    version = "4.5.1";
  };
  rPackages = {
    IRkernel = package "r-IRkernel";
    data_table = package "r-data.table";
    dplyr = package "r-dplyr";
    ggplot2 = package "r-ggplot2";
  };
  rWrapper.override = { packages }: package "R-wrapper" // { inherit packages; };
  llvmPackages.clang = package "clang";
}
// builtins.listToAttrs (
  map
    (name: {
      inherit name;
      value = package name;
    })
    [
      "autoPatchelfHook"
      "bashInteractive"
      "busybox"
      "cacert"
      "coreutils"
      "dejavu_fonts"
      "gawk"
      "gnumake"
      "graphviz"
      "ncurses"
      "nixfmt"
      "nixfmt-tree"
      "patchelf"
      "pkg-config"
      "tini"
      "tzdata"
      "unzip"
    ]
)
