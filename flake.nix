{
  description = "JupyterLab, kernels and images from one locked file";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { nixpkgs, ... }:
    let
      # Lazy: on the Debian base nothing looks at nixpkgs, and Nix then never fetches it; nor does a Nix that is too old for it.
      lib = import ./nix { nixpkgs = import ./nix/nixpkgs/new-enough.nix { } nixpkgs; };
      # The root example: read only where one of its outputs is asked for. An installed tool has this flake without it.
      project = lib.mkFlake { src = ./.; };
    in
    {
      inherit lib;
      inherit (project)
        apps
        checks
        devShells
        packages
        ;

      overlays.default = lib.overlay;
      nixosModules.default = lib.modules.nixos;
      homeModules.default = lib.modules.home-manager;
      flakeModules.default = lib.modules.flake-parts;

      # `nix develop` takes its bash from the input called nixpkgs, which in a project follows this flake: nothing is fetched
      # for it there. The bash is the user's own.
      legacyPackages = builtins.listToAttrs (
        map
          (system: {
            name = system;
            value.bashInteractive = import ./nix/host-bash { inherit system; };
          })
          [
            "aarch64-darwin"
            "aarch64-linux"
            "x86_64-linux"
          ]
      );

      templates =
        let
          template = path: description: {
            inherit path description;
            welcomeText = ''
              Write where jupyflake is into `flake.nix` (`inputs.jupyflake.url`), then:

                  jupyflake lock      resolve the packages of `jupyter.toml`
                  nix develop         a shell with `jupyter lab`
            '';
          };
        in
        rec {
          default = minimal;
          hub = template ./templates/hub "an image for the users of a JupyterHub";
          image = template ./templates/image "a container image, with a notebook that is checked";
          minimal = template ./templates/default "a Python kernel";
          multi-kernel = template ./templates/multi-kernel "two Pythons and R side by side";
          r = template ./templates/r "R with ggplot2 and dplyr";
        };
    };
}
