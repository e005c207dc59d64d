/**
  A package by its Debian name, or an error that says how to get it.

  # Example

  ```nix
  getDeb "graphviz"
  => «derivation …-graphviz-2.42.4-3»
  ```
*/
{ base, debs }:
name:
debs.${name}
  or (throw "jupyter.lock has no package ${name} of ${base}: run `jupyflake lock`")
