/**
  Build a store path with a POSIX shell script. The attributes are its environment; `passthru` and
  `meta` stay out of the build and are merged into the result; `nativeBuildInputs` come first on
  PATH.

  # Example

  ```nix
  runCommand "greeting" { text = "hello"; } ''echo "$text" >"$out"''
  ```

  # Type

  ```
  runCommand :: String -> AttrSet -> String -> Derivation
  ```
*/
{
  busybox,
  lib,
  patchelf,
  system,
}:
name: attributes: script:
let
  nativeBuildInputs = attributes.nativeBuildInputs or [ ];
  environment = builtins.removeAttrs attributes [
    "meta"
    "nativeBuildInputs"
    "passthru"
  ];
in
derivation (
  environment
  // {
    inherit name system;
    builder = "${busybox}/bin/sh";
    args = [
      "-eu"
      ./run-command.sh
    ];
    PATH = lib.makeBinPath (
      nativeBuildInputs
      ++ [
        busybox
        patchelf
      ]
    );
    buildCommand = script;
    passAsFile = [ "buildCommand" ] ++ environment.passAsFile or [ ];
  }
)
// attributes.passthru or { }
// lib.optionalAttrs (attributes ? meta) { inherit (attributes) meta; }
