/**
  Call a user's function with a set, and say so where its pattern asks for what the set hasn't got.

  # Example

  ```nix
  give "extraKernels" ({ mkKernl, ... }: { }) { mkKernel = …; }
  => error: extraKernels: there is no "mkKernl" to take: write "mkKernel"
  ```

  # Type

  ```
  give :: String -> (AttrSet -> a) -> AttrSet -> a
  ```
*/
let
  inherit (builtins)
    attrNames
    filter
    functionArgs
    head
    isFunction
    ;
  nearest = import ./nearest.nix;
in
who: function: set:
let
  asked = if isFunction function then functionArgs function else { };
  missing = filter (name: !asked.${name} && !(set ? ${name})) (attrNames asked);
  near = nearest (head missing) (attrNames set);
in
if missing == [ ] then
  function set
else
  throw "${who}: there is no \"${head missing}\" to take: ${
    if near == null then "docs/reference/nix.md lists what there is" else "write \"${near}\""
  }"
