/**
  Mozilla's certificate authorities as one bundle, as `update-ca-certificates` would write it.

  # Example

  ```nix
  "${cacert}/etc/ssl/certs/ca-bundle.crt"
  ```
*/
{
  getDeb,
  lib,
  runCommand,
}:
let
  package = getDeb "ca-certificates";
in
runCommand "cacert-${lib.storeName package.version}"
  {
    inherit package;
    passthru = {
      pname = "cacert";
      inherit (package) version;
    };
  }
  ''
    certificates=$out/etc/ssl/certs
    mkdir -p "$certificates"
    # The order of names, whatever the order of the directory.
    for file in "$package"/share/ca-certificates/mozilla/*.crt; do
      cat "$file"
      echo
    done >"$certificates/ca-bundle.crt"
    ln -s ca-bundle.crt "$certificates/ca-certificates.crt"
  ''
