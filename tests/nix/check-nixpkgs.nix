/**
  The contract, and a whole project, on a real nixpkgs: what of it is not as it must be.

      make check-nixpkgs NIXPKGS=<path>

  # Arguments

  - `nixpkgs`: path of the tree
  - `systems`: for which systems
*/
{
  nixpkgs,
  systems ? [
    "x86_64-linux"
    "aarch64-linux"
    "aarch64-darwin"
  ],
}:
let
  inherit (builtins)
    attrNames
    concatMap
    filter
    isString
    match
    ;

  contract = import ../../nix/contract.nix;
  packagesFor = system: import nixpkgs { inherit system; };

  outputs = import ../../nix/flake.nix {
    src = ./projects/nixpkgs;
    nixpkgs = packagesFor;
    wheelOverrides = pkgs: {
      numpy = wheel: wheel.override { libraries = [ pkgs.cacert ]; };
    };
  };

  perSystem =
    system:
    let
      pkgs = packagesFor system;
      base = import ../../nix/nixpkgs { inherit pkgs; };
      isLinux = match ".*-linux" system != null;
      imageOnly = filter (name: contract.attributes.${name}.linux or false) (attrNames contract.attributes);
      contractProblems = import ./contract-of.nix {
        inherit base;
        without = if isLinux then [ ] else imageOnly;
      };
      # What the kernels of each language are made of.
      languageProblems = concatMap (
        language:
        let
          file = builtins.fromTOML (builtins.readFile (../../nix/kernels + "/${language}.toml"));
          has = name: (builtins.tryEval (base.getPackage name).drvPath).success;
        in
        map (name: "${language}: there is no package ${name}") (
          filter (name: !has name) (file.tools.nixpkgs or [ ])
        )
      ) (import ../../nix/functions.nix).languageNames;
      # Every output down to its derivation: the trees' own functions have then taken our arguments.
      evaluated =
        output:
        map (name: "${output}.${system}.${name} has no derivation") (
          filter (name: !isString outputs.${output}.${system}.${name}.drvPath) (attrNames outputs.${output}.${system})
        );
    in
    map (problem: "${system}: ${problem}") (contractProblems ++ languageProblems)
    ++ concatMap evaluated [
      "checks"
      "devShells"
      "packages"
    ];
in
concatMap perSystem systems
