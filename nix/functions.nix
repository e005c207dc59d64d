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
    mkEditable = ./python/editable.nix;
    mkImage = ./image.nix;
    mkJupyter = ./jupyter.nix;
    mkJupyterConfig = ./config.nix;
    mkKernel = ./kernel.nix;
    mkKernelFrom = ./kernel-from.nix;
    mkProgramKernel = ./program-kernel.nix;
    mkPythonEnvironment = ./python/environment.nix;
    mkSdist = ./python/sdist.nix;
    mkShell = ./shell.nix;
    mkWheel = ./python/wheel.nix;
    wheelIsAtLeast = ./python/wheel-is-at-least.nix;
  };

  # Languages whose kernel takes more than their file says.
  languages = {
    python = ./kernels/python.nix;
    r = ./kernels/r.nix;
  };

  # Makes the kernels of the others.
  languageFromFile = ./kernels/from-file.nix;

  # All languages: the command line reads the same files, so there is no list of them anywhere else.
  languageNames = builtins.concatMap (
    file:
    let
      name = builtins.match "(.*)[.]toml" file;
    in
    if name == null then [ ] else name
  ) (builtins.attrNames (builtins.readDir ./kernels));
}
