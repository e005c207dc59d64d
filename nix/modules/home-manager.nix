/**
  home-manager: a project's kernels among the user's, and its `jupyter` on PATH.

  # Example

  ```nix
  imports = [ jupyflake.homeModules.default ];
  jupyflake = { src = ./notebooks; lab.enable = true; };
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
  inherit (pkgs.stdenv.hostPlatform) system isDarwin;

  project = jupyflake.fromManifest {
    inherit (cfg) src checkLock;
    inherit system;
    nixpkgs = _: pkgs;
  };

  # Where jupyter_core looks for the user's own data.
  directory = if isDarwin then "Library/Jupyter" else ".local/share/jupyter";
in
{
  options.jupyflake = {
    src = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "Directory with jupyter.toml and jupyter.lock; null for nothing.";
    };
    checkLock = lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = "Whether a lock that is older than the manifest is refused.";
    };
    kernels.enable = lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = "Whether the kernels are there for every Jupyter of the user.";
    };
    lab.enable = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether the project's jupyter command, with its own configuration, is on PATH.";
    };
  };

  config = lib.mkIf (cfg.src != null) {
    home.file = lib.mkIf cfg.kernels.enable (
      lib.mapAttrs' (
        name: kernel: lib.nameValuePair "${directory}/kernels/${name}" { source = kernel; }
      ) project.kernels
    );
    home.packages = lib.mkIf cfg.lab.enable [ project.jupyter ];
  };
}
