/**
  Everything that a project's `jupyter.toml` and `jupyter.lock` describe, for one system.

  The one file that knows the lock's format, and the one that reads the disk.

  # Example

  ```nix
  (fromManifest { src = ./.; system = "x86_64-linux"; }).image
  ```

  # Arguments

  - `src`: the project's directory
  - `system`: the target system
  - `checkLock`: whether a lock that is older than the manifest is refused
  - `extraKernels`: function from the functions of the project's base (`mkKernel`, …) and the base itself to an attribute set of
    further kernels

  # Result

  `kernels`, `environments` (attribute sets by name), `config`, `jupyter`, `shell`, `image`, `pkgs`, `functions`.
*/
{
  src,
  system,
  checkLock ? true,
  extraKernels ? _: { },
}:
let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    filter
    fromJSON
    fromTOML
    hashString
    intersectAttrs
    listToAttrs
    mapAttrs
    pathExists
    readFile
    substring
    stringLength
    toJSON
    ;

  manifestFile = src + "/jupyter.toml";
  lockFile = src + "/jupyter.lock";

  manifest =
    if pathExists manifestFile then
      fromTOML (readFile manifestFile)
    else
      throw "there is no jupyter.toml in the project (an untracked file is invisible to Nix: `git add -N jupyter.toml`)";

  lock =
    if pathExists lockFile then
      checked (fromJSON (readFile lockFile))
    else
      throw "there is no jupyter.lock in the project: run `jupyflake lock` (and, in a git repository, `git add -N jupyter.lock`)";

  checked =
    given:
    if given.version or 0 != 1 then
      throw "jupyter.lock has format ${toString (given.version or 0)}, this jupyflake reads format 1: update the flake's input `jupyflake`"
    else if checkLock && given.manifest != digest then
      throw "jupyter.lock is older than jupyter.toml: run `jupyflake lock`"
    else if !elem system given.systems then
      throw "jupyter.lock covers ${concatStringsSep ", " given.systems}, not ${system}: add it to `systems` under [project] in jupyter.toml and run `jupyflake lock`"
    else
      given;

  # What the lock was made from; the same keys, in the same form, as the command line's `manifest/digest.py`.
  pick = keys: intersectAttrs (listToAttrs (map (name: { inherit name; value = null; }) keys));
  digest = hashString "sha256" (
    toJSON (
      withoutEmpty {
        project = pick [ "base" "systems" ] (manifest.project or { });
        jupyter = pick [ "constraints" "packages" "python" ] (manifest.jupyter or { });
        kernels = mapAttrs (_: pick [
          "base"
          "constraints"
          "language"
          "packages"
          "python"
          "tools"
        ]) (manifest.kernels or { });
        shell = pick [ "tools" ] (manifest.shell or { });
        image = pick [ "tools" ] (manifest.image or { });
      }
    )
  );
  withoutEmpty = sections: removeAttrs sections (filter (name: sections.${name} == { }) (attrNames sections));

  suiteOf = environment: substring (stringLength "debian/") 99 lock.environments.${environment}.base;
  suites = attrNames (
    listToAttrs (
      map (name: {
        name = suiteOf name;
        value = null;
      }) (attrNames lock.environments)
    )
  );

  here = filter (line: line.system == system);
  sets = listToAttrs (
    map (suite: {
      name = suite;
      value = import ./debian {
        inherit suite system;
        debs = here (filter (deb: deb.suite == suite) lock.debs);
        bootstrap = here lock.bootstrap;
      };
    }) suites
  );

  pkgs = sets.${suiteOf "jupyter"};
  functions = import ./scope.nix pkgs;

  # Shell and everyday programs come from the server's suite, whichever suite has the kernel's interpreter.
  scopes = mapAttrs (
    _: set:
    import ./scope.nix (
      set
      // {
        inherit (pkgs) bashInteractive coreutils;
      }
    )
  ) sets;

  toolsOf = environment: map (tool: sets.${suiteOf environment}.getDeb tool);

  # One derivation a file: environments that agree on a wheel share it.
  wheels = listToAttrs (
    map (wheel: {
      name = wheel.file;
      value = functions.mkWheel {
        inherit (wheel) name version file size;
        src = pkgs.fetchArtifact { inherit (wheel) file sha256; };
      };
    }) lock.wheels
  );
  wheelsOf =
    environment:
    map (wheel: wheels.${wheel.file}) (
      filter (wheel: elem system (wheel.use.${environment} or [ ])) lock.wheels
    );

  pythonEnvironment =
    name:
    let
      inherit (lock.environments.${name}) python;
      suite = suiteOf name;
    in
    scopes.${suite}.mkPythonEnvironment {
      inherit name;
      python = sets.${suite}."python${builtins.replaceStrings [ "." ] [ "" ] python}";
      wheels = wheelsOf name;
      libraries = toolsOf name (lock.environments.${name}.tools or [ ]);
    };

  displayName = kernel: if kernel ? display-name then { displayName = kernel.display-name; } else { };

  kernelFor = {
    python =
      name: kernel:
      scopes.${suiteOf name}.languages.python (
        {
          inherit name;
          environment = pythonEnvironment name;
          tools = toolsOf name (kernel.tools or [ ]);
          env = kernel.env or { };
          metadata = kernel.metadata or { };
        }
        // displayName kernel
      );
    r =
      name: kernel:
      scopes.${suiteOf name}.languages.r (
        {
          inherit name;
          packages = map sets.${suiteOf name}.getDeb lock.environments.${name}.packages;
          tools = toolsOf name (kernel.tools or [ ]);
          env = kernel.env or { };
          metadata = kernel.metadata or { };
        }
        // displayName kernel
      );
  };

  kernels =
    mapAttrs (
      name: kernel:
      if lock.environments ? ${name} then
        kernelFor.${lock.environments.${name}.language} name kernel
      else
        throw "the kernel \"${name}\" is not in jupyter.lock: run `jupyflake lock`"
    ) (manifest.kernels or { })
    // extraKernels (pkgs // functions);

  environments = mapAttrs (_: kernel: kernel.environment) kernels // {
    jupyter = pythonEnvironment "jupyter";
  };

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
  };

  shell = functions.mkShell {
    inherit jupyter;
    tools = toolsOf "shell" (manifest.shell.tools or [ ]);
    env = manifest.shell.env or { };
  };

  image = functions.mkImage (
    {
      inherit jupyter config;
      name = manifest.image.name or manifest.project.name;
      kernels = ordered;
      tools = toolsOf "image" (manifest.image.tools or [ ]);
    }
    // pick [ "created" "env" "labels" "tag" "user" ] (manifest.image or { })
  );
in
{
  inherit
    config
    environments
    functions
    image
    jupyter
    kernels
    manifest
    pkgs
    shell
    ;
}
