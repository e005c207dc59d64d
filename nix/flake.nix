/**
  The whole `outputs` of a project's flake.

  # Example

  ```nix
  outputs = { jupyflake, ... }: jupyflake.lib.mkFlake { src = ./.; };
  ```

  # Arguments

  - `src`: the project's directory
  - `checkLock`, `extraKernels`, `wheelOverrides`, `overlay`, `nixpkgs`: see `fromManifest`

  # Result

  `packages`, `apps`, `devShells` and `checks` for each system of the manifest, and `formatter` where the base has one.
  An image is made for Linux only: on macOS its packages are there and say how to build it.
*/
{
  src,
  checkLock ? true,
  extraKernels ? _: { },
  wheelOverrides ? _: { },
  overlay ? _: _: { },
  nixpkgs ? import ./nixpkgs/pinned.nix { },
}:
let
  inherit (builtins)
    attrNames
    listToAttrs
    ;

  inherit (import ./project.nix { inherit src; }) manifest;
  systems = manifest.project.systems or [ "x86_64-linux" ];

  eachSystem =
    output:
    listToAttrs (
      map (system: {
        name = system;
        value = output system;
      }) systems
    );
  projects = eachSystem (
    system:
    import ./manifest.nix {
      inherit
        src
        system
        checkLock
        extraKernels
        wheelOverrides
        overlay
        nixpkgs
        ;
    }
  );
  perSystem = output: builtins.mapAttrs (_: output) projects;

  # A nixpkgs may have none; an attribute that is there must be a derivation.
  withFormatter = given: removeAttrs given (builtins.filter (system: given.${system} == null) systems);

  prefixed =
    prefix: set:
    listToAttrs (
      map (name: {
        name = "${prefix}-${name}";
        value = set.${name};
      }) (attrNames set)
    );

  app = program: description: {
    type = "app";
    inherit program;
    meta = { inherit description; };
  };

  loader =
    project:
    project.pkgs.runCommand "image-load"
      {
        inherit (project.image) stream;
        bash = "${project.pkgs.bashInteractive}/bin/bash";
        script = ./image-load.sh;
      }
      ''
        mkdir -p "$out/bin"
        {
          echo "#!$bash"
          echo "stream=$stream"
          cat "$script"
        } > "$out/bin/image-load"
        chmod 555 "$out/bin/image-load"
      '';
in
{
  packages = perSystem (
    project:
    {
      inherit (project) config image;
      default = project.jupyter;
      # What a stream is planned from: the command line keeps digests of layers between plans.
      imageSource = project.image.source or project.image.stream;
      imageStream = project.image.stream;
    }
    // prefixed "kernel" project.kernels
    // prefixed "environment" project.environments
  );

  apps = perSystem (
    { jupyter, ... }@project:
    {
      default = app "${jupyter}/bin/jupyter-lab" "JupyterLab with the kernels of the project";
      notebook = app "${jupyter}/bin/jupyter-notebook" "Jupyter Notebook with the kernels of the project";
      image-load = app "${loader project}/bin/image-load" "Load the project's image into Docker or Podman";
    }
  );

  devShells = perSystem (project: project.kernelShells // { default = project.shell; });

  checks = perSystem (project: project.checks);
}
// (
  # Decided by the manifest alone, so that nixpkgs isn't looked at for it.
  if manifest.project.base == "nixpkgs" then
    { formatter = withFormatter (perSystem (project: project.pkgs.formatter)); }
  else
    { }
)
