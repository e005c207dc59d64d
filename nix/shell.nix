{
  lib,
  system,
  runCommand,
  bashInteractive,
  coreutils,
}:
/**
  The development shell: `jupyter` and tools on `PATH`, the immutable configuration, state in `.jupyter` of the project.

  For `nix develop`; the result also holds `activate`, a POSIX script that does the same in any shell, and `config`.

  # Example

  ```nix
  mkShell { inherit jupyter; tools = [ git ]; }
  ```

  # Arguments

  - `jupyter`: result of `mkJupyter`
  - `tools`: packages whose programs come first on `PATH`
  - `env`: attribute set of strings
*/
{
  jupyter,
  tools ? [ ],
  env ? { },
}:
let
  inherit (jupyter) config;
  path = lib.makeBinPath ([ jupyter ] ++ tools);

  exports = lib.concatStringsSep "\n" (
    lib.mapAttrsToList (name: value: "export ${name}=${lib.escapeShellArg value}") (
      config.environmentOf config // env
    )
  );

  activate =
    runCommand "activate"
      {
        inherit exports path;
        state = ./state.sh;
        passAsFile = [ "exports" ];
      }
      ''
        {
          echo "export PATH=$path\''${PATH:+:\$PATH}"
          cat "$exportsPath"
          echo
          cat "$state"
        } > "$out"
      '';
in
# A plain derivation: `nix develop` asks for a builder called bash and sources shellHook; no stdenv is needed for that.
derivation {
  inherit system activate config;
  name = "jupyter-shell";
  builder = "${bashInteractive}/bin/bash";
  args = [
    "-c"
    # bash must end last: it would become ln, which closes its output before it ends, and Nix kills a builder that does.
    ''${coreutils}/bin/mkdir "$out" && ${coreutils}/bin/ln -s "$activate" "$out/activate" && ${coreutils}/bin/ln -s "$config" "$out/config" && :''
  ];
  outputs = [ "out" ];
  shellHook = ''. "$activate"'';
}
// {
  inherit activate jupyter;
}
