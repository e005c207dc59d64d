/**
  All evaluation tests: `nix-instantiate --eval --strict tests/nix` gives the list of those that fail.

  A test is `testX = { expr; expected; }`, or `testX = { fails = expr; }` for what must not evaluate.
*/
let
  files = {
    image = import ./image;
    debian = import ./debian;
    buckets = import ./python/buckets.nix;
    config = import ./config.nix;
    contract = import ./contract.nix;
    functions = import ./functions.nix;
    kernel = import ./kernel.nix;
    languages = import ./languages.nix;
    library = import ./library.nix;
    manifest = import ./manifest.nix;
    modules = import ./modules.nix;
    nixpkgs = import ./nixpkgs.nix;
  };

  verdict =
    name: test:
    if test ? fails then
      {
        inherit name;
        passed = !(builtins.tryEval (builtins.deepSeq test.fails null)).success;
        got = "it evaluates";
        expected = "an error";
      }
    else
      {
        inherit name;
        inherit (test) expected;
        passed = test.expr == test.expected;
        got = test.expr;
      };

  verdicts = builtins.concatMap (
    file: builtins.attrValues (builtins.mapAttrs (name: verdict "${file}.${name}") files.${file})
  ) (builtins.attrNames files);
in
{
  count = builtins.length verdicts;
  failed = builtins.filter (test: !test.passed) verdicts;
}
