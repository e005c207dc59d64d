/**
  The evaluation tests of the Debian base, as `testX = { expr; expected; }` or `testX = { fails =
  expr; }`.
*/
import ./lib.nix // import ./components.nix // import ./set.nix // import ./fixups.nix
