# An image of a few megabytes, for tests of how images travel.
{ root }:
let
  lock = builtins.fromJSON (builtins.readFile (root + "/jupyter.lock"));
  suite = "trixie";
  system = builtins.currentSystem;
  here = builtins.filter (line: line.system == system && (line.suite or suite) == suite);
  base = import (root + "/nix/debian") {
    inherit suite system;
    debs = here lock.debs;
    bootstrap = here lock.bootstrap;
  };
in
(base.dockerTools.streamLayeredImage {
  name = "tiny";
  contents = [
    base.busybox
    base.tini
  ];
  config.Cmd = [ "/bin/sh" ];
}).source
