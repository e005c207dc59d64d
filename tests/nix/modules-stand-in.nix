/**
  As much of nixpkgs' module system as our modules use, without it: definitions are taken as they are.
*/
let
  ours = import ../../nix/debian/lib.nix;
  type = _: "type";
in
ours
// {
  mkOption = option: option;
  mkIf = condition: value: if condition then value else { };
  mkDefault = value: value;
  types = {
    attrsOf = type;
    bool = "bool";
    functionTo = type;
    nullOr = type;
    path = "path";
    raw = "raw";
  };
}
