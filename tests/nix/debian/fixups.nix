let
  lib = import ../../../nix/debian/lib.nix;
  fixups = import ../../../nix/debian/fixups {
    inherit lib;
    pythonVersions = [
      "3.11"
      "3.13"
    ];
  };
in
{
  testEveryFixupScriptExists = {
    expr = lib.filter (script: !builtins.pathExists script) (
      lib.concatMap (fix: fix.scripts or [ ]) (lib.attrValues fixups.packages)
    );
    expected = [ ];
  };

  testFixupsHaveOnlyKnownKeys = {
    expr = lib.unique (
      lib.subtractLists [
        "allowMissing"
        "depends"
        "environment"
        "keep"
        "programLibraries"
        "scripts"
        "variables"
      ] (lib.concatMap lib.attrNames (lib.attrValues fixups.packages))
    );
    expected = [ ];
  };

  testAPackageIsInOneGroupOnly = {
    expr =
      let
        members = lib.concatLists (lib.attrValues fixups.groups);
      in
      members == lib.unique members;
    expected = true;
  };
}
