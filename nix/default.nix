/**
  The library: what `jupyflake.lib` of the flake is.

  # Example

  ```nix
  outputs = { jupyflake, ... }: jupyflake.lib.mkFlake { src = ./.; };
  ```

  # Arguments

  - `nixpkgs`: the nixpkgs of projects that name none of their own; never evaluated on the Debian base

  # Result

  `mkFlake`, `fromManifest`, `withPkgs`, `overlay`, `modules`, `debian`, `contract`.
*/
{
  nixpkgs ? import ./nixpkgs/pinned.nix { },
}:
let
  checked = import ./arguments.nix;

  # Arguments of the user's win; the function underneath says which there are.
  withNixpkgs =
    who: file: arguments:
    checked who (import file) (
      if builtins.isAttrs arguments then { inherit nixpkgs; } // arguments else arguments
    );

  library = {
    contract = import ./contract.nix;
    debian = import ./debian;
    fromManifest = withNixpkgs "fromManifest" ./manifest.nix;
    mkFlake = withNixpkgs "mkFlake" ./flake.nix;

    # Each is a module of its system: NixOS, home-manager, flake-parts.
    modules = {
      flake-parts = import ./modules/flake-parts.nix { jupyflake = library; };
      home-manager = import ./modules/home-manager.nix { jupyflake = library; };
      nixos = import ./modules/nixos.nix { jupyflake = library; };
    };

    /**
      An overlay for nixpkgs: `pkgs.jupyflake.mkKernel` and the rest, over those very packages.

      # Example

      ```nix
      import nixpkgs { overlays = [ jupyflake.overlays.default ]; }
      ```
    */
    overlay = final: _: { jupyflake = library.withPkgs { pkgs = final; }; };

    /**
      All functions over the packages of your choice, without a manifest.

      (`with` is a word of the language, hence the longer name.)

      # Example

      ```nix
      (jupyflake.lib.withPkgs { pkgs = nixpkgs.legacyPackages.x86_64-linux; }).mkKernel { name = "bash"; … }
      ```

      # Arguments

      - `pkgs`: a nixpkgs, with whatever overlays, or a set that fulfils the contract, such as one of `debian`
      - `overlay`: see `fromManifest`
    */
    withPkgs = checked "withPkgs" (
      {
        pkgs,
        overlay ? _: _: { },
      }:
      import ./scope.nix {
        # nixpkgs itself has no attribute of this name; sets that fulfil the contract have.
        base = if pkgs ? base then pkgs else import ./nixpkgs { inherit pkgs; };
        inherit overlay;
      }
    );
  };
in
library
