/**
  Everything that a project's `jupyter.toml` and `jupyter.lock` describe, for one system.

  The one file that knows what stands in a lock.

  # Example

  ```nix
  (fromManifest { src = ./.; system = "x86_64-linux"; }).image
  ```

  # Arguments

  - `src`: the project's directory
  - `system`: the target system
  - `checkLock`: whether a lock that is older than the manifest is refused
  - `extraKernels`: function from the functions of the project's base (`mkKernel`, …), the base itself, and the manifest's
    `environments`, to an attribute set of further kernels: results of `mkKernel`, packages with a kernelspec, interpreters that
    have ipykernel
  - `wheelOverrides`: function from the same set to an attribute set of functions, which change the wheel of their name
  - `overlay`: function that replaces functions of the library: as they will be, as they were, to those that are others
  - `nixpkgs`: a nixpkgs, for the base of that name: a flake, a path, packages, or a function from a system to packages

  Only what the asked-for attribute needs is evaluated: on the Debian base never `nixpkgs`.

  # Result

  `answers` (of build backends), `kernels`, `environments`, `kernelShells` (attribute sets by name), `checks`, `config`, `jupyter`, `shell`, `image`, `pkgs`,
  `functions`.
*/
{
  src,
  system,
  checkLock ? true,
  extraKernels ? _: { },
  wheelOverrides ? _: { },
  overlay ? _: _: { },
  nixpkgs ? import ./nixpkgs/pinned.nix { },
}:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    elem
    filter
    groupBy
    head
    intersectAttrs
    listToAttrs
    mapAttrs
    pathExists
    substring
    ;

  give = import ./give.nix;

  project = import ./project.nix { inherit src; };
  inherit (project) manifest;
  lock = project.lockFor { inherit system checkLock; };

  pick = keys: intersectAttrs (listToAttrs (map (name: { inherit name; value = null; }) keys));
  image' = manifest.image or { };

  baseOf = environment: lock.environments.${environment}.base;
  isDebian = base: substring 0 7 base == "debian/";
  bases = attrNames (groupBy baseOf (attrNames lock.environments));

  here = filter (line: line.system == system);
  sets = listToAttrs (
    map (base: {
      name = base;
      value =
        if isDebian base then
          let
            suite = substring 7 (-1) base;
          in
          import ./debian {
            inherit suite system;
            debs = here (filter (deb: deb.suite == suite) lock.debs);
            bootstrap = here lock.bootstrap;
          }
        else if base == "nixpkgs" then
          import ./nixpkgs { pkgs = import ./nixpkgs/packages.nix { inherit nixpkgs system; }; }
        else
          throw "jupyter.lock has the unknown base \"${base}\": run `jupyflake lock`";
    }) bases
  );

  pkgs = sets.${baseOf "jupyter"};
  functionsOf =
    base:
    import ./scope.nix {
      inherit base overlay;
    };
  functions = functionsOf pkgs;

  # Shell and everyday programs come from the server's base, whichever has the kernel's interpreter.
  scopes = mapAttrs (
    _: set:
    functionsOf (
      set
      // {
        inherit (pkgs) bashInteractive coreutils;
      }
    )
  ) sets;

  toolsOf = environment: map (tool: sets.${baseOf environment}.getPackage tool);

  inherit
    (import ./wheels.nix {
      inherit
        baseOf
        functionsOf
        isDebian
        lock
        manifest
        scopes
        sets
        sources
        system
        toolsOf
        wheelOverrides
        ;
    })
    answers
    contents
    editableEnvironment
    pythonEnvironment
    ;
  sources = import ./sources.nix { inherit src; };

  displayName = kernel: if kernel ? display-name then { displayName = kernel.display-name; } else { };

  # What the manifest says of a kernel, for the function that makes it.
  common =
    name: kernel:
    {
      inherit name;
      tools = toolsOf name (kernel.tools or [ ]);
      env = kernel.env or { };
      metadata = kernel.metadata or { };
    }
    // displayName kernel;
  withPython =
    name: environmentOf:
    if lock.environments.${name} ? python then { environment = environmentOf name; } else { };

  kernelFor =
    environmentOf: name: kernel:
    let
      scope = scopes.${baseOf name};
      inherit (lock.environments.${name}) language;
    in
    if kernel ? argv then
      scope.mkProgramKernel (
        {
          inherit language;
          inherit (kernel) argv;
          interruptMode = kernel.interrupt-mode or "signal";
        }
        // common name kernel
        // withPython name environmentOf
      )
    else if language == "r" then
      scope.languages.r (
        { packages = map sets.${baseOf name}.getRPackage lock.environments.${name}.packages; } // common name kernel
      )
    else
      (scope.languages.${language}
        or (throw "the kernel \"${name}\" is of the unknown language \"${language}\": there are ${concatStringsSep ", " (attrNames scope.languages)}")
      )
        (common name kernel // withPython name environmentOf);

  fromLock = mapAttrs (
    name: kernel:
    if !(lock.environments ? ${name}) then
      throw "the kernel \"${name}\" is not in jupyter.lock: run `jupyflake lock`"
    else
      kernelFor pythonEnvironment name kernel
  ) (manifest.kernels or { });

  # What mkKernel gives, or a package that has a kernelspec, or an interpreter that has ipykernel.
  asKernel =
    name: value:
    if value ? kernelName && value.kernelName != name then
      throw "extraKernels: the kernel \"${name}\" calls itself \"${value.kernelName}\": give it one name"
    else if value ? kernelName then
      value
    else if value ? pythonVersion then
      functions.languages.python {
        inherit name;
        environment = value;
      }
    else
      functions.mkKernelFrom {
        inherit name;
        package = value;
      };
  fromNix = mapAttrs asKernel (
    give "extraKernels" extraKernels (pkgs // functions // { environments = environmentsOf fromLock; })
  );

  twice = attrNames (intersectAttrs fromNix fromLock);
  kernels =
    if twice == [ ] then
      fromLock // fromNix
    else
      throw "the kernel \"${head twice}\" is in jupyter.toml and in extraKernels: rename one of them";

  # In the shell, what is edited is imported from where it stands.
  inShell =
    kernels
    // mapAttrs (name: kernelFor editableEnvironment name) (
      filterAttrs (name: kernel: kernel.editable or [ ] != [ ]) (manifest.kernels or { })
    );
  filterAttrs =
    keep: set: removeAttrs set (filter (name: !keep name set.${name}) (attrNames set));

  environmentsOf =
    kernels:
    mapAttrs (_: kernel: if kernel.environment == null then kernel else kernel.environment) kernels
    // {
      jupyter = pythonEnvironment "jupyter";
    };
  environments = environmentsOf kernels;

  # The manifest's kernels in its order, which only the lock has kept, then those written in Nix.
  ordered =
    kernels:
    map (name: kernels.${name}) (
      filter (name: kernels ? ${name}) lock.kernels
      ++ filter (name: !elem name lock.kernels) (attrNames kernels)
    );

  configOf = kernels: functions.mkJupyterConfig {
    environment = environments.jupyter;
    kernels = ordered kernels;
    settings = manifest.jupyter.settings or { };
    overrides = manifest.jupyter.overrides or { };
  };

  config = configOf kernels;

  jupyterOf = config: functions.mkJupyter {
    inherit config;
    environment = environments.jupyter;
    tools = toolsOf "jupyter" (lock.environments.jupyter.tools or [ ]);
  };

  jupyter = jupyterOf config;
  jupyterInShell = jupyterOf (configOf inShell);

  shell = functions.mkShell {
    jupyter = jupyterInShell;
    tools = toolsOf "shell" (manifest.shell.tools or [ ]);
    env = manifest.shell.env or { };
  };

  # One shell a kernel, in which its own programs come first.
  kernelShells = mapAttrs (
    name: kernel:
    functions.mkShell {
      jupyter = jupyterInShell;
      tools = [ (environmentsOf inShell).${name} ] ++ kernelTools name;
      env = (manifest.kernels.${name} or { }).env or { };
    }
  ) inShell;
  kernelTools =
    name:
    if lock.environments ? ${name} then toolsOf name (lock.environments.${name}.tools or [ ]) else [ ];

  checks = functions.mkChecks (
    {
      inherit jupyter src;
    }
    // pick [ "compare" "notebooks" "timeout" ] (manifest.check or { })
  );

  # A file or directory of the project, by a name that doesn't depend on where the project is.
  copied =
    target: source:
    if !pathExists (src + "/${source}") then
      throw "jupyter.toml: extra-paths.\"${target}\" of [image] names ${source}, which is not in the project (an untracked file is invisible to Nix: `git add -N ${source}`)"
    else
      builtins.path {
        path = src + "/${source}";
        name = baseNameOf target;
      };
  image = functions.mkImage (
    {
      inherit jupyter config;
      name = image'.name or manifest.project.name;
      kernels = ordered kernels;
      tools = toolsOf "image" (image'.tools or [ ]);
      components = concatMap (base: sets.${base}.contents) bases ++ contents;
    }
    // pick [ "compression" "created" "env" "labels" "ports" "tag" "user" ] image'
    // (if image' ? max-layers then { maxLayers = image'.max-layers; } else { })
    // (if image' ? extra-paths then { extraPaths = mapAttrs copied image'.extra-paths; } else { })
  );
in
{
  inherit
    answers
    checks
    config
    environments
    functions
    image
    jupyter
    kernelShells
    kernels
    manifest
    pkgs
    shell
    ;
}
