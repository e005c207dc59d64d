/**
  The lock's R packages by their CRAN or Bioconductor name in lower case, as Debian has them.

  # Example

  ```nix
  rPackages.ggplot2
  => «derivation …-r-cran-ggplot2-3.5.1+dfsg-1»
  ```
*/
{ debs, lib }:
lib.concatMapAttrs (
  name: package:
  let
    parts = lib.match "r-(cran|bioc|other)-(.+)" name;
  in
  lib.optionalAttrs (parts != null) { ${lib.last parts} = package; }
) debs
# What the core asks for goes by nixpkgs' spelling too.
// lib.optionalAttrs (debs ? r-cran-irkernel) { IRkernel = debs.r-cran-irkernel; }
