let
  project =
    lock:
    import ../../nix/manifest.nix {
      src = lock;
      system = "x86_64-linux";
    };
in
{
  testMissingManifestIsRefused.fails = (project ./projects/empty).manifest;
  testMissingLockIsRefused.fails = (project ./projects/no-lock).kernels;
  testStaleLockIsRefused.fails = (project ./projects/stale).kernels.py;
  testUncoveredSystemIsRefused.fails = (project ./projects/other-system).kernels.py;
  testNewerFormatIsRefused.fails = (project ./projects/newer).kernels.py;
  # The digest of the command line and that of Nix agree on non-ASCII text, quotes and empty tables.
  testDigestAgrees = {
    expr = builtins.attrNames (project ./projects/agrees).kernels;
    expected = [ "py" ];
  };
}
