/**
  A file of the lock as a fixed-output path. `jupyflake fetch` puts it into the store under this
  very name and hash, so the builder runs only where that was not done; it then says so.

  # Example

  ```nix
  artifact { file = "zlib1g_1.3_amd64.deb"; sha256 = "…"; }
  => «derivation …-zlib1g_1.3_amd64.deb»
  ```
*/
{
  busybox,
  lib,
  system,
}:
{ file, sha256 }:
derivation {
  name = lib.storeName file;
  inherit system file;
  builder = "${busybox}/bin/sh";
  args = [
    "-c"
    ''echo "$file is not in the Nix store: run 'jupyflake fetch' in the project" >&2; exit 1''
  ];
  outputHashMode = "flat";
  outputHashAlgo = "sha256";
  outputHash = sha256;
}
