let
  lib = import ./modules-stand-in.nix;
  library = import ../../nix { nixpkgs = throw "the pinned nixpkgs was evaluated"; };
  pkgs = import ./nixpkgs-stand-in.nix { };
  mac = import ./nixpkgs-stand-in.nix { system = "aarch64-darwin"; };

  evaluate =
    module: packages: settings:
    (module {
      inherit lib;
      pkgs = packages;
      config.jupyflake = {
        src = ./projects/nixpkgs;
        checkLock = true;
        extraKernels = _: { };
        wheelOverrides = _: { };
        overlay = _: _: { };
        nixpkgs = system: import ./nixpkgs-stand-in.nix { inherit system; };
        kernels.enable = true;
        lab.enable = false;
      }
      // settings;
    }).config;

  nixos = evaluate library.modules.nixos pkgs;
  home = evaluate library.modules.home-manager;
  parts = (evaluate library.modules.flake-parts pkgs { }).perSystem;

  # The keys of nixpkgs' kernel-options.nix.
  form = [
    "argv"
    "displayName"
    "env"
    "language"
    "logo32"
    "logo64"
  ];
in
{
  testKernelsHaveTheFormOfTheOption = {
    expr = builtins.mapAttrs (_: builtins.attrNames) (nixos { }).services.jupyter.kernels;
    expected = {
      py311 = form;
      r = form;
    };
  };

  testValuesHaveTheTypesOfTheOption = {
    expr =
      let
        kernel = (nixos { }).services.jupyterhub.kernels.py311;
      in
      [
        (builtins.all builtins.isString (kernel.argv ++ builtins.attrValues kernel.env))
        (builtins.isString kernel.displayName)
        (lib.hasSuffix "logo-32x32.png" kernel.logo32)
      ];
    expected = [
      true
      true
      true
    ];
  };

  testAKernelWithoutASmallLogo = {
    expr = (nixos { }).services.jupyter.kernels.r.logo32;
    expected = null;
  };

  testHubAndServerHaveTheSame = {
    expr = (nixos { }).services.jupyter.kernels.r.argv == (nixos { }).services.jupyterhub.kernels.r.argv;
    expected = true;
  };

  testWithoutAProjectNothingIsSet = {
    expr = nixos { src = null; };
    expected = { };
  };

  # A kernelspec that only a build will know can't be an option's value.
  testAKernelFromAPackageIsRefused.fails =
    (nixos { extraKernels = base: { bash = base.getPackage "graphviz"; }; }).services.jupyter.kernels;

  testHomeHasTheKernels = {
    expr = builtins.attrNames (home pkgs { }).home.file;
    expected = [
      ".local/share/jupyter/kernels/py311"
      ".local/share/jupyter/kernels/r"
    ];
  };

  testHomeOnMacOS = {
    expr = builtins.head (builtins.attrNames (home mac { }).home.file);
    expected = "Library/Jupyter/kernels/py311";
  };

  testHomeHasLabWhereItIsWanted = {
    expr = [
      (home pkgs { }).home.packages
      (map (package: package.name) (home pkgs { lab.enable = true; }).home.packages)
    ];
    expected = [
      { }
      [ "jupyter" ]
    ];
  };

  testPartsOfAFlake = {
    expr = builtins.mapAttrs (_: builtins.isAttrs) (parts { system = "aarch64-darwin"; });
    expected = {
      apps = true;
      checks = true;
      devShells = true;
      formatter = true;
      packages = true;
    };
  };

  testPartsOfASystemThatTheManifestLacks = {
    expr = (parts { system = "riscv64-linux"; }).packages;
    expected = { };
  };
}
