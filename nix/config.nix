{
  lib,
  runCommand,
  wheelIsAtLeast,
  bashInteractive,
}:
/**
  The immutable configuration of a server: its kernels, settings and Lab defaults.

  The result's `passthru.environment` holds the variables that make any `jupyter` use it. Only the kernels given here
  are listed; the server's own Python is no kernel. What their environments have for Lab to show widgets and other output is linked
  beside them, the first kernel's where several have it.

  # Example

  ```nix
  mkJupyterConfig { inherit environment; kernels = [ py313 r ]; settings."ServerApp.root_dir" = "notebooks"; }
  ```

  # Arguments

  - `environment`: the server's Python environment
  - `kernels`: list of kernels (`mkKernel`); the first is the default one
  - `settings`: traitlets settings, `"Class.trait"` to value, or a table per class
  - `overrides`: JupyterLab's settings overrides, plugin id to settings

  Sources: jupyter_core "Config directories", jupyterlab "overrides.json".
*/
{
  environment,
  kernels,
  settings ? { },
  overrides ? { },
}:
let
  inherit (builtins)
    attrNames
    elemAt
    head
    isAttrs
    match
    toJSON
    ;

  names = map (kernel: kernel.kernelName) kernels;

  # What a kernel's widgets have for the browser is beside the kernel's packages, where the server doesn't look.
  environments = lib.unique (
    map (kernel: "${kernel.environment}") (
      builtins.filter (kernel: kernel.environment or null != null) kernels
    )
  );

  # Kernels that can encrypt do; before 8.10 jupyter_client doesn't know the setting and says so at each start.
  encryption = lib.optionalAttrs (wheelIsAtLeast "jupyter-client" "8.10" environment) {
    KernelManager.transport_encryption = "auto";
    MappingKernelManager.transport_encryption = "auto";
  };

  # "ServerApp.root_dir" and a table [ServerApp] mean the same.
  nested = builtins.foldl' (
    tree: key:
    let
      dotted = match "([A-Za-z_0-9]+)[.](.+)" key;
      value = settings.${key};
    in
    lib.recursiveUpdate tree (
      if dotted != null then
        { ${elemAt dotted 0} = { ${elemAt dotted 1} = value; }; }
      else if isAttrs value then
        { ${key} = value; }
      else
        throw "mkJupyterConfig: setting \"${key}\" has no class: write \"Class.trait\", as in \"ServerApp.root_dir\""
    )
  ) { } (attrNames settings);

  # Every Jupyter program reads jupyter_config, so nbconvert and console see the same kernels as the server.
  common = encryption // {
    KernelSpecManager = {
      allowed_kernelspecs = names;
      ensure_native_kernel = false;
    };
    MultiKernelManager.default_kernel_name = head names;
  };

  server = lib.recursiveUpdate {
    LabApp = {
      check_for_updates_class = "jupyterlab.NeverCheckForUpdate";
      # An extension installed from the browser would not be in the lock.
      extension_manager = "readonly";
      news_url = null;
    };
  } nested;
in
if kernels == [ ] then
  throw "mkJupyterConfig: there is no kernel: add one to jupyter.toml, as in [kernels.python3]"
else if lib.unique names != names then
  throw "mkJupyterConfig: two kernels have one name among ${lib.concatStringsSep ", " names}: rename one"
else
  runCommand "jupyter-config"
    {
      inherit
        names
        kernels
        environment
        environments
        ;
      common = toJSON common;
      server = toJSON server;
      overrides = toJSON overrides;
      page = toJSON {
        disabledExtensions."@jupyterlab/apputils-extension:announcements" = true;
      };
      python = builtins.replaceStrings [ "@shell@" ] [ "${bashInteractive}/bin/bash" ] (
        builtins.readFile ./config.py
      );
      passAsFile = [
        "common"
        "overrides"
        "page"
        "python"
        "server"
      ];
      passthru = {
        inherit kernels;
        # Values name the result itself: mkJupyter, mkShell and mkImage export them.
        environmentOf = config: {
          JUPYTERLAB_DIR = "${config}/share/jupyter/lab";
          JUPYTER_CONFIG_PATH = "${config}/etc/jupyter";
          JUPYTER_PATH = "${config}/share/jupyter";
        };
      };
    }
    ''
      etc=$out/etc/jupyter
      lab=$out/share/jupyter/lab
      mkdir -p "$etc/labconfig" "$lab/settings" "$out/share/jupyter/kernels"
      cp "$commonPath" "$etc/jupyter_config.json"
      cp "$serverPath" "$etc/jupyter_server_config.json"
      cp "$pythonPath" "$etc/jupyter_server_config.py"
      cp "$pagePath" "$etc/labconfig/page_config.json"
      cp "$overridesPath" "$lab/settings/overrides.json"
      for part in static schemas themes; do
        if [ -e "$environment/share/jupyter/lab/$part" ]; then
          ln -s "$environment/share/jupyter/lab/$part" "$lab/$part"
        fi
      done
      set -- $kernels
      for name in $names; do
        ln -s "$1" "$out/share/jupyter/kernels/$name"
        shift
      done
      # Of a kernel's extensions those that show what it prints, and the server's own first: others need a server's part.
      mine=share/jupyter/labextensions
      for each in $environments; do
        for about in "$each/$mine"/*/package.json "$each/$mine"/@*/*/package.json; do
          if [ -e "$about" ] && { grep -q '"mimeExtension"' "$about" || grep -rq '@jupyter-widgets/base' "''${about%/*}"; }; then
            name=''${about#"$each/$mine/"}
            name=''${name%/package.json}
            if [ ! -e "$environment/$mine/$name" ] && [ ! -e "$out/$mine/$name" ]; then
              mkdir -p "$out/$mine/''${name%"''${name##*/}"}"
              ln -s "$each/$mine/$name" "$out/$mine/$name"
            fi
          fi
        done
      done
      chmod -R u+w "$out"
    ''
