/**
  The part of nixpkgs' `lib` that the core uses, under the same names and with the same meaning.
  It stands on `builtins` alone, so that the Debian base needs no nixpkgs to evaluate.

  # Example

  ```nix
  (import ./lib.nix).concatStringsSep ":" [ "a" "b" ]
  => "a:b"
  ```
*/
let
  inherit (builtins)
    attrNames
    concatLists
    elem
    filter
    foldl'
    functionArgs
    intersectAttrs
    isAttrs
    isFunction
    isList
    listToAttrs
    map
    match
    replaceStrings
    split
    stringLength
    substring
    toString
    ;
in
rec {
  inherit (builtins)
    all
    any
    attrNames
    attrValues
    concatLists
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    fromJSON
    genList
    hasAttr
    head
    isAttrs
    isBool
    isFunction
    isInt
    isList
    isString
    length
    lessThan
    listToAttrs
    mapAttrs
    match
    readFile
    replaceStrings
    sort
    splitVersion
    stringLength
    substring
    tail
    toJSON
    ;

  # Functions and debugging
  id = x: x;
  const = x: _: x;
  flip =
    f: a: b:
    f b a;
  boolToString = b: if b then "true" else "false";
  isDerivation = x: isAttrs x && x.type or null == "derivation";
  throwIf = condition: message: if condition then throw message else id;
  throwIfNot = condition: throwIf (!condition);
  assertMsg = condition: message: if condition then true else throw message;
  warn = message: builtins.trace "warning: ${message}";

  /**
    Fill the arguments of a file's function from a set, as nixpkgs' callPackage does, but without
    `override`.

    # Example

    ```nix
    callPackageWith { a = 1; } ({ a, b ? 2 }: a + b) { }
    => 3
    ```
  */
  callPackageWith =
    set: file: arguments:
    let
      function = if isFunction file then file else import file;
    in
    function (intersectAttrs (functionArgs function) set // arguments);

  # Lists
  singleton = x: [ x ];
  optional = condition: x: if condition then [ x ] else [ ];
  optionals = condition: list: if condition then list else [ ];
  flatten = x: if isList x then concatLists (map flatten x) else [ x ];
  toList = x: if isList x then x else [ x ];
  last = list: builtins.elemAt list (builtins.length list - 1);
  reverseList =
    list:
    let
      count = builtins.length list;
    in
    builtins.genList (i: builtins.elemAt list (count - 1 - i)) count;
  range =
    first: final: if final < first then [ ] else builtins.genList (i: first + i) (final - first + 1);
  imap0 = f: list: builtins.genList (i: f i (builtins.elemAt list i)) (builtins.length list);
  partition = builtins.partition;
  groupBy =
    f: list:
    foldl' (
      groups: x:
      let
        key = f x;
      in
      groups // { ${key} = groups.${key} or [ ] ++ [ x ]; }
    ) { } list;
  remove = x: filter (y: y != x);
  subtractLists = removed: filter (x: !elem x removed);
  intersectLists = other: filter (x: elem x other);
  sortOn = f: builtins.sort (a: b: f a < f b);

  /**
    A list without its repeated elements; the first of each stays where it was.

    # Example

    ```nix
    unique [ "b" "a" "b" ]
    => [ "b" "a" ]
    ```
  */
  unique = foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ];
  findFirst =
    predicate: default: list:
    let
      found = filter predicate list;
    in
    if found == [ ] then default else builtins.head found;

  # Attribute sets
  nameValuePair = name: value: { inherit name value; };
  genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  mapAttrs' = f: set: listToAttrs (mapAttrsToList f set);
  concatMapAttrs = f: set: foldl' (a: b: a // b) { } (mapAttrsToList f set);
  filterAttrs =
    predicate: set:
    listToAttrs (
      filter (pair: predicate pair.name pair.value) (mapAttrsToList nameValuePair set)
    );
  optionalAttrs = condition: set: if condition then set else { };
  attrByPath =
    path: default: set:
    if path == [ ] then
      set
    else if isAttrs set && set ? ${builtins.head path} then
      attrByPath (builtins.tail path) default set.${builtins.head path}
    else
      default;
  getAttrs = names: set: genAttrs names (name: set.${name});
  recursiveUpdate =
    left: right:
    left
    // builtins.mapAttrs (
      name: value:
      if isAttrs value && isAttrs (left.${name} or null) then
        recursiveUpdate left.${name} value
      else
        value
    ) right;

  # Strings
  optionalString = condition: text: if condition then text else "";
  concatStrings = builtins.concatStringsSep "";
  concatMapStrings = f: list: concatStrings (map f list);
  concatMapStringsSep =
    separator: f: list:
    builtins.concatStringsSep separator (map f list);
  concatLines = concatMapStrings (line: line + "\n");
  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  hasSuffix =
    suffix: text:
    let
      start = stringLength text - stringLength suffix;
    in
    start >= 0 && substring start (-1) text == suffix;
  hasInfix = infix: text: builtins.length (splitString infix text) > 1;
  removePrefix =
    prefix: text:
    if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
  removeSuffix =
    suffix: text:
    if hasSuffix suffix text then
      substring 0 (stringLength text - stringLength suffix) text
    else
      text;
  escape = characters: replaceStrings characters (map (character: "\\" + character) characters);
  escapeRegex = escape [
    "\\"
    "^"
    "$"
    "."
    "|"
    "?"
    "*"
    "+"
    "("
    ")"
    "["
    "]"
    "{"
    "}"
  ];
  splitString = separator: text: filter builtins.isString (split (escapeRegex separator) text);
  stringToCharacters = text: builtins.genList (i: substring i 1 text) (stringLength text);
  toLower = replaceStrings (stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ") (
    stringToCharacters "abcdefghijklmnopqrstuvwxyz"
  );
  toUpper = replaceStrings (stringToCharacters "abcdefghijklmnopqrstuvwxyz") (
    stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
  );

  /**
    A word for a POSIX shell: as it is when nothing in it is special, else in single quotes.

    # Example

    ```nix
    escapeShellArg "it's"
    => "'it'\\''s'"
    ```
  */
  escapeShellArg =
    argument:
    let
      text = toString argument;
    in
    if match "[[:alnum:],._+:@%/-]+" text == null then
      "'${replaceStrings [ "'" ] [ "'\\''" ] text}'"
    else
      text;
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;

  # Store paths
  makeSearchPath = directory: paths: concatMapStringsSep ":" (path: "${path}/${directory}") paths;
  makeBinPath = makeSearchPath "bin";
  getBin = package: package;
  getLib = package: package;
  getExe' = package: program: "${package}/bin/${program}";
  getExe = package: getExe' package (package.meta.mainProgram or package.pname);

  /**
    A text as the name of a store path: characters that Nix refuses become `-`, a leading dot `_`.

    # Example

    ```nix
    storeName "libc6_2.41-12+deb13u5~1.deb"
    => "libc6_2.41-12+deb13u5-1.deb"
    ```
  */
  storeName =
    text:
    let
      safe = concatMapStrings (part: if isList part then "-" else part) (
        split "[^0-9a-zA-Z+._?=-]" text
      );
    in
    if hasPrefix "." safe then "_${removePrefix "." safe}" else safe;
}
