/**
  A fonts.conf (the path is the file itself) for FONTCONFIG_FILE, with its cache built ahead:
  nothing of the machine is read and nothing has to be written.

  # Example

  ```nix
  env.FONTCONFIG_FILE = "${makeFontsConf { fontDirectories = [ dejavu_fonts ]; }}";
  ```

  # Type

  ```
  makeFontsConf :: { fontDirectories :: [Path] } -> Derivation
  ```
*/
{
  fontconfig,
  getDeb,
  runCommand,
}:
{ fontDirectories }:
let
  environment = {
    inherit fontDirectories;
    rules = getDeb "fontconfig-config";
    script = ./make-fonts-conf.sh;
  };

  withoutCache = runCommand "fonts.conf" (environment // { cache = ""; }) ". $script";

  cache = runCommand "fonts-cache" {
    nativeBuildInputs = [ fontconfig ];
    FONTCONFIG_FILE = withoutCache;
  } ''HOME=$TMPDIR XDG_CACHE_HOME=$out fc-cache'';
in
runCommand "fonts.conf" (environment // { cache = "${cache}/fontconfig"; }) ". $script"
