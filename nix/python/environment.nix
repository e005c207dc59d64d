{
  lib,
  runCommand,
  base,
  wheelInputs,
}:

/**
  Build one Python environment from unpacked wheels.

  The result is a virtual environment in the store: `bin/python3.X` (with
  `python3` and `python`), `pyvenv.cfg`, `lib/python3.X/site-packages`, console
  scripts, and the wheels' `share/` and `etc/`. Everything in it is a link, but
  for directories that need to be real and programs that name their interpreter.

  Two wheels that have one importable file of different content are an error.
  Of any other file that two wheels have, the first by name wins, with a warning.
  `share/jupyter/kernels` is left out: kernels come from `mkKernel`. A
  library that a wheel asks for and that neither Python, nor `libraries`, nor a
  wheel has is an error that says where to get it.

  # Example

  ```nix
  mkPythonEnvironment {
    name = "py313";
    python = python313;
    wheels = [ numpy pandas ];
    libraries = [ debs.libgl1 ];
  }
  ```

  # Type

  ```
  mkPythonEnvironment :: {
    name :: String;
    python :: Derivation;
    wheels :: [ Derivation ];
    libraries :: [ Derivation ];
    allowMissing :: [ String ];
  } -> Derivation
  ```

  # Arguments

  name
  : The environment's name; `python3.X-<name>` is what the store path is called.

  python
  : One of the base's interpreters.

  wheels
  : Results of `wheel`, each with another `pname`, in any order.

  libraries
  : Packages of the base whose native libraries the wheels may load.

  allowMissing
  : Names of libraries that may be missing, for wheels that do without them.
*/
{
  name,
  python,
  wheels,
  libraries ? [ ],
  allowMissing ? [ ],
}:

let
  inherit (python) pythonVersion;

  # The order in which wheels are listed must not matter.
  sorted = builtins.sort (a: b: a.pname < b.pname) wheels;

  interpreter = python.withLibraries libraries;

  buckets = import ./buckets.nix { bytecode = import ./bytecode.nix { inherit runCommand; }; };

  bytecode = buckets {
    inherit python;
    wheels = sorted;
  };

  # Bytecode that a test run beside the sources may have left stays out.
  script = builtins.path {
    path = ./environment;
    name = "environment";
    filter = path: type: type == "regular" && lib.hasSuffix ".py" path;
  };
in
runCommand "python${pythonVersion}-${name}"
  (wheelInputs.environment // {
    specification = builtins.toJSON {
      inherit name base allowMissing;
      python = "${python}";
      interpreter = "${interpreter}";
      inherit (interpreter) libraryDirs;
      variables = builtins.foldl' (all: library: all // library.variables or { }) { } (
        builtins.concatMap (library: library.debClosure or [ library ]) libraries
      );
      wheels = map (wheel: {
        name = wheel.pname;
        path = "${wheel}";
        bytecode = bytecode.${wheel.pname};
      }) sorted;
    };
    passAsFile = [ "specification" ];
    inherit script;
    table = ./libraries.json;
    interpreter = "${python}/bin/python${pythonVersion}";
    passthru = {
      inherit
        bytecode
        python
        pythonVersion
        libraries
        ;
      wheels = sorted;
    };
  })
  ''
    "$interpreter" -B -I -S "$script" "$specificationPath" "$table" "$out"
  ''
