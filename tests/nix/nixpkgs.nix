let
  standIn = system: import ./nixpkgs-stand-in.nix { inherit system; };
  flake =
    more:
    import ../../nix/flake.nix (
      {
        src = ./projects/nixpkgs;
        nixpkgs = standIn;
      }
      // more
    );
  base = import ../../nix/nixpkgs { pkgs = standIn "x86_64-linux"; };
  mac = import ../../nix/nixpkgs { pkgs = standIn "aarch64-darwin"; };
  packages = (flake { }).packages.x86_64-linux;
  wheels = environment: map (wheel: wheel.file) environment.wheels;
  hash = "946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3";
in
{
  testSystems = {
    expr = builtins.attrNames (flake { }).packages;
    expected = [
      "aarch64-darwin"
      "aarch64-linux"
      "x86_64-linux"
    ];
  };

  testEachSystemTakesItsWheels = {
    expr = builtins.mapAttrs (_: outputs: builtins.elemAt (wheels outputs.environment-py311) 1) (flake { }).packages;
    expected = {
      aarch64-darwin = "numpy-2.4.0-cp311-cp311-macosx_11_0_arm64.whl";
      aarch64-linux = "numpy-2.4.0-cp311-cp311-manylinux_2_28_aarch64.whl";
      x86_64-linux = "numpy-2.4.0-cp311-cp311-manylinux_2_28_x86_64.whl";
    };
  };

  testInterpreterFollowsTheManifest = {
    expr = packages.environment-py311.pythonVersion;
    expected = "3.11";
  };

  # The hashed place first, which every mirror has, then fetchPypi's; the host is what fetchPypi says.
  testPlacesOfAWheel = {
    expr =
      (base.fetchWheel {
        file = "a_b-1.0-1-cp313-cp313-linux_x86_64.whl";
        path = "packages/94/6d/195a/a_b-1.0-1-cp313-cp313-linux_x86_64.whl";
        sha256 = hash;
      }).urls;
    expected = [
      "https://host.example/packages/94/6d/195a/a_b-1.0-1-cp313-cp313-linux_x86_64.whl"
      "https://host.example/packages/cp313/a/a_b/a_b-1.0-1-cp313-cp313-linux_x86_64.whl"
    ];
  };

  testAWheelWithoutAPlaceHasOne = {
    expr =
      (base.fetchWheel {
        file = "idna-3.10-py3-none-any.whl";
        sha256 = hash;
      }).urls;
    expected = [ "https://host.example/packages/py3/i/idna/idna-3.10-py3-none-any.whl" ];
  };

  # `jupyflake fetch` and the fetcher then mean one store path.
  testAWheelsStoreNameIsTheSameOnAllBases = {
    expr =
      (base.fetchWheel {
        file = "a-1.0+cu~1-py3-none-any.whl";
        sha256 = hash;
      }).name;
    expected = "a-1.0+cu-1-py3-none-any.whl";
  };

  testLinuxRelinksWheels = {
    expr = map (input: input.pname) base.wheelInputs.attributes.nativeBuildInputs;
    expected = [
      "unzip"
      "gawk"
      "patchelf"
      "autoPatchelfHook"
    ];
  };

  testWhatPackagesAreBuiltWithIsThereForTheBuild = {
    expr =
      let
        made = base.buildTools {
          names = [ "graphviz" ];
          python = base.python313;
        };
      in
      [
        (map (input: input.pname) made.attributes.buildInputs)
        (map (input: input.pname) made.libraries)
        (map (input: input.pname) made.attributes.nativeBuildInputs)
      ];
    expected = [
      [ "graphviz" ]
      [ "graphviz" ]
      [
        "gcc"
        "gnumake"
        "pkg-config"
        "patchelf"
        "graphviz"
      ]
    ];
  };

  testMacOSLeavesWheelsAlone = {
    expr = [
      mac.wheelInputs.relink
      mac.wheelInputs.environment.nativeBuildInputs
      (mac.wheelInputs.attributes ? buildInputs)
      mac.python313.libraryDirs
      ((mac.python313.withLibraries [ mac.cacert ]).outPath == mac.python313.outPath)
    ];
    expected = [
      ""
      [ ]
      false
      [ ]
      true
    ];
  };

  testToolsGoOnTheInterpretersPath = {
    expr = packages.environment-py311.attributes.libraryDirs or (base.python311.withLibraries [ base.cacert ]).libraryDirs;
    expected = [
      "/nixpkgs/glibc/lib"
      "/nixpkgs/zlib/lib"
      "/nixpkgs/cacert/lib"
    ];
  };

  # Behind all of the store's, where NixOS has the driver of a graphics card.
  testTheDriverIsTheMachines = {
    expr = (base.python311.withLibraries [ base.cacert ]).more or (base.python311.withLibraries [ base.cacert ]).attributes.more;
    expected = "/nixpkgs/cacert/lib:/run/opengl-driver/lib";
  };

  testRPackagesByTheirNameInR = {
    expr = map (package: package.pname) packages.environment-r.packages;
    expected = [
      "r-IRkernel"
      "r-data.table"
    ];
  };

  testRBelongsToNobodysLibrary = {
    expr = packages.environment-r.environment.R_LIBS_USER;
    expected = "NULL";
  };

  testPackagesByAttributePath = {
    expr = (base.getPackage "llvmPackages.clang").pname;
    expected = "clang";
  };

  testUnknownPackage.fails = base.getPackage "grpahviz";
  testNoPackage.fails = base.getPackage "llvmPackages";
  testUnknownRPackage.fails = base.getRPackage "ggplot3";
  testRemovedInterpreter.fails = base.python310.pythonVersion;

  testImageIsMadeFromFiles = {
    expr = builtins.match ".*ln -sfn usr/bin [.]/bin\n.*" packages.image.extraCommands != null;
    expected = true;
  };

  testImagesHomeBelongsToItsUser = {
    expr = builtins.match ".*chown 1000:100 [.]/home/jovyan\n.*" packages.image.fakeRootCommands != null;
    expected = true;
  };

  testAnImageOnMacOSSaysHow = {
    expr =
      builtins.match ".*packages.aarch64-linux.image. builds it through a remote or linux builder.*"
        (flake { }).packages.aarch64-darwin.image.attributes.message != null;
    expected = true;
  };

  testFormatterIsNixpkgs = {
    expr = map (without: (flake { nixpkgs = system: removeAttrs (standIn system) without; }).formatter.x86_64-linux.pname) [
      [ ]
      [ "nixfmt-tree" ]
    ];
    expected = [
      "nixfmt-tree"
      "nixfmt"
    ];
  };

  # `nix flake check` refuses a formatter that is null.
  testNoFormatterIsNoAttribute = {
    expr = builtins.attrNames (flake { nixpkgs = system: removeAttrs (standIn system) [ "nixfmt" "nixfmt-tree" ]; }).formatter;
    expected = [ ];
  };

  # The message is for a system that the packages are not for.
  testPackagesOfAnotherSystemAreRefused.fails = import ../../nix/nixpkgs/packages.nix {
    nixpkgs = standIn "x86_64-linux";
    system = "aarch64-linux";
  };
  testANumberIsNoNixpkgs.fails = import ../../nix/nixpkgs/packages.nix {
    nixpkgs = 1;
    system = "aarch64-linux";
  };

  # Nix 2.8 could not evaluate nixpkgs; its own message would name no way out.
  testOldNixIsRefused.fails = import ../../nix/nixpkgs/new-enough.nix { nixVersion = "2.17.1"; } 1;
  testNewNixIsNot = {
    expr = map (nixVersion: import ../../nix/nixpkgs/new-enough.nix { inherit nixVersion; } 1) [
      "2.18.0"
      "2.36pre"
    ];
    expected = [
      1
      1
    ];
  };

  # Flakes are lazy: a project on the Debian base must not look at nixpkgs at all.
  testDebianNeverEvaluatesNixpkgs = {
    expr =
      let
        outputs = import ../../nix/flake.nix {
          src = ../..;
          nixpkgs = throw "nixpkgs was evaluated";
        };
      in
      builtins.all (
        output:
        builtins.all (
          packages: builtins.all (package: builtins.isString package.drvPath) (builtins.attrValues packages)
        ) (builtins.attrValues outputs.${output})
      ) [
        "checks"
        "devShells"
        "packages"
      ];
    expected = true;
  };

  testDebianHasNoFormatter = {
    expr = (import ../../nix/flake.nix { src = ../..; }) ? formatter;
    expected = false;
  };
}
