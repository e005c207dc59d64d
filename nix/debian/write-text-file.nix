/**
  A text as a file in the store.

  # Example

  ```nix
  writeTextFile {
    name = "hi";
    text = "#!/bin/sh\necho hi\n";
    executable = true;
    destination = "/bin/hi";
  }
  ```
*/
{ runCommand }:
{
  name,
  text,
  executable ? false,
  destination ? "",
  passthru ? { },
  meta ? { },
}:
runCommand name
  {
    inherit
      destination
      meta
      passthru
      text
      ;
    executable = if executable then "1" else "";
    passAsFile = [ "text" ];
  }
  ''
    target=$out$destination
    mkdir -p "''${target%/*}"
    cp "$textPath" "$target"
    if [ -n "$executable" ]; then chmod +x "$target"; fi
  ''
