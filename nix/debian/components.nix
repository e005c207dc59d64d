/**
  The dependency graph with each cycle drawn together, since a store path can't refer to one that
  refers back. Packages that reach each other are one component, named after the first of
  `leaders` in it, else after its first package in alphabetical order.

  # Example

  ```nix
  components { edges = { a = [ "b" ]; b = [ "a" "c" ]; c = [ ]; }; leaders = [ ]; }
  => { of = { a = "a"; b = "a"; c = "c"; };
       members = { a = [ "a" "b" ]; c = [ "c" ]; };
       dependencies = { a = [ "c" ]; c = [ ]; }; }
  ```
*/
{ lib }:
{ edges, leaders }:
let
  reachable = lib.mapAttrs (
    name: _:
    lib.listToAttrs (
      map (node: lib.nameValuePair node.key true) (
        builtins.genericClosure {
          startSet = [ { key = name; } ];
          operator = node: map (key: { inherit key; }) edges.${node.key};
        }
      )
    )
  ) edges;

  cycle = name: lib.filter (other: reachable.${other} ? ${name}) (lib.attrNames reachable.${name});

  of = lib.mapAttrs (
    name: _:
    let
      names = cycle name;
    in
    lib.findFirst (leader: lib.elem leader names) (lib.head names) leaders
  ) edges;

  members = lib.mapAttrs (_: map (pair: pair.name)) (
    lib.groupBy (pair: pair.component) (
      lib.mapAttrsToList (name: component: { inherit name component; }) of
    )
  );
in
{
  inherit of members;
  dependencies = lib.mapAttrs (
    component: names:
    lib.remove component (
      lib.sort lib.lessThan (
        lib.unique (map (name: of.${name}) (lib.concatMap (name: edges.${name}) names))
      )
    )
  ) members;
}
