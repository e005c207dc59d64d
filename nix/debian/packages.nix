/**
  The suite's packages by name, from the lock's `debs` lines: one derivation a package, cycles
  merged.

  # Example

  ```nix
  (callPackage ./packages.nix { debs = lock.debs; }).libssl3t64.debClosure
  => [ «libssl3t64» «libc6» … ]
  ```
*/
{
  components,
  deb,
  fixups,
  lib,
  suite,
  system,
}:
{ debs }:
let
  lines = lib.listToAttrs (map (line: lib.nameValuePair line.name line) debs);

  # What update-alternatives would decide: a dependency on one goes to the best one that is there.
  preferred =
    name: lib.findFirst (candidate: lines ? ${candidate}) name (fixups.alternatives.${name} or [ ]);

  # Packages that only work in one prefix are made a cycle of, so that they are merged.
  together = name: lib.findFirst (group: lib.elem name group) [ ] (lib.attrValues groups);
  groups = lib.mapAttrs (_: lib.filter (name: lines ? ${name})) fixups.groups;

  graph = components {
    leaders = lib.attrNames groups;
    edges = lib.mapAttrs (
      name: line:
      lib.sort lib.lessThan (
        lib.unique (
          lib.remove name (
            map preferred (lib.subtractLists fixups.ignored line.depends)
            ++ together name
            ++ lib.filter (extra: lines ? ${extra}) (fixups.packages.${name}.depends or [ ])
          )
        )
      )
    ) lines;
  };

  closureOf =
    component:
    map (node: node.key) (
      builtins.genericClosure {
        startSet = [ { key = component; } ];
        operator = node: map (key: { inherit key; }) graph.dependencies.${node.key};
      }
    );

  built = lib.mapAttrs (
    component: members:
    deb {
      pname = component;
      packages = map (name: lines.${name}) members;
      closure = map (name: built.${name}) (lib.tail (closureOf component));
      libc = if graph.of ? libc6 then graph.of.libc6 else null;
    }
  ) graph.members;
in
lib.mapAttrs (_: component: built.${component}) graph.of
