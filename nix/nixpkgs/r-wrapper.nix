/**
  nixpkgs' rWrapper, and what a kernel needs to start R by itself.

  # Example

  ```nix
  (rWrapper.override { packages = [ rPackages.ggplot2 ]; }).program
  => "/nix/store/…-R-4.5.1-wrapper/bin/R"
  ```
*/
{ pkgs }:
{
  override =
    { packages }:
    let
      wrapped = pkgs.rWrapper.override { inherit packages; };
      fonts = pkgs.makeFontsConf { fontDirectories = [ pkgs.dejavu_fonts ]; };
    in
    wrapped
    // {
      inherit packages;
      inherit (pkgs.R) version;
      program = "${wrapped}/bin/R";
      environment = {
        FONTCONFIG_FILE = "${fonts}";
        # R's own word for "no library of the user's".
        R_LIBS_USER = "NULL";
      };
    };
}
