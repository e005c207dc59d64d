/**
  The DejaVu fonts in one path (some suites deal them out to several packages).

  # Example

  ```nix
  makeFontsConf { fontDirectories = [ dejavu_fonts ]; }
  ```
*/
{
  debs,
  getDeb,
  lib,
  runCommand,
}:
let
  package = getDeb "fonts-dejavu-core";
in
runCommand "dejavu-fonts-${lib.storeName package.version}"
  {
    packages = [ package ] ++ lib.optional (debs ? fonts-dejavu-mono) debs.fonts-dejavu-mono;
    passthru = {
      pname = "dejavu-fonts";
      inherit (package) version;
    };
  }
  ''
    mkdir -p "$out/share/fonts/truetype/dejavu"
    for package in $packages; do
      cp "$package"/share/fonts/truetype/dejavu/*.ttf "$out/share/fonts/truetype/dejavu/"
    done
  ''
