{
  lib,
  runCommand,
  bashInteractive,
}:
/**
  Derivations that build only where a project works: `kernels`, `notebooks`, `config`.

  They run in Nix' sandbox, with the server's own Python and without a network: `kernels` starts each kernel and has it
  answer, `notebooks` executes notebooks in copies of the project, `config` has the server read its configuration.

  # Example

  ```nix
  (mkChecks { inherit jupyter; src = ./.; notebooks = [ "first.ipynb" ]; }).notebooks
  ```

  # Arguments

  - `jupyter`: result of `mkJupyter`
  - `src`: the project's directory, which notebooks may read from
  - `notebooks`: list of paths in it
  - `compare`: those of them whose saved text outputs must come out again
  - `timeout`: seconds that one cell, or the start of a kernel, may take

  Sources: jupyter_client "KernelManager", nbclient "Executing notebooks".
*/
{
  jupyter,
  src ? null,
  notebooks ? [ ],
  compare ? [ ],
  timeout ? 300,
}:
let
  inherit (builtins) filter elem isString;

  inherit (jupyter) config environment;

  check =
    name: attributes: command:
    runCommand "check-${name}"
      (
        config.environmentOf config
        // {
          inherit jupyter;
          sh = "${bashInteractive}/bin/bash";
          withShell = ./checks/with-shell.sh;
          python = "${environment}/bin/python3";
          timeout = toString timeout;
        }
        // attributes
      )
      ''
        export HOME=$NIX_BUILD_TOP/home TMPDIR=$NIX_BUILD_TOP JUPYFLAKE_STATE=$NIX_BUILD_TOP/state
        export JUPYTER_CONFIG_DIR=$HOME/config JUPYTER_DATA_DIR=$HOME/data JUPYTER_RUNTIME_DIR=$NIX_BUILD_TOP/r
        export IPYTHONDIR=$HOME/ipython MPLCONFIGDIR=$HOME/matplotlib PYTHONDONTWRITEBYTECODE=1
        mkdir -p "$HOME"
        . "$withShell"
        ${command}
      '';

  # What a notebook may read; not what was built there.
  project = builtins.path {
    name = "project";
    path = if isString src then /. + src else src;
    filter =
      path: _:
      !(
        elem (baseNameOf path) [
          ".git"
          ".jupyter"
        ]
        || lib.hasPrefix "result" (baseNameOf path)
      );
  };

  strange = filter (notebook: !elem notebook notebooks) compare;
in
assert lib.assertMsg (strange == [ ])
  "mkChecks: \"${builtins.head strange}\" is to be compared, but is not among the notebooks: add it to `notebooks` under [check]";
{
  config = check "config" { script = ./checks/config.py; } ''
    "$jupyter/bin/jupyter-lab" --show-config-json > "$out" 2> messages || { cat messages >&2; exit 1; }
    "$python" -I "$script" "$JUPYTER_PATH" messages
  '';

  kernels = check "kernels" { script = ./checks/kernels.py; } ''
    with_shell "$python" -I "$script" "$timeout" > log || { cat log >&2; exit 1; }
    cat log
    cp log "$out"
  '';

  notebooks =
    if notebooks == [ ] then
      # Listed, so that `nix flake show` is the same for all projects.
      check "notebooks" { } ''echo "no notebooks are listed under [check]" > "$out"''
    else
      check "notebooks"
        {
          script = ./checks/notebooks.py;
          inherit project;
          notebooks = builtins.toJSON notebooks;
          compare = builtins.toJSON compare;
          passAsFile = [
            "notebooks"
            "compare"
          ];
        }
        ''
          cp -R "$project" work
          chmod -R u+w work
          cd work
          with_shell "$python" -I "$script" "$timeout" "$notebooksPath" "$comparePath" "$out"
        '';
}
