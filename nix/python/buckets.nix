{ bytecode }:

/**
  Byte-compile wheels in few, stable portions: give the bytecode tree of each.

  Wheels of 1 MB and more stand alone, so environments of one Python share
  them. Smaller ones are dealt into eight buckets by a hash of their name: adding
  or changing one rebuilds one bucket, whatever else is in the environment. Those
  that a change of the lock brought (`since`) have a bucket of their own, so that
  what was there before stays as it is.

  # Example

  ```nix
  buckets { python = python313; wheels = [ numpy idna ]; }
  => { numpy = "/nix/store/…-python3.13-numpy-2.4.0/numpy"; idna = "/nix/store/…-python3.13-bytecode-5/idna"; }
  ```

  # Type

  ```
  buckets :: { python :: Derivation; wheels :: [ Derivation ]; } -> AttrsOf String
  ```

  # Arguments

  python
  : The interpreter to compile with.

  wheels
  : Results of `wheel`, each with another `pname`; `since` may stand beside.
*/
{ python, wheels }:

let
  inherit (builtins)
    attrNames
    concatMap
    groupBy
    hashString
    listToAttrs
    map
    substring
    ;

  # The first hexadecimal digit of the hash, halved: one of eight.
  number = {
    "0" = "0";
    "1" = "0";
    "2" = "1";
    "3" = "1";
    "4" = "2";
    "5" = "2";
    "6" = "3";
    "7" = "3";
    "8" = "4";
    "9" = "4";
    "a" = "5";
    "b" = "5";
    "c" = "6";
    "d" = "6";
    "e" = "7";
    "f" = "7";
  };

  bucketOf =
    wheel:
    if wheel.size >= 1000000 then
      wheel.name
    else if wheel.since or 0 > 0 then
      "bytecode-since-${toString wheel.since}"
    else
      "bytecode-${number.${substring 0 1 (hashString "sha256" wheel.pname)}}";

  grouped = groupBy bucketOf wheels;

  treesOf =
    name:
    let
      bucket = bytecode {
        inherit name python;
        wheels = builtins.sort (a: b: a.pname < b.pname) grouped.${name};
      };
    in
    map (wheel: {
      name = wheel.pname;
      value = "${bucket}/${wheel.pname}";
    }) grouped.${name};
in
listToAttrs (concatMap treesOf (attrNames grouped))
