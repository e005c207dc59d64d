/**
  NixOS: a project's kernels for the system's own JupyterHub or Jupyter service.

  # Example

  ```nix
  imports = [ jupyflake.nixosModules.default ];
  jupyflake.src = ./notebooks;
  services.jupyterhub.enable = true;
  ```

  # Arguments

  - `jupyflake`: the library
*/
{ jupyflake }:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.jupyflake;

  project = jupyflake.fromManifest {
    inherit (cfg) src checkLock extraKernels;
    inherit (pkgs.stdenv.hostPlatform) system;
    # On the base nixpkgs the kernels are made of the system's own packages.
    nixpkgs = _: pkgs;
  };
  kernels = lib.mapAttrs (_: import ./kernel-options.nix) project.kernels;
in
{
  options.jupyflake = {
    src = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "Directory with jupyter.toml and jupyter.lock; null for no kernels.";
    };
    checkLock = lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = "Whether a lock that is older than the manifest is refused.";
    };
    extraKernels = lib.mkOption {
      type = lib.types.functionTo (lib.types.attrsOf lib.types.raw);
      default = _: { };
      description = "Function from the functions of the project's base to further kernels.";
    };
  };

  # Each takes effect only where its service is enabled.
  config = lib.mkIf (cfg.src != null) {
    services.jupyter.kernels = kernels;
    services.jupyterhub.kernels = kernels;
  };
}
