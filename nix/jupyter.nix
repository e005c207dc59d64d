{
  lib,
  runCommand,
  bashInteractive,
  cacert,
  makeFontsConf,
  dejavu_fonts,
}:
/**
  The wrapped `jupyter` command: finds all its subcommands, uses the given configuration and nothing of the user's.

  Every `jupyter*` program of the environment is there under its own name.

  # Example

  ```nix
  mkJupyter { inherit environment config; }
  ```

  # Arguments

  - `environment`: the server's Python environment
  - `config`: result of `mkJupyterConfig`
  - `tools`: packages whose programs the server, its extensions and its terminals find on `PATH`
*/
{
  environment,
  config,
  tools ? [ ],
}:
let
  exports = lib.concatStringsSep "\n" (
    lib.mapAttrsToList (name: value: "export ${name}=${lib.escapeShellArg value}") (
      config.environmentOf config
    )
  );
in
runCommand "jupyter"
  {
    inherit environment exports;
    path = lib.makeBinPath tools;
    fonts = makeFontsConf { fontDirectories = [ dejavu_fonts ]; };
    certificates = "${cacert}/etc/ssl/certs/ca-bundle.crt";
    bash = "${bashInteractive}/bin/bash";
    state = ./state.sh;
    wrapper = ./jupyter.sh;
    passAsFile = [ "exports" ];
    passthru = { inherit config environment; };
  }
  ''
    mkdir -p "$out/bin" "$out/libexec"
    {
      echo "#!$bash"
      echo "environment=$environment"
      [ -z "$path" ] || echo "export PATH=\"$path\''${PATH:+:\$PATH}\""
      echo "fonts=$fonts"
      echo "certificates=$certificates"
      cat "$exportsPath"
      echo
      cat "$state" "$wrapper"
    } > "$out/libexec/jupyter"
    chmod 555 "$out/libexec/jupyter"
    for program in "$environment"/bin/jupyter*; do
      ln -s ../libexec/jupyter "$out/bin/''${program##*/}"
    done
  ''
