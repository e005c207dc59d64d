/**
  A wheel of the lock by nixpkgs' own fetcher, so that a plain `nix build` needs nothing else.

  Where index files are, `fetchPypi` knows; no address stands in the lock or here. Two forms of a wheel's place are tried: the
  hashed one that an index lists, which every mirror serves, and the one that fetchPypi builds.

  # Example

  ```nix
  fetchWheel { file = "idna-3.10-py3-none-any.whl"; path = "packages/76/c6/…/idna-3.10-py3-none-any.whl"; sha256 = "…"; }
  ```
*/
{ pkgs }:
let
  inherit (builtins)
    elemAt
    filter
    head
    isString
    length
    split
    substring
    ;

  # The beginning of whatever fetchPypi makes of a wheel.
  host =
    let
      example = pkgs.fetchPypi {
        pname = "x";
        version = "0";
        format = "wheel";
        hash = pkgs.lib.fakeHash;
      };
    in
    head (split "packages/" (example.url or (head example.urls)));

  # As in `nix/debian`: what can't stand in a store name becomes `-`.
  storeName = (import ../debian/lib.nix).storeName;

  byName =
    file:
    let
      parts = filter isString (split "-" file);
      distribution = head parts;
      python = elemAt parts (length parts - 3);
    in
    "packages/${python}/${substring 0 1 distribution}/${distribution}/${file}";
in
{
  file,
  sha256,
  path ? null,
}:
pkgs.fetchurl {
  name = storeName file;
  urls = map (place: host + place) ((if path == null then [ ] else [ path ]) ++ [ (byName file) ]);
  inherit sha256;
}
