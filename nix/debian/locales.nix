/**
  The locale C.UTF-8 alone: what LOCPATH points to (`${locales}/lib/locale`).

  # Example

  ```nix
  env.LOCPATH = "${locales}/lib/locale";
  ```
*/
{
  getDeb,
  lib,
  runCommand,
}:
let
  package = getDeb "libc-bin";
in
runCommand "locales-${lib.storeName package.version}"
  {
    inherit package;
    passthru = {
      pname = "locales";
      inherit (package) version;
    };
  }
  ''
    mkdir -p "$out/lib/locale"
    cp -R "$package/lib/locale/C.utf8" "$out/lib/locale/"
  ''
