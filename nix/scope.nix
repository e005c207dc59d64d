/**
  The functions of jupyflake over one base: a set that fulfils `contract.nix`.

  # Example

  ```nix
  (import ./scope.nix { inherit base; }).mkKernel { name = "bash"; … }
  ```

  # Arguments

  - `base`: the base
  - `overlay`: function from the functions as they will be and as they were to those that are to be others

  # Type

  ```
  { base :: AttrSet; overlay :: AttrSet -> AttrSet -> AttrSet; } -> AttrSet
  ```
*/
{
  base,
  overlay ? _: _: { },
}:
let
  inherit (builtins) functionArgs intersectAttrs isFunction;

  checked = import ./arguments.nix;

  callPackage =
    who: file:
    let
      function = import file;
      filled = function (intersectAttrs (functionArgs function) (base // functions));
    in
    if isFunction filled && functionArgs filled != { } then checked who filled else filled;

  files = import ./functions.nix;

  fromFile = callPackage "languages" files.languageFromFile;

  table = builtins.mapAttrs callPackage files.functions // {
    languages =
      builtins.listToAttrs (
        map (name: {
          inherit name;
          value = checked "languages.${name}" (fromFile name);
        }) files.languageNames
      )
      // builtins.mapAttrs (name: callPackage "languages.${name}") files.languages;
  };

  functions = table // overlay functions table;
in
functions
