/**
  A function of one attribute set whose calls are checked first: unknown arguments, missing ones, wrong types.

  Each mistake is one line that names the function, what was given and what is right. The body of the function can then
  rely on its arguments.

  # Example

  ```nix
  checked "mkKernel" ({ name, argv }: …) { nme = "r"; argv = [ "/bin/r" ]; }
  => error: mkKernel: there is no argument "nme": write "name"
  ```

  # Type

  ```
  checked :: String -> (AttrSet -> a) -> AttrSet -> a
  ```
*/
let
  inherit (builtins)
    all
    attrNames
    attrValues
    concatStringsSep
    filter
    functionArgs
    head
    isAttrs
    isFunction
    isInt
    isList
    isPath
    isString
    match
    pathExists
    ;

  kindOf = import ./kind-of.nix;
  nearest = import ./nearest.nix;

  isStringLike = value: isString value || isPath value || isAttrs value && value ? outPath;
  strings = {
    expected = "a list of strings, as in [ \"…\" ]";
    check = value: isList value && all isStringLike value;
  };
  text = {
    expected = "a string, as in \"…\"";
    check = isString;
  };
  variables = {
    expected = "an attribute set of strings, as in { NAME = \"value\"; }";
    check = value: isAttrs value && !(value ? outPath) && all isStringLike (attrValues value);
  };
  table = {
    expected = "an attribute set";
    check = isAttrs;
  };
  packages = {
    expected = "a list of packages, as in [ git ]";
    check = value: isList value && all (item: isStringLike item) value;
  };
  package = {
    expected = "a package";
    check = value: isAttrs value && value ? outPath;
  };
  packageOrNull = {
    inherit (package) expected;
    check = value: value == null || package.check value;
  };
  # nixpkgs, or what fulfils the contract.
  packageSet = {
    expected = "packages, as in nixpkgs.legacyPackages.x86_64-linux";
    check = value: isAttrs value && (value ? stdenv || value ? base);
  };
  number = {
    expected = "a whole number";
    check = isInt;
  };
  file = {
    expected = "a path";
    check = isStringLike;
  };
  function = {
    expected = "a function";
    check = value: isFunction value || isAttrs value && value ? __functor;
  };
  boolean = {
    expected = "true or false";
    check = builtins.isBool;
  };

  # An argument's name means the same in every function.
  types = {
    allowMissing = strings;
    argv = strings;
    checkLock = boolean;
    compare = strings;
    config = package;
    created = text;
    displayName = text;
    env = variables;
    environment = packageOrNull;
    extraKernels = function;
    file = text;
    interruptMode = text;
    jupyter = package;
    kernels = packages;
    kernelspec = text;
    labels = variables;
    language = text;
    libraries = packages;
    logos = packages;
    maxLayers = number;
    metadata = table;
    name = text;
    notebooks = strings;
    overlay = function;
    overrides = table;
    inherit package packages;
    path = packages;
    pkgs = packageSet;
    postUnpack = text;
    python = package;
    settings = table;
    size = number;
    src = file;
    system = text;
    tag = text;
    timeout = number;
    tools = packages;
    user = text;
    version = text;
    wheelOverrides = function;
    wheels = packages;
  };

  # A file of a flake: what git doesn't know isn't there for Nix, which would only name a place in the store.
  inProject =
    path:
    let
      found = match "/nix/store/[^/]+/(.*)" (toString path);
    in
    if found == null then toString path else head found;

  # In a list or a set it is one of the values that is wrong.
  inside =
    value:
    let
      values = if isList value then value else if isAttrs value then attrValues value else [ ];
      bad = filter (item: !isStringLike item) values;
    in
    if bad == [ ] then "" else " with ${kindOf (head bad)} in it";

  quoted = names: concatStringsSep ", " (map (name: "\"${name}\"") names);
in
who: function:
let
  known = functionArgs function;
  names = attrNames known;
  required = filter (name: !known.${name}) names;
  optional = filter (name: known.${name}) names;
in
given:
let
  unknown = filter (name: !(known ? ${name})) (attrNames given);
  missing = filter (name: !(given ? ${name})) required;
  wrong = filter (name: types ? ${name} && !(types.${name}.check given.${name})) (attrNames given);
  near = nearest (head unknown) names;
  lost = isPath (given.src or null) && !pathExists given.src;
in
if !isAttrs given then
  throw "${who}: its argument is an attribute set, as in ${who} { ${concatStringsSep " " (map (name: "${name} = …;") required)} }, not ${kindOf given}"
else if unknown != [ ] then
  throw "${who}: there is no argument \"${head unknown}\": ${
    if near != null then "write \"${near}\"" else "there are ${quoted names}"
  }"
else if missing != [ ] then
  throw "${who}: ${quoted missing} is missing: it takes ${quoted required}${
    if optional == [ ] then "" else " and, if wanted, ${quoted optional}"
  }"
else if wrong != [ ] then
  throw "${who}: \"${head wrong}\" must be ${types.${head wrong}.expected}, not ${kindOf given.${head wrong}}${inside given.${head wrong}}"
else if lost then
  throw "${who}: there is no ${inProject given.src} (an untracked file is invisible to Nix: `git add -N ${inProject given.src}`)"
else
  function given
