{
  mkKernel,
  runCommand,
  rWrapper,
  rPackages,
  rSiteLibrary,
  writeText,
  bashInteractive,
  coreutils,
}:
/**
  An R kernel on IRkernel.

  # Example

  ```nix
  languages.r { name = "r"; packages = [ rPackages.ggplot2 ]; }
  ```

  # Arguments

  - `packages`: R packages of the base
  - `environment`: result of `rWrapper.override`, instead of one that is made of `packages`
  - `tools`: packages whose programs the kernel finds on `PATH`
  - the rest: see `mkKernel`
*/
{
  name,
  # Without what a distribution adds to the version.
  displayName ? "R ${builtins.head (builtins.match "([0-9.]+).*" environment.version)}",
  packages ? [ ],
  environment ? rWrapper.override { packages = [ rPackages.IRkernel ] ++ packages; },
  tools ? [ ],
  env ? { },
  metadata ? { },
}:
let
  inside = import ./inside { inherit bashInteractive runCommand; };
  profile = writeText "Rprofile-${name}" (
    builtins.replaceStrings [ "@kernel@" ] [ name ] (builtins.readFile ./r-profile.R)
  );
  kernelspec = "${rPackages.IRkernel}/${rSiteLibrary}/IRkernel/kernelspec";
in
mkKernel {
  inherit
    name
    displayName
    environment
    metadata
    ;
  language = "R";
  argv = [
    environment.program
    "--no-echo"
    "--no-restore"
    "-e"
    "IRkernel::main()"
    "--args"
    "{connection_file}"
  ];
  env =
    environment.environment
    // {
      R_PROFILE = "${profile}";
      JUPYFLAKE_KERNEL = name;
    }
    // env;
  path = [ environment ] ++ tools ++ [
    inside
    coreutils
    bashInteractive
  ];
  logos = [
    "${kernelspec}/logo-64x64.png"
    "${kernelspec}/logo-svg.svg"
  ];
}
