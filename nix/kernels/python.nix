{
  lib,
  mkKernel,
  runCommand,
  wheelIsAtLeast,
  bashInteractive,
  coreutils,
}:
/**
  A Python kernel on ipykernel.

  # Example

  ```nix
  languages.python {
    name = "py313";
    displayName = "Python 3.13";
    environment = mkPythonEnvironment { … };
  }
  ```

  # Arguments

  - `environment`: a Python environment that has ipykernel
  - `tools`: packages whose programs the kernel finds on `PATH`
  - the rest: see `mkKernel`
*/
{
  name,
  displayName ? "Python ${environment.pythonVersion}",
  environment,
  tools ? [ ],
  env ? { },
  metadata ? { },
}:
let
  python = "python${environment.pythonVersion}";
  inside = import ./inside { inherit bashInteractive runCommand; };
  resources = "${environment}/lib/${python}/site-packages/ipykernel/resources";
in
mkKernel {
  inherit name displayName environment;
  language = "python";
  # frozen_modules=off is what ipykernel's own kernelspec passes: without it the debugger can't step into the standard library.
  argv = [
    "${environment}/bin/${python}"
    "-Xfrozen_modules=off"
    "-m"
    "ipykernel_launcher"
    "-f"
    "{connection_file}"
  ];
  # Empty is unset for Python: nothing of the server's or the user's Python may leak in.
  env = {
    PYTHONHOME = "";
    PYTHONPATH = "";
    # IPython runs it too: it answers to installations from a notebook.
    PYTHONSTARTUP = "${inside}/startup.py";
    JUPYFLAKE_KERNEL = name;
  }
  // env;
  path = [ environment ] ++ tools ++ [
    inside
    coreutils
    bashInteractive
  ];
  metadata = {
    debugger = true;
  }
  # What ipykernel says of itself in the kernelspec that it would install.
  // lib.optionalAttrs (wheelIsAtLeast "ipykernel" "7.4" environment) {
    supported_encryption = [ "curve" ];
  }
  // metadata;
  logos = [
    "${resources}/logo-32x32.png"
    "${resources}/logo-64x64.png"
    "${resources}/logo-svg.svg"
  ];
}
