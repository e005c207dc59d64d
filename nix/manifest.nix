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

  # One derivation a file: environments that agree on a wheel share it, on all Debian suites.
  wheelsOn =
    set:
    let
      inherit (functionsOf set) mkWheel;
      changes = give "wheelOverrides" wheelOverrides (set // functionsOf set);
    in
    listToAttrs (
      map (wheel: {
        name = wheel.file;
        value = changed changes.${wheel.name} or null (mkWheel {
          inherit (wheel) name version file size;
          inherit tests;
          src = set.fetchWheel {
            inherit (wheel) file sha256;
            path = wheel.path or null;
          };
        } // since wheel);
      }) (filter (line: !isSource line.file) lock.wheels)
    );

  # A package that is built from source is built anew for each environment: its Python and its build requirements are its own.
  isSource = file: builtins.match ".*[.]whl" file == null;
  sources = listToAttrs (
    map (line: {
      name = line.file;
      value = line;
    }) (filter (line: isSource line.file) lock.wheels)
  );
  builtFor =
    environment: file:
    let
      line = sources.${file};
      set = sets.${baseOf environment};
      scope = scopes.${baseOf environment};
    in
    changed (wheelOverrides (set // scope)).${line.name} or null (
      scope.mkWheel {
        inherit (line) name version size;
        inherit file tests;
        libraries =
          if buildToolsOf environment == [ ] then
            [ ]
          else
            (set.buildTools {
              names = buildToolsOf environment;
              python = null;
            }).libraries;
        src = sdistFor environment file { };
      }
      // since line
    );
  # Shell and image have the same wheels: what is tried in one is what runs in the other.
  tests = manifest.project.package-tests or false;

  sdistFor =
    environment: file: more:
    let
      line = sources.${file};
    in
    scopes.${baseOf environment}.mkSdist (
      {
        inherit (line) name version;
        inherit file;
        environment = pythonEnvironment "${environment}+${line.name}";
        tools = buildToolsOf environment;
        src = sets.${baseOf environment}.fetchWheel {
          inherit file;
          inherit (line) sha256;
          path = line.path or null;
        };
      }
      // more
    );
  # What the backends of these packages say, for whoever makes the lock.
  answers = mapAttrs (
    environment: files:
    listToAttrs (
      map (file: {
        inherit (sources.${file}) name;
        value = sdistFor environment file { ask = true; };
      }) (filter isSource files)
    )
  ) filesOf;
  # Which change of the lock brought it.
  since = line: { since = line.since or 0; };
  changed =
    change: wheel:
    if change == null then
      wheel
    else
      change wheel
      // {
        inherit (wheel)
          file
          pname
          since
          size
          version
          ;
      };
  debianBases = filter isDebian ([ (baseOf "jupyter") ] ++ bases);
  wheels = {
    debian = wheelsOn sets.${head debianBases};
    nixpkgs = wheelsOn sets.nixpkgs;
  };

  # Environment → the files that it takes on this system, in one pass over the lock.
  filesOf = mapAttrs (_: map (pair: pair.file)) (
    groupBy (pair: pair.environment) (
      concatMap (
        wheel:
        map (environment: {
          inherit environment;
          inherit (wheel) file;
        }) (filter (environment: elem system wheel.use.${environment}) (attrNames wheel.use))
      ) lock.wheels
    )
  );
  wheelsOf =
    environment:
    let
      from = if isDebian (baseOf environment) then wheels.debian else wheels.nixpkgs;
    in
    map (file: if isSource file then builtFor environment file else from.${file}) (filesOf.${environment} or [ ]);

  # A wheel's store paths, on the bases whose environments take it on this system: what mkImage lists.
  wheelContents =
    wheel:
    map (base: {
      inherit (wheel)
        file
        name
        sha256
        version
        ;
      kind = "wheel";
      path = baseNameOf (
        builtins.unsafeDiscardStringContext (wheels.${base}.${wheel.file}).outPath
      );
    }) (
      attrNames (
        groupBy (environment: if isDebian (baseOf environment) then "debian" else "nixpkgs") (
          filter (environment: elem system wheel.use.${environment}) (attrNames wheel.use)
        )
      )
    );

  # What stands before the "+" of an environment in which a package is built is the one that it is built for.
  forBuilds =
    name: python:
    let
      parts = builtins.match "([^+]*)[+].*" name;
      names = buildToolsOf (head parts);
    in
    if parts == null || names == [ ] then
      python
    else
      (sets.${baseOf name}.buildTools { inherit names python; }).python;
  buildToolsOf = environment: lock.environments.${environment}.build-tools or [ ];

  pythonEnvironment =
    name:
    let
      inherit (lock.environments.${name}) python;
      base = baseOf name;
      interpreter = "python${builtins.replaceStrings [ "." ] [ "" ] python}";
    in
    scopes.${base}.mkPythonEnvironment {
      name = builtins.replaceStrings [ "+" ] [ "-build-" ] name;
      python = forBuilds name (
        sets.${base}.${interpreter} or (throw "${base} has no Python ${python}: change `python` of ${name} in jupyter.toml and run `jupyflake lock`")
      );
      wheels = wheelsOf name;
      # What the language itself is made of has nothing that a wheel would load.
      libraries = toolsOf name ((manifest.kernels.${name} or { }).tools or [ ]);
      allowMissing =
        (if name == "jupyter" then manifest.jupyter or { } else manifest.kernels.${name} or { })
        .missing-libraries or [ ];
    };

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
    name:
    if lock.environments.${name} ? python then { environment = pythonEnvironment name; } else { };

  kernelFor =
    name: kernel:
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
        // withPython name
      )
    else if language == "r" then
      scope.languages.r (
        { packages = map sets.${baseOf name}.getRPackage lock.environments.${name}.packages; } // common name kernel
      )
    else
      (scope.languages.${language}
        or (throw "the kernel \"${name}\" is of the unknown language \"${language}\": there are ${concatStringsSep ", " (attrNames scope.languages)}")
      )
        (common name kernel // withPython name);

  fromLock = mapAttrs (
    name: kernel:
    if !(lock.environments ? ${name}) then
      throw "the kernel \"${name}\" is not in jupyter.lock: run `jupyflake lock`"
    else
      kernelFor name kernel
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

  environmentsOf =
    kernels:
    mapAttrs (_: kernel: if kernel.environment == null then kernel else kernel.environment) kernels
    // {
      jupyter = pythonEnvironment "jupyter";
    };
  environments = environmentsOf kernels;

  # The manifest's kernels in its order, which only the lock has kept, then those written in Nix.
  ordered = map (name: kernels.${name}) (
    filter (name: kernels ? ${name}) lock.kernels
    ++ filter (name: !elem name lock.kernels) (attrNames kernels)
  );

  config = functions.mkJupyterConfig {
    environment = environments.jupyter;
    kernels = ordered;
    settings = manifest.jupyter.settings or { };
    overrides = manifest.jupyter.overrides or { };
  };

  jupyter = functions.mkJupyter {
    inherit config;
    environment = environments.jupyter;
    tools = toolsOf "jupyter" (lock.environments.jupyter.tools or [ ]);
  };

  shell = functions.mkShell {
    inherit jupyter;
    tools = toolsOf "shell" (manifest.shell.tools or [ ]);
    env = manifest.shell.env or { };
  };

  # One shell a kernel, in which its own programs come first.
  kernelShells = mapAttrs (
    name: kernel:
    functions.mkShell {
      inherit jupyter;
      tools = [ environments.${name} ] ++ kernelTools name;
      env = (manifest.kernels.${name} or { }).env or { };
    }
  ) kernels;
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
      kernels = ordered;
      tools = toolsOf "image" (image'.tools or [ ]);
      components = concatMap (base: sets.${base}.contents) bases ++ concatMap wheelContents lock.wheels;
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
