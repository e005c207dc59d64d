let
  lib = import ../../../nix/debian/lib.nix;
  components = import ../../../nix/debian/components.nix { inherit lib; };

  edges = {
    a = [ "b" ];
    b = [
      "a"
      "c"
    ];
    c = [ ];
    d = [
      "c"
      "a"
    ];
  };
in
{
  testCycleIsOneComponent = {
    expr = components {
      inherit edges;
      leaders = [ ];
    };
    expected = {
      of = {
        a = "a";
        b = "a";
        c = "c";
        d = "d";
      };
      members = {
        a = [
          "a"
          "b"
        ];
        c = [ "c" ];
        d = [ "d" ];
      };
      dependencies = {
        a = [ "c" ];
        c = [ ];
        d = [
          "a"
          "c"
        ];
      };
    };
  };

  testLeaderNamesTheComponent = {
    expr =
      (components {
        inherit edges;
        leaders = [ "b" ];
      }).of.a;
    expected = "b";
  };

  testOrderOfDependenciesDoesNotMatter = {
    expr =
      components {
        edges = edges // {
          d = [
            "a"
            "c"
          ];
        };
        leaders = [ ];
      } == components {
        inherit edges;
        leaders = [ ];
      };
    expected = true;
  };
}
