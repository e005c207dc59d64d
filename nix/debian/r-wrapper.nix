/**
  R with packages: `bin/R` and `bin/Rscript` know them, and nothing of the user's library.
  `environment` and `program` are for those who start R without its front end, as a kernel does.

  # Example

  ```nix
  (rWrapper.override { packages = [ rPackages.ggplot2 ]; }).environment.R_HOME
  => "/nix/store/…-r-base-core-4.5.0-3/lib/R"
  ```

  # Type

  ```
  rWrapper.override :: { packages :: [Derivation] } -> Derivation
  ```
*/
{
  busybox,
  debs,
  dejavu_fonts,
  getDeb,
  lib,
  locales,
  makeFontsConf,
  runCommand,
  triplet,
  tzdata,
}:
let
  wrap =
    {
      packages ? [ ],
    }:
    let
      R = getDeb "r-base-core";
      isRPackage = package: lib.match "r-(cran|bioc|other)-.*" package.pname != null;
      all = lib.filter isRPackage (
        lib.unique (lib.concatMap (package: package.debClosure or [ package ]) packages)
      );

      library = runCommand "r-library" {
        packages = map (package: package.outPath) all;
        script = ./r-library.sh;
      } ". $script";

      environment = {
        FONTCONFIG_FILE = "${makeFontsConf { fontDirectories = [ dejavu_fonts ]; }}";
        # The converters of this C library: its own path for them leads nowhere.
        GCONV_PATH = "${getDeb "libc6"}/lib/${triplet}/gconv";
        # The one locale that there is; the user's own may not be.
        LC_ALL = "C.UTF-8";
        LOCPATH = "${locales}/lib/locale";
        R_DOC_DIR = "${R}/share/R/doc";
        R_HOME = "${R}/lib/R";
        R_INCLUDE_DIR = "${R}/share/R/include";
        R_LIBS_SITE = "${library}";
        # R's own word for "no library of the user's".
        R_LIBS_USER = "NULL";
        R_SHARE_DIR = "${R}/share/R/share";
        TZDIR = "${tzdata}/share/zoneinfo";
      }
      // lib.optionalAttrs (debs ? "libtcl8.6") {
        TCL_LIBRARY = "${debs."libtcl8.6"}/share/tcltk/tcl8.6";
      };
    in
    runCommand "R-${lib.storeName R.version}" {
      inherit R;
      script = ./r-wrapper.sh;
      shell = "${busybox}/bin/sh";
      exports = lib.concatLines (
        lib.mapAttrsToList (name: value: "export ${name}=${lib.escapeShellArg value}") environment
      );
      passthru = {
        inherit environment library;
        pname = "R";
        inherit (R) version;
        packages = all;
        program = "${R}/lib/R/bin/exec/R";
        override = arguments: wrap ({ inherit packages; } // arguments);
        meta.mainProgram = "R";
      };
    } ". $script";
in
wrap
