/**
  One component of the graph (mostly a single package): its `.deb` files unpacked into one prefix
  and relinked, so that every program and library finds what it needs in the store and nowhere
  else.

  # Example

  ```nix
  deb { pname = "zlib1g"; packages = [ line ]; closure = [ gcc-14-base libc6 ]; libc = "libc6"; }
  => «derivation …-zlib1g-1-1.3.dfsg+really1.3.1-1»
  ```

  # Result

  `passthru.debClosure` is the derivation and all it depends on; `passthru.libraryDirs` where
  their libraries may lie; `passthru.variables` what its own files are found by.
*/
{
  artifact,
  busybox,
  fixups,
  lib,
  runCommand,
  triplet,
}:
{
  pname,
  packages,
  closure,
  libc,
}:
let
  version = (lib.findFirst (line: line.name == pname) (lib.head packages) packages).version;
  fixes = map (line: fixups.packages.${line.name} or { }) packages;
  every = key: lib.concatMap (fix: fix.${key} or [ ]) fixes;
  named = names: lib.filter (package: lib.elem package.pname names) closure;

  self =
    runCommand (lib.storeName "${pname}-${version}")
      (
        {
          inherit pname triplet;
          debs = map (
            line:
            artifact {
              file = baseNameOf line.path;
              inherit (line) sha256;
            }
          ) packages;
          closure = map (package: package.outPath) closure;
          libc = lib.optionals (pname != libc) (map (package: package.outPath) (named [ libc ]));
          keep = every "keep";
          allowMissing = every "allowMissing";
          programLibraries = map (package: package.outPath) (named (every "programLibraries"));
          fixups = every "scripts";
          shell = "${busybox}/bin/sh";
          functions = ./functions.sh;
          parts = ./deb;
          passthru = {
            inherit pname version;
            meta.mainProgram = pname;
            debClosure = [ self ] ++ closure;
            variables = builtins.mapAttrs (_: path: "${self}/${path}") (
              lib.foldl' (all: fix: all // fix.variables or { }) { } fixes
            );
            libraryDirs = lib.concatMap (package: [
              "${package}/lib/${triplet}"
              "${package}/lib"
            ]) self.debClosure;
          };
        }
        // lib.foldl' (all: fix: all // fix.environment or { }) { } fixes
      )
      ''
        . "$parts/main.sh"
      '';
in
self
