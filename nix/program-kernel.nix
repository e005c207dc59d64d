{
  lib,
  mkKernel,
  runCommand,
  bashInteractive,
  coreutils,
}:
/**
  A kernel whose program is found by its name in the kernel's own packages, when it is built.

  # Example

  ```nix
  mkProgramKernel {
    name = "forth";
    language = "forth";
    argv = [ "python" "-m" "forth_kernel" "-f" "{connection_file}" ];
    environment = mkPythonEnvironment { … };
    tools = [ gforth ];
  }
  ```

  # Arguments

  - `argv`: list of strings; `argv[0]` is the name of a program of `environment` or `tools`, or an absolute path. In all of them,
    in `env` and in `logos`, `@name@` is the path of the environment's wheel of that name
  - `environment`: a Python environment; null for a kernel that needs none
  - `tools`: packages whose programs the kernel finds on `PATH`
  - `displayName`, `language`, `interruptMode`: as in `mkKernel`
  - the rest: see `mkKernel`
*/
{
  name,
  displayName ? name,
  language,
  argv,
  environment ? null,
  tools ? [ ],
  env ? { },
  interruptMode ? "signal",
  metadata ? { },
  logos ? [ ],
}:
let
  inherit (builtins)
    head
    mapAttrs
    match
    replaceStrings
    tail
    ;

  hasPython = environment != null && environment ? pythonVersion;
  packages = (if environment == null then [ ] else [ environment ]) ++ tools;

  wheels = if hasPython then environment.wheels or [ ] else [ ];
  filled = replaceStrings (map (wheel: "@${wheel.pname}@") wheels) (map (wheel: "${wheel}") wheels);

  program = head argv;
  found =
    if lib.hasPrefix "/" program then
      program
    else if match "python(3|3[.][0-9]+)?" program == null then
      "${launcher}/bin/${program}"
    else if hasPython then
      "${environment}/bin/python${environment.pythonVersion}"
    else
      throw "mkProgramKernel: kernel \"${name}\" is to start ${program} and has no Python environment: pass `environment`";

  # It replaces itself by the program, so that signals reach that.
  launcher =
    runCommand "program-${name}"
      {
        inherit program;
        kernel = name;
        path = lib.makeBinPath packages;
        shell = "${bashInteractive}/bin/bash";
      }
      ''
        set -f
        IFS=:
        for directory in $path; do
          if [ -x "$directory/$program" ]; then
            mkdir -p "$out/bin"
            {
              echo "#!$shell"
              echo "exec '$directory/$program' \"\$@\""
            } > "$out/bin/$program"
            chmod 555 "$out/bin/$program"
            exit 0
          fi
        done
        echo "error: kernel $kernel: none of its packages and tools has the program $program" >&2
        echo "  try: tools = [\"…\"] under [kernels.$kernel] with the package that has it, or another program in argv" >&2
        exit 1
      '';
in
assert lib.assertMsg (argv != [ ] && match "[^/]+|/.+" program != null)
  "mkProgramKernel: argv of kernel \"${name}\" must begin with a program's name or absolute path, as in [ \"python\" \"-m\" … ]";
mkKernel {
  inherit
    name
    displayName
    language
    interruptMode
    metadata
    environment
    ;
  argv = [ found ] ++ map filled (tail argv);
  env =
    # Empty is unset for Python: nothing of the server's or the user's Python may leak in.
    lib.optionalAttrs hasPython {
      PYTHONHOME = "";
      PYTHONPATH = "";
    }
    // mapAttrs (_: filled) env;
  path = packages ++ [
    coreutils
    bashInteractive
  ];
  logos = map filled logos;
}
