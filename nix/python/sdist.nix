{
  base,
  buildTools,
  lib,
  runCommand,
}:

/**
  Build a wheel from a source distribution, cut off from the network, with the build requirements of the lock.

  With `tools`, native code is built too: they are packages of the base, and the result refers to none of them but to
  the libraries that it loads. The result is the wheel's file.

  A wheel for one platform that holds no library is refused: a build that finds no compiler or header often
  leaves its native part out and says nothing.

  # Example

  ```nix
  mkSdist {
    name = "docopt";
    version = "0.6.2";
    file = "docopt-0.6.2.tar.gz";
    src = artifact;
    environment = mkPythonEnvironment { name = "docopt"; python = python313; wheels = [ setuptools ]; };
  }
  ```

  # Type

  ```
  mkSdist :: {
    name :: String;
    version :: String;
    file :: String;
    src :: Path;
    subdirectory :: String;
    environment :: Derivation;
    tools :: [ String ];
    ask :: Bool;
  } -> Derivation
  ```

  # Arguments

  name
  : The project's normalised name.

  version
  : Its version, as the lock has it.

  file
  : The file's name; shown in errors.

  src
  : The source distribution: an archive, or a directory.

  subdirectory
  : Where in it the package is.

  environment
  : A Python environment with the build requirements; where there are `tools`, of the interpreter that `buildTools` gives.

  ask
  : Whether to ask the package's build backend instead: the result is then its answer as JSON, with what its build requires beside what
    `pyproject.toml` says, and its metadata where all that is there.

  tools
  : Names of the base's packages that are there while it is built: compilers, and libraries with their headers.

  Sources: PEP 517 (build backends), PEP 625 (source distributions).
*/
{
  name,
  version,
  file,
  src,
  subdirectory ? ".",
  environment,
  ask ? false,
  tools ? [ ],
}:

let
  # A compiler is there only where it is asked for.
  native =
    if tools == [ ] then
      {
        attributes = { };
        libraryDirs = [ ];
        setUp = "run() { \"$@\"; }";
      }
    else
      buildTools {
        names = tools;
        inherit (environment) python;
      };

  # Bytecode that a test run beside the sources may have left stays out.
  script = builtins.path {
    path = ./sdist;
    name = "sdist";
    filter = path: type: type == "regular" && lib.hasSuffix ".py" path;
  };
in
runCommand
  "${name}-${builtins.replaceStrings [ "!" ] [ "-" ] version}${if ask then ".json" else ".whl"}"
  (
    native.attributes
    // {
      inherit environment script;
      specification = builtins.toJSON {
        inherit
          ask
          base
          file
          name
          subdirectory
          version
          ;
        inherit (native) libraryDirs;
        source = "${src}";
      };
      passAsFile = [ "specification" ];
      hints = ./sdist/hints.json;
      interpreter = "${environment}/bin/python${environment.pythonVersion}";
      PYTHONHASHSEED = "0";
    }
  )
  ''
    export HOME=$NIX_BUILD_TOP PATH=$environment/bin:$PATH
    ${native.setUp}
    # -I would ignore the seed.
    run "$interpreter" -B -s -P "$script" "$specificationPath" "$hints" "$out"
  ''
