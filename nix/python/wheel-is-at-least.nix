{ lib }:

/**
  Tell whether an environment has a package in a version, or a later one.

  # Example

  ```nix
  wheelIsAtLeast "ipykernel" "7.4" environment
  ```

  # Type

  ```
  wheelIsAtLeast :: String -> String -> Derivation -> Bool
  ```
*/
pname: version: environment:
lib.any (wheel: wheel.pname == pname && builtins.compareVersions wheel.version version >= 0) (
  environment.wheels or [ ]
)
