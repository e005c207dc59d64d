/**
  The table of all functions that `scope.nix` fills from a base: name → file.

  # Example

  ```nix
  (import ./functions.nix).functions.mkKernel
  => ./kernel.nix
  ```
*/
{
  functions = {
    mkChecks = ./checks.nix;
    mkImage = ./image.nix;
    mkJupyter = ./jupyter.nix;
    mkJupyterConfig = ./config.nix;
    mkKernel = ./kernel.nix;
    mkKernelFrom = ./kernel-from.nix;
    mkPythonEnvironment = ./python/environment.nix;
    mkSdist = ./python/sdist.nix;
    mkShell = ./shell.nix;
    mkWheel = ./python/wheel.nix;
    wheelIsAtLeast = ./python/wheel-is-at-least.nix;
  };

  languages = {
    python = ./kernels/python.nix;
    r = ./kernels/r.nix;
  };
}
