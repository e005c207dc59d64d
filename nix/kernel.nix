{
  lib,
  runCommand,
}:
/**
  A kernelspec directory: `kernel.json` and logos.

  Every path in it is absolute, so the kernel runs from any server. Values of `env` are taken as they are: the `$` that
  jupyter_client would substitute is escaped. `path` comes before the server's own `PATH`.

  # Example

  ```nix
  mkKernel {
    name = "py313";
    displayName = "Python 3.13";
    language = "python";
    argv = [ "${environment}/bin/python3.13" "-m" "ipykernel_launcher" "-f" "{connection_file}" ];
  }
  ```

  # Arguments

  - `name`: kernel name, `[a-z0-9][a-z0-9._-]*`
  - `displayName`, `language`: strings, as in `kernel.json`
  - `argv`: list of strings; `argv[0]` is an absolute path
  - `env`: attribute set of strings
  - `path`: list of packages whose `bin` comes first on `PATH`
  - `interruptMode`: `"signal"` or `"message"`
  - `metadata`: attribute set
  - `logos`: list of files (`logo-32x32.png`, `logo-64x64.png`, `logo-svg.svg`)
  - `environment`: what the kernel runs in, for `passthru`

  Source: jupyter_client, "Kernel specs".
*/
{
  name,
  displayName,
  language,
  argv,
  env ? { },
  path ? [ ],
  interruptMode ? "signal",
  metadata ? { },
  logos ? [ ],
  environment ? null,
}:
let
  inherit (builtins)
    elem
    head
    match
    replaceStrings
    toJSON
    ;

  literal = value: replaceStrings [ "$" ] [ "$$" ] "${value}";

  spec = {
    inherit argv language;
    display_name = displayName;
    interrupt_mode = interruptMode;
    env =
      builtins.mapAttrs (_: literal) env
      // lib.optionalAttrs (path != [ ]) { PATH = "${lib.makeBinPath path}:\${PATH}"; };
    metadata = metadata;
  };
in
if match "[a-z0-9][a-z0-9._-]*" name == null then
  throw "mkKernel: \"${name}\" is no kernel name: use lower-case letters, digits, '.', '_' and '-', a letter or digit first"
else if name == "python" then
  # jupyter_client, KernelManager._kernel_name_changed
  throw "mkKernel: Jupyter takes the kernel name \"python\" for \"python3\", and would not find it: call it \"python3\""
else if
  !elem interruptMode [
    "signal"
    "message"
  ]
then
  throw "mkKernel: interruptMode of kernel \"${name}\" is \"${interruptMode}\": use \"signal\" or \"message\""
else if argv == [ ] || !lib.hasPrefix "/" (head argv) then
  throw "mkKernel: argv of kernel \"${name}\" must begin with an absolute path, or the server would run its own program"
else
  runCommand "kernel-${name}"
    {
      spec = toJSON spec;
      passAsFile = [ "spec" ];
      inherit logos;
      passthru = {
        inherit
          argv
          displayName
          environment
          interruptMode
          language
          logos
          metadata
          ;
        inherit (spec) env;
        kernelName = name;
      };
    }
    ''
      mkdir -p "$out"
      cp "$specPath" "$out/kernel.json"
      for logo in $logos; do
        cp "$logo" "$out/"
      done
      chmod -R u+w "$out"
    ''
