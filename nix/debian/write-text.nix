/**
  A text as a store path that is the file itself.

  # Example

  ```nix
  writeText "motd" "welcome"
  => «derivation …-motd»
  ```
*/
{ writeTextFile }: name: text: writeTextFile { inherit name text; }
