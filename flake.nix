{
  description = "JupyterLab, kernels and images from one locked file";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, ... }:
    let
      lib = import ./nix;
      project = lib.mkFlake { src = ./.; };
    in
    project
    // {
      inherit lib;

      # `nix develop` takes its bash from the input called nixpkgs, which in a project follows this flake: nothing is fetched
      # for it there. The bash is the user's own.
      legacyPackages = builtins.mapAttrs (system: _: {
        bashInteractive = import ./nix/host-bash { inherit system; };
      }) project.devShells;

      templates.default = {
        path = ./templates/default;
        description = "a Python kernel on the Debian base";
      };
    };
}
