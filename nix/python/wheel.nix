{ runCommand, wheelInputs }:

/**
  Unpack one wheel, for every Python and every libc.

  The result has `site-packages/`, and where the wheel has them `data/`,
  `scripts/` and `headers/`. `nix-support/needed` lists the libraries that each
  shared object asks for (`path<TAB>soname…`), `nix-support/programs` the
  ELF programs; an environment relinks copies of these for its own libc.
  `nix-support/leans` lists libraries that look for others beside other wheels.
  Nothing here depends on an interpreter, so one unpacked wheel serves all of
  them, and a new Python patch release rebuilds none.

  Refused, because no honest wheel has it: a path that leads outside, links and
  special files, two entries of one name, modules whose names differ in case
  only, files that RECORD doesn't list or has another hash for, and archives
  that unpack to more than a hundred times their size.

  # Example

  ```nix
  wheel {
    name = "numpy";
    version = "2.4.0";
    file = "numpy-2.4.0-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl";
    size = 16900000;
    src = artifact;
  }
  ```

  # Type

  ```
  wheel :: { name :: String; version :: String; file :: String; size :: Int; src :: Path; } -> Derivation
  ```

  # Arguments

  name
  : The project's normalised name.

  version
  : Its version, as the lock has it.

  file
  : The wheel's file name; shown in errors.

  size
  : The wheel's size in bytes: the measure for the limit on what it unpacks to.

  src
  : The wheel itself.

  postUnpack
  : Shell commands that run in the unpacked tree, before native code is relinked: fixes for one wheel, after those of `fixes.nix`.

  libraries
  : Packages whose libraries the wheel's native code is relinked to, on a base that does that.

  The result's `override` makes it anew with further arguments, as
  `wheel.override { postUnpack = "rm -r site-packages/tests"; }`.
*/
{
  name,
  version,
  file,
  size,
  src,
  postUnpack ? "",
  libraries ? [ ],
}@arguments:

let
  fix = (import ./fixes.nix).${name} or null;
  this = import ../arguments.nix "mkWheel" (import ./wheel.nix { inherit runCommand wheelInputs; });
in
runCommand
  # An epoch's `!` can't stand in a store name.
  "${name}-${builtins.replaceStrings [ "!" ] [ "-" ] version}"
  (wheelInputs.attributes // {
    pname = name;
    inherit file size src;
    postUnpack = (if fix == null then "" else builtins.readFile fix) + postUnpack;
    inherit (wheelInputs) relink;
    buildInputs = wheelInputs.attributes.buildInputs or [ ] ++ libraries;
    record = ./record.awk;
    elf = ./elf.awk;
    passthru = {
      pname = name;
      inherit version file size;
      override = more: this (arguments // more);
    };
  })
  (builtins.readFile ./wheel.sh)
