let
  library = import ../../nix { nixpkgs = throw "the pinned nixpkgs was evaluated"; };
  pkgs = import ./nixpkgs-stand-in.nix { };
  mock = import ./mock.nix;
  functions = library.withPkgs { inherit pkgs; };
  argv = [ "/bin/k" ];
  kernel = {
    name = "k";
    displayName = "K";
    language = "k";
    inherit argv;
  };
  flake =
    more:
    library.mkFlake (
      {
        src = ./projects/nixpkgs;
        nixpkgs = _: pkgs;
      }
      // more
    );
  packages = more: (flake more).packages.x86_64-linux;
  environment = import ./mock-environment.nix;
in
{
  testFunctionsOverAnyNixpkgs = {
    expr = (functions.mkKernel kernel).name;
    expected = "kernel-k";
  };

  testFunctionsOverASetThatFulfilsTheContract = {
    expr = ((library.withPkgs { pkgs = mock; }).mkKernel kernel).name;
    expected = "kernel-k";
  };

  testOverlay = {
    expr = ((library.overlay pkgs { }).jupyflake.mkKernel kernel).kernelName;
    expected = "k";
  };

  testAnyFunctionCanBeAnother = {
    expr =
      ((library.withPkgs {
        inherit pkgs;
        overlay = _: previous: {
          mkKernel = arguments: previous.mkKernel (arguments // { env.MARK = "1"; });
        };
      }).languages.python
        {
          name = "py";
          inherit environment;
        }
      ).env.MARK;
    expected = "1";
  };

  # python3.withPackages (ps: [ ps.ipykernel ]), or any environment with a version.
  testAnInterpreterIsAKernel = {
    expr = builtins.head (packages { extraKernels = _: { mine = environment; }; }).kernel-mine.argv;
    expected = "/mock/environment/bin/python3.13";
  };

  testAPackageWithAKernelspecIsAKernel = {
    expr = (packages { extraKernels = pkgs: { graph = pkgs.getPackage "graphviz"; }; }).kernel-graph.attributes.package.pname;
    expected = "graphviz";
  };

  testAKernelOfOurOwn = {
    expr = (packages { extraKernels = functions: { k = functions.mkKernel kernel; }; }).kernel-k.argv;
    expected = argv;
  };

  testAnotherKernelOnAnEnvironmentOfTheManifest = {
    expr =
      (packages {
        extraKernels =
          { environments, languages, ... }:
          {
            quiet = languages.python {
              name = "quiet";
              environment = environments.py311;
              env.PYTHONWARNINGS = "ignore";
            };
          };
      }).environment-quiet.name;
    expected = "python3.11-py311";
  };

  testANameTwiceIsRefused.fails =
    (packages { extraKernels = functions: { r = functions.mkKernel (kernel // { name = "r"; }); }; }).kernel-r;

  testTwoNamesOfOneKernelAreRefused.fails =
    (packages { extraKernels = functions: { other = functions.mkKernel kernel; }; }).kernel-other;

  testOneWheelIsChanged = {
    expr =
      let
        changed = packages {
          wheelOverrides = pkgs: {
            numpy =
              wheel:
              wheel.override {
                postUnpack = "rm -r site-packages/numpy/tests";
                libraries = [ pkgs.cacert ];
              };
          };
        };
      in
      map (wheel: wheel.attributes.postUnpack) changed.environment-py311.wheels;
    expected = [
      ""
      "rm -r site-packages/numpy/tests"
    ];
  };

  testAWheelIsReplaced = {
    expr =
      (builtins.elemAt
        (packages { wheelOverrides = _: { numpy = _: mock.cacert; }; }).environment-py311.wheels
        1
      ).version;
    expected = "2.4.0";
  };

  testALanguageIsReplaced = {
    expr =
      (packages {
        overlay = _: previous: {
          languages = previous.languages // {
            r = _: previous.mkKernel (kernel // { name = "r"; });
          };
        };
      }).kernel-r.argv;
    expected = argv;
  };

  testUnknownArgumentOfMkFlake.fails = library.mkFlake { scr = ./.; };
  testUnknownArgumentOfWithPkgs.fails = library.withPkgs { pkg = pkgs; };
  testUnknownArgumentOfAnOverride.fails = (builtins.head (packages { wheelOverrides = _: { ipykernel = wheel: wheel.override { postunpack = ""; }; }; }).environment-py311.wheels).version;
}
