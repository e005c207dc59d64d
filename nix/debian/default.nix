/**
  A nixpkgs-shaped set made of one Debian suite's packages. It takes lock lines and reads nothing
  else.

  # Example

  ```nix
  (import ./nix/debian {
    suite = "trixie";
    system = "x86_64-linux";
    debs = lib.filter (line: line.suite == "trixie" && line.system == "x86_64-linux") lock.debs;
    bootstrap = lib.filter (line: line.system == "x86_64-linux") lock.bootstrap;
  }).python313
  => «derivation …-python3.13-3.13.5-2+deb13u5»
  ```
*/
{
  suite,
  system,
  debs,
  bootstrap,
}:
let
  lib = import ./lib.nix;
  roots = lib.fromJSON (lib.readFile ./roots.json);
  suites = lib.concatStringsSep ", " (lib.attrNames roots.suites);
  pythonVersion =
    (roots.suites.${suite} or (throw "unknown Debian suite ${suite}; there are ${suites}")).python;
  callPackage = lib.callPackageWith (set // private);

  start = callPackage ./bootstrap.nix { } { inherit bootstrap; };

  # Helpers that only this folder uses.
  private = {
    artifact = callPackage ./artifact.nix { };
    buildRoots = map (lib.replaceStrings [ "{python}" ] [ pythonVersion ]) roots.roots.build;
    components = callPackage ./components.nix { };
    deb = callPackage ./deb.nix { };
    fixups = callPackage ./fixups { };
    linkArchive = callPackage ./link-archive.nix { };
    pythonVersions = lib.mapAttrsToList (_: values: values.python) roots.suites;
    triplet = callPackage ./triplet.nix { };
    inherit (start) patchelf;
    inherit pythonVersion;
    toolchain = callPackage ./toolchain.nix { } { inherit debs; };
  };

  set = {
    inherit callPackage lib suite system;
    R = set.rWrapper;
    base = "debian/${suite}";
    bashInteractive = set.getDeb "bash";
    buildTools = callPackage ./build-tools.nix { };
    inherit (start) busybox;
    cacert = callPackage ./cacert.nix { };
    # Debian's coreutils keep it in sbin.
    chrootProgram = "${set.coreutils}/sbin/chroot";
    compilers = names: [ (private.toolchain names) ];
    contents = callPackage ./contents.nix { } { inherit bootstrap debs; };
    coreutils = set.getDeb "coreutils";
    debs = callPackage ./packages.nix { } { inherit debs; };
    dejavu_fonts = callPackage ./dejavu-fonts.nix { };
    dockerTools = callPackage ./docker-tools { };
    fetchArtifact = private.artifact;
    fetchWheel = wheel: private.artifact { inherit (wheel) file sha256; };
    fontconfig = set.getDeb "fontconfig";
    # No formatter of Nix files is packaged in any suite.
    formatter = null;
    getDeb = callPackage ./get-deb.nix { };
    getPackage = set.getDeb;
    getRPackage = set.getDeb;
    locales = callPackage ./locales.nix { };
    makeFontsConf = callPackage ./make-fonts-conf.nix { };
    rPackages = callPackage ./r-packages.nix { };
    rSiteLibrary = "lib/R/site-library";
    rWrapper = callPackage ./r-wrapper.nix { } { };
    runCommand = callPackage ./run-command.nix { };
    stdenv.hostPlatform.system = system;
    terminfo = set.getDeb "ncurses-base";
    tini = set.getDeb "tini";
    tzdata = set.getDeb "tzdata";
    # BusyBox and patchelf are all that is needed; libraries are found through the interpreter's RPATH.
    wheelInputs = {
      attributes = { };
      relink = "";
      environment = { };
    };
    writeText = callPackage ./write-text.nix { };
    writeTextFile = callPackage ./write-text-file.nix { };
    ${"python${lib.replaceStrings [ "." ] [ "" ] pythonVersion}"} = callPackage ./python.nix { };
  };
in
set
