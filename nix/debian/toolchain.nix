/**
  Packages with all that they depend on in one tree of Debian's own layout, for building native code: compilers, headers, libraries.

  Its programs run from where they are. What its compilers make runs too, while it is being built; nothing of this is
  to be referred to by what comes out (`build-tools.nix` sees to that).

  # Example

  ```nix
  toolchain [ "g++" "libyaml-dev" ]
  => «derivation …-toolchain-trixie»; its bin/ has cc, c++, ld, …; its include/ has yaml.h
  ```

  # Type

  ```
  toolchain :: [ String ] -> Derivation
  ```
*/
{
  artifact,
  base,
  busybox,
  fixups,
  lib,
  runCommand,
  suite,
  triplet,
}:
{ debs }:
let
  lines = lib.listToAttrs (map (line: lib.nameValuePair line.name line) debs);

  # What only a running system reads.
  useless = [
    "base-files"
    "libc-bin"
    "media-types"
    "netbase"
    "tzdata"
    "tzdata-legacy"
  ]
  ++ fixups.ignored;

  dependsOf =
    name:
    (lines.${name}
      or (throw "jupyter.lock has no package ${name} of ${base}: run `jupyflake lock`")
    ).depends;
  closureOf =
    names:
    lib.subtractLists useless (
      map (node: node.key) (
        builtins.genericClosure {
          startSet = map (key: { inherit key; }) names;
          operator = node: map (key: { inherit key; }) (dependsOf node.key);
        }
      )
    );
in
names:
let
  closure = lib.sort lib.lessThan (closureOf names);
in
runCommand "toolchain-${suite}" {
  pname = "toolchain";
  inherit triplet;
  debs = map (
    name:
    artifact {
      file = baseNameOf lines.${name}.path;
      inherit (lines.${name}) sha256;
    }
  ) closure;
  # It depends on nothing: all that it needs is in it.
  closure = [ ];
  keep = [ "static" ];
  shell = "${busybox}/bin/sh";
  functions = ./functions.sh;
  parts = ./deb;
  compiler = ./toolchain/compiler.sh;
  passthru = { inherit closureOf names; };
} (lib.readFile ./toolchain/build.sh)
