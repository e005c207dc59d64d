/**
  What a lock has from elsewhere than an index: files and directories of the project, and commits of repositories.

  # Example

  ```nix
  (import ./sources.nix { src = ./.; }).complaint lock
  => "jupyter.lock is older than libs/mylib/pyproject.toml: run `jupyflake lock`"
  ```

  # Arguments

  - `src`: the project's directory

  # Result

  - `complaint`: function from a lock to what is not as it was locked, or null
  - `artifact`: function from a base and a line of the lock to the file or directory to build from
  - `isEditable`: function from a kernel's table and a line to whether the shell has the package as it stands
  - `editable`: function from a line to the arguments of `mkEditable`
*/
{ src }:
let
  inherit (builtins)
    any
    attrNames
    concatMap
    elem
    filter
    fromTOML
    hashFile
    hashString
    head
    intersectAttrs
    isString
    listToAttrs
    match
    pathExists
    readFile
    replaceStrings
    split
    substring
    toJSON
    ;

  keep = keys: intersectAttrs (listToAttrs (map (name: { inherit name; value = null; }) keys));

  kindOf = line: line.source.kind or "index";
  placeOf = path: if path == "." then src else src + "/${path}";

  pyprojectOf =
    directory:
    if pathExists (directory + "/pyproject.toml") then
      fromTOML (readFile (directory + "/pyproject.toml"))
    else
      { };

  # The same digest as the command line's `resolve/trees.py`.
  digestOf =
    directory:
    let
      pyproject = pyprojectOf directory;
      project = pyproject.project or { };
      toldByCode = filter (
        key:
        elem key [
          "dependencies"
          "optional-dependencies"
          "version"
        ]
      ) (project.dynamic or [ ]);
      isStatic = pyproject ? project && toldByCode == [ ];
      others = filter (name: pathExists (directory + "/${name}")) [
        "setup.cfg"
        "setup.py"
      ];
    in
    hashString "sha256" (
      toJSON (
        {
          project = keep [
            "dependencies"
            "dynamic"
            "name"
            "optional-dependencies"
            "requires-python"
            "version"
          ] project;
          build-system = keep [
            "backend-path"
            "build-backend"
            "requires"
          ] (pyproject.build-system or { });
        }
        // (
          if isStatic then
            { }
          else
            {
              files = listToAttrs (
                map (name: {
                  inherit name;
                  value = hashFile "sha256" (directory + "/${name}");
                }) others
              );
            }
        )
      )
    );

  complaintAbout =
    line:
    let
      inherit (line.source) path;
      place = placeOf path;
    in
    if
      !elem (kindOf line) [
        "directory"
        "file"
      ]
    then
      null
    else if !pathExists place then
      "jupyter.lock has ${line.name} from ${path}, which is not in the project (an untracked file is invisible to Nix: `git add -N ${path}`, with -f where .gitignore names it)"
    else if kindOf line == "file" && hashFile "sha256" place != line.sha256 then
      "${path} is another file than jupyter.lock has: run `jupyflake lock`"
    else if kindOf line == "directory" && digestOf place != line.sha256 then
      "jupyter.lock is older than ${
        if path == "." then "" else "${path}/"
      }pyproject.toml: run `jupyflake lock`"
    else
      null;
  complaints = lock: filter (text: text != null) (map complaintAbout lock.wheels);

  # What no build reads, is another at each start, or is the project's and not the package's.
  leftOut = [
    ".direnv"
    ".git"
    ".ipynb_checkpoints"
    ".jupyter"
    ".mypy_cache"
    ".pytest_cache"
    ".ruff_cache"
    ".tox"
    ".venv"
    "__pycache__"
    "flake.lock"
    "flake.nix"
    "jupyter.lock"
    "jupyter.toml"
    "node_modules"
    "venv"
  ];
  # What earlier builds have left at the top would go into the next one.
  leftByBuilds = [
    "build"
    "dist"
  ];
  isPart =
    top: path: type:
    let
      name = baseNameOf path;
    in
    !elem name leftOut
    && !(elem name leftByBuilds && dirOf path == top)
    && match ".*[.](egg-info|ipynb|pyc)" name == null
    && match "result(-.*)?" name == null
    && type != "unknown";

  # Where a package's modules are imported from, as its build backend would find it.
  importedFrom =
    directory: pyproject:
    let
      tool = pyproject.tool or { };
      wheel = tool.hatch.build.targets.wheel or { };
      setuptools = tool.setuptools or { };
      said = [
        (tool.hatch.build.dev-mode-dirs or [ ])
        (map dirOf' (wheel.packages or [ ]))
        (filter isString (if builtins.isList (wheel.sources or { }) then wheel.sources else [ ]))
        (if setuptools ? package-dir && setuptools.package-dir ? "" then [ setuptools.package-dir."" ] else [ ])
        (
          if builtins.isAttrs (setuptools.packages or null) then setuptools.packages.find.where or [ ] else [ ]
        )
        (map (entry: entry.from or ".") (tool.poetry.packages or [ ]))
        (if tool ? pdm.build.package-dir then [ tool.pdm.build.package-dir ] else [ ])
        (
          if tool ? uv.build-backend.module-root then
            [ (if tool.uv.build-backend.module-root == "" then "." else tool.uv.build-backend.module-root) ]
          else
            [ ]
        )
      ];
      found = filter (places: places != [ ]) said;
    in
    if found != [ ] then
      attrNames (
        listToAttrs (
          map (name: {
            inherit name;
            value = null;
          }) (head found)
        )
      )
    else if pathExists (directory + "/src") && !pathExists (directory + "/src/__init__.py") then
      [ "src" ]
    else
      [ "." ];
  # `dirOf` of a relative path of one part gives that part's directory, ".".
  dirOf' = path: dirOf (if match ".*/" path == null then path else head (match "(.*)/" path));

  inside =
    path:
    let
      parts = filter (part: isString part && part != "" && part != ".") (split "/" path);
    in
    if parts == [ ] then "." else builtins.concatStringsSep "/" parts;
in
{
  complaint =
    lock:
    let
      found = complaints lock;
    in
    if found == [ ] then null else head found;

  artifact =
    base: line:
    let
      kind = kindOf line;
      storeName =
        let
          name = replaceStrings [ "!" ] [ "-" ] line.file;
        in
        if substring 0 1 name == "." then "_${substring 1 (-1) name}" else name;
    in
    # A lock that is used as it is may be older than the file.
    if kind == "file" && complaintAbout line != null then
      throw (complaintAbout line)
    else if kind == "file" then
      builtins.path {
        path = placeOf line.source.path;
        name = storeName;
        recursive = false;
        inherit (line) sha256;
      }
    else if kind == "directory" then
      builtins.path {
        path = placeOf line.source.path;
        name = line.name;
        filter = isPart (toString (placeOf line.source.path));
      }
    else if kind == "git" then
      base.runCommand line.file
        {
          inherit (line) file;
          outputHashMode = "recursive";
          outputHashAlgo = "sha256";
          outputHash = line.sha256;
        }
        ''
          echo "$file is not in the Nix store: run 'jupyflake fetch' in the project" >&2
          exit 1
        ''
    else
      base.fetchWheel {
        inherit (line) file sha256;
        path = line.path or null;
      };

  isEditable =
    kernel: line:
    kindOf line == "directory"
    && any (path: inside path == line.source.path) (kernel.editable or [ ]);

  editable =
    line:
    let
      inherit (line.source) path;
      pyproject = pyprojectOf (placeOf path);
    in
    {
      inherit (line) name version;
      project = pyproject.project or { };
      directories = map (directory: inside "${path}/${directory}") (
        importedFrom (placeOf path) pyproject
      );
    };
}
