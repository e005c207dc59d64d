/**
  The whole `outputs` of a project's flake.

  # Example

  ```nix
  outputs = { jupyflake, ... }: jupyflake.lib.mkFlake { src = ./.; };
  ```

  # Arguments

  - `src`: the project's directory
  - `checkLock`, `extraKernels`: see `fromManifest`

  # Result

  `packages`, `apps` and `devShells` for each system of the manifest.
*/
{
  src,
  checkLock ? true,
  extraKernels ? _: { },
}:
let
  inherit (builtins)
    fromTOML
    listToAttrs
    readFile
    ;

  manifest = fromTOML (readFile (src + "/jupyter.toml"));
  systems = manifest.project.systems or [ "x86_64-linux" ];

  perSystem =
    output:
    listToAttrs (
      map (system: {
        name = system;
        value = output (import ./manifest.nix { inherit src system checkLock extraKernels; });
      }) systems
    );

  prefixed =
    prefix: set:
    listToAttrs (
      map (name: {
        name = "${prefix}-${name}";
        value = set.${name};
      }) (builtins.attrNames set)
    );

  app = jupyter: program: description: {
    type = "app";
    program = "${jupyter}/bin/${program}";
    meta = { inherit description; };
  };
in
{
  packages = perSystem (
    project:
    {
      inherit (project) config image;
      default = project.jupyter;
      imageStream = project.image.stream;
    }
    // prefixed "kernel" project.kernels
    // prefixed "environment" project.environments
  );

  apps = perSystem (
    { jupyter, ... }:
    {
      default = app jupyter "jupyter-lab" "JupyterLab with the kernels of the project";
      notebook = app jupyter "jupyter-notebook" "Jupyter Notebook with the kernels of the project";
    }
  );

  devShells = perSystem ({ shell, ... }: { default = shell; });
}
