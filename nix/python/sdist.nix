{ runCommand }:

/**
  Build a wheel from a source distribution, cut off from the network, with the build requirements of the lock.

  For packages without native code on every base. The result is the wheel's file.

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
  : The source distribution, or a directory of sources.

  subdirectory
  : Where in it the package is.

  environment
  : A Python environment with the build requirements.

  Sources: PEP 517 (build backends), PEP 625 (source distributions).
*/
{
  name,
  version,
  file,
  src,
  subdirectory ? ".",
  environment,
}:

runCommand "${name}-${builtins.replaceStrings [ "!" ] [ "-" ] version}.whl"
  {
    inherit
      environment
      file
      src
      subdirectory
      version
      ;
    interpreter = "${environment}/bin/python${environment.pythonVersion}";
    script = ./build-sdist.py;
    PYTHONHASHSEED = "0";
  }
  ''
    export HOME=$NIX_BUILD_TOP PATH=$environment/bin:$PATH
    # -I would ignore the seed.
    "$interpreter" -B -s -P "$script" "$src" "$file" "$out" "$subdirectory" "$version"
  ''
