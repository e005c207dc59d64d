let
  problems = import ./contract-of.nix;
  contract = import ../../nix/contract.nix;
  files = import ../../nix/functions.nix;
  mock = import ./mock.nix;
  lock = builtins.fromJSON (builtins.readFile ../../jupyter.lock);

  debian =
    suite: system:
    import ../../nix/debian {
      inherit suite system;
      debs = builtins.filter (line: line.suite == suite && line.system == system) lock.debs;
      bootstrap = builtins.filter (line: line.system == system) lock.bootstrap;
    };

  known = builtins.attrNames contract.attributes ++ builtins.attrNames files.functions;
  askedFor =
    file: builtins.filter (name: !builtins.elem name known) (builtins.attrNames (builtins.functionArgs (import file)));
  outside = builtins.mapAttrs (_: askedFor) (files.functions // files.languages);
in
{
  testTheMockFulfilsIt = {
    expr = problems { base = mock; };
    expected = [ ];
  };

  testDebianFulfilsIt = {
    expr = map (system: problems { base = debian "trixie" system; }) [
      "x86_64-linux"
      "aarch64-linux"
    ];
    expected = [
      [ ]
      [ ]
    ];
  };

  testNixpkgsFulfilsIt = {
    expr = problems { base = import ../../nix/nixpkgs { pkgs = import ./nixpkgs-stand-in.nix { }; }; };
    expected = [ ];
  };

  # Whatever an image needs is there on Linux only.
  testNixpkgsOnMacOSFulfilsItButForImages = {
    expr = problems {
      base = import ../../nix/nixpkgs {
        pkgs = import ./nixpkgs-stand-in.nix { system = "aarch64-darwin"; };
      };
      without = builtins.filter (name: contract.attributes.${name}.linux or false) (
        builtins.attrNames contract.attributes
      );
    };
    expected = [ ];
  };

  # The list is tested too: it must be what functions ask for, no less and no more.
  testFunctionsAskForNothingElse = {
    expr = builtins.filter (name: outside.${name} != [ ]) (builtins.attrNames outside);
    expected = [ ];
  };

  testAMissingAttributeIsFound = {
    expr = problems { base = removeAttrs mock [ "writeText" ] // { writeText = null; }; };
    expected = [ "writeText is a null, not a function" ];
  };

  testAnotherInterpreterIsFound = {
    expr = problems {
      base = mock;
      python = "python27";
    };
    expected = [ "python27 is missing" ];
  };
}
