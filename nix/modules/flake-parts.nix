/**
  flake-parts: a project's packages, apps, shells and checks among a flake's own.

  # Example

  ```nix
  imports = [ inputs.jupyflake.flakeModules.default ];
  jupyflake.src = ./.;
  ```

  # Arguments

  - `jupyflake`: the library
*/
{ jupyflake }:
{ config, lib, ... }:
let
  cfg = config.jupyflake;

  outputs = jupyflake.mkFlake (
    {
      inherit (cfg)
        src
        checkLock
        extraKernels
        wheelOverrides
        overlay
        ;
    }
    // lib.optionalAttrs (cfg.nixpkgs != null) { inherit (cfg) nixpkgs; }
  );

  option =
    type: default: description:
    lib.mkOption { inherit type default description; };
  function = lib.types.raw;
in
{
  options.jupyflake = {
    src = lib.mkOption {
      type = lib.types.path;
      description = "Directory with jupyter.toml and jupyter.lock.";
    };
    checkLock = option lib.types.bool true "Whether a lock that is older than the manifest is refused.";
    extraKernels = option function (_: { }) "As for mkFlake.";
    wheelOverrides = option function (_: { }) "As for mkFlake.";
    overlay = option function (_: _: { }) "As for mkFlake.";
    nixpkgs = option lib.types.raw null "As for mkFlake; null for the pinned one.";
  };

  config.perSystem =
    { system, ... }:
    let
      # A definition of the flake's own wins.
      weak = output: lib.mapAttrs (_: lib.mkDefault) (outputs.${output}.${system} or { });
    in
    {
      apps = weak "apps";
      checks = weak "checks";
      devShells = weak "devShells";
      packages = weak "packages";
    }
    // lib.optionalAttrs (outputs ? formatter.${system}) {
      formatter = lib.mkDefault outputs.formatter.${system};
    };
}
