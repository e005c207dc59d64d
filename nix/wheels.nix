/**
  The wheels of a lock as derivations, and the Python environments that are made of them.

  # Arguments

  - `lock`, `manifest`, `system`: see `manifest.nix`
  - `sources`: result of `sources.nix`
  - `sets`, `scopes`: for each base of the lock, the base itself, and the functions over it
  - `functionsOf`: function from a base to the functions over it
  - `baseOf`, `isDebian`, `toolsOf`: functions of an environment's name, of a base's, and of an environment and its tools
  - `wheelOverrides`: see `manifest.nix`

  # Result

  - `pythonEnvironment`: function from an environment's name to the environment
  - `editableEnvironment`: the same, with a kernel's editable packages as they stand
  - `contents`: what `mkImage` lists
  - `answers`: for each environment, what the build backends of its packages say
*/
{
  lock,
  manifest,
  system,
  sources,
  sets,
  scopes,
  functionsOf,
  baseOf,
  isDebian,
  toolsOf,
  wheelOverrides,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    elem
    filter
    groupBy
    head
    listToAttrs
    mapAttrs
    ;

  give = import ./give.nix;

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
          src = sources.artifact set wheel;
        } // since wheel);
      }) (filter (line: !isSource line.file) lock.wheels)
    );

  # A package that is built from source is built anew for each environment: its Python and its build requirements are its own.
  isSource = file: builtins.match ".*[.]whl" file == null;
  lines = listToAttrs (
    map (line: {
      name = line.file;
      value = line;
    }) lock.wheels
  );
  builtFor =
    environment: file:
    let
      line = lines.${file};
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
      line = lines.${file};
    in
    scopes.${baseOf environment}.mkSdist (
      {
        inherit (line) name version;
        inherit file;
        environment = pythonEnvironment "${environment}+${line.name}";
        tools = buildToolsOf environment;
        src = sources.artifact sets.${baseOf environment} line;
      }
      // (if line ? source.subdirectory then { inherit (line.source) subdirectory; } else { })
      // more
    );
  # What the backends of these packages say, for whoever makes the lock.
  answers = mapAttrs (
    environment: files:
    listToAttrs (
      map (file: {
        inherit (lines.${file}) name;
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
  bases = attrNames (groupBy baseOf (attrNames lock.environments));
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
        }) (usersOf wheel)
      ) lock.wheels
    )
  );
  usersOf = wheel: filter (environment: elem system wheel.use.${environment}) (attrNames wheel.use);
  kindOf = environment: if isDebian (baseOf environment) then "debian" else "nixpkgs";
  wheelFor =
    environment: file:
    if isSource file then builtFor environment file else wheels.${kindOf environment}.${file};

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

  environmentOf =
    name: wheelsOf:
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
      wheels = map wheelsOf (filesOf.${name} or [ ]);
      # What the language itself is made of has nothing that a wheel would load.
      libraries = toolsOf name ((manifest.kernels.${name} or { }).tools or [ ]);
      allowMissing =
        (if name == "jupyter" then manifest.jupyter or { } else manifest.kernels.${name} or { })
        .missing-libraries or [ ];
    };
  pythonEnvironment = name: environmentOf name (wheelFor name);

  editableEnvironment =
    name:
    environmentOf name (
      file:
      if sources.isEditable (manifest.kernels.${name} or { }) lines.${file} then
        scopes.${baseOf name}.mkEditable (sources.editable lines.${file})
      else
        wheelFor name file
    );

  # A wheel's store paths, on the bases whose environments take it on this system; one that is built, for each of them.
  contentsOf =
    wheel:
    map
      (users: {
        inherit (wheel) file name version;
        kind = "wheel";
        path = baseNameOf (
          builtins.unsafeDiscardStringContext (wheelFor (head users) wheel.file).outPath
        );
      }
      // (if isSource wheel.file && wheel ? source then { } else { inherit (wheel) sha256; }))
      (
        builtins.attrValues (
          groupBy (environment: if isSource wheel.file then environment else kindOf environment) (
            usersOf wheel
          )
        )
      );
in
{
  inherit answers editableEnvironment pythonEnvironment;
  contents = concatMap contentsOf lock.wheels;
}
