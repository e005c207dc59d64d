/**
  The library: what `jupyflake.lib` of the flake is.

  # Example

  ```nix
  outputs = { jupyflake, ... }: jupyflake.lib.mkFlake { src = ./.; };
  ```
*/
{
  debian = import ./debian;
  fromManifest = import ./manifest.nix;
  mkFlake = import ./flake.nix;
  withPkgs = import ./scope.nix;
}
