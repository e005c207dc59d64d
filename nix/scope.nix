/**
  The functions of jupyflake over one base: a nixpkgs-shaped set that fulfils `contract.md`.

  # Example

  ```nix
  (import ./scope.nix pkgs).mkKernel { name = "bash"; … }
  ```

  # Type

  ```
  AttrSet -> AttrSet
  ```
*/
pkgs:
let
  inherit (builtins) functionArgs intersectAttrs;

  callPackage =
    file: overrides:
    let
      function = import file;
    in
    function (intersectAttrs (functionArgs function) (pkgs // functions) // overrides);

  functions = {
    languages = {
      python = callPackage ./kernels/python.nix { };
      r = callPackage ./kernels/r.nix { };
    };
    mkImage = callPackage ./image.nix { };
    mkJupyter = callPackage ./jupyter.nix { };
    mkJupyterConfig = callPackage ./config.nix { };
    mkKernel = callPackage ./kernel.nix { };
    mkPythonEnvironment = callPackage ./python/environment.nix { };
    mkShell = callPackage ./shell.nix { };
    mkWheel = callPackage ./python/wheel.nix { };
    wheelIsAtLeast = callPackage ./python/wheel-is-at-least.nix { };
  };
in
functions
