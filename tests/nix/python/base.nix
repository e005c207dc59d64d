/**
  The functions under test, over the Debian base of a lock, for the tests beside this file.

  # Arguments

  - `lock`: path of a `jupyter.lock` whose artifacts are in the store
*/
{ lock }:
let
  inherit (builtins)
    currentSystem
    filter
    fromJSON
    head
    readFile
    ;

  locked = fromJSON (readFile lock);
  here = filter (line: line.system == currentSystem);
  inherit (head (filter (deb: deb.suite == "trixie") locked.debs)) suite;

  pkgs = import ../../../nix/debian {
    inherit suite;
    system = currentSystem;
    debs = here (filter (deb: deb.suite == suite) locked.debs);
    bootstrap = here locked.bootstrap;
  };
in
rec {
  inherit pkgs;
  functions = import ../../../nix/scope.nix { base = pkgs; };

  # One wheel from a file on disk, as `manifest.nix` makes it from a lock line.
  wheel =
    {
      name,
      version,
      file,
      size,
      path,
    }:
    functions.mkWheel {
      inherit
        name
        version
        file
        size
        ;
      src = builtins.path {
        path = /. + path;
        name = "wheel.whl";
      };
    };

  # A wheel from a source distribution, built with such wheels.
  sdist =
    {
      name,
      version,
      file,
      path,
      wheels,
    }:
    functions.mkSdist {
      inherit name version file;
      src = builtins.path {
        path = /. + path;
        name = "source";
      };
      environment = environment {
        name = "build";
        inherit wheels;
      };
    };

  # An environment of such wheels.
  environment =
    {
      name ? "test",
      wheels,
      libraries ? [ ],
      allowMissing ? [ ],
    }:
    functions.mkPythonEnvironment {
      inherit name allowMissing;
      python = pkgs.python313;
      wheels = map wheel wheels;
      libraries = map (library: pkgs.debs.${library}) libraries;
    };
}
