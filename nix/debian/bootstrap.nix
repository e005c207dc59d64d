/**
  The two static executables that everything else is built with, from the lock's `bootstrap`
  lines.

  # Example

  ```nix
  (callPackage ./bootstrap.nix { bootstrap = lock.bootstrap; }).busybox
  => «derivation …-busybox-1.37.0»; its bin/ has every applet
  ```
*/
{
  lib,
  linkArchive,
  system,
}:
{ bootstrap }:
let
  line =
    name:
    lib.findFirst (l: l.name == name && l.system == system)
      (throw "jupyter.lock has no bootstrap line for ${name} on ${system}: run `jupyflake lock`")
      bootstrap;

  # There is no builder yet, so Nix' own fetcher says what to do: a bad URL is printed as it is.
  executable =
    name:
    derivation {
      inherit name system;
      builder = "builtin:fetchurl";
      url = "${name} is not in the Nix store: run `jupyflake fetch` in the project";
      executable = true;
      unpack = false;
      outputHashMode = "recursive";
      outputHashAlgo = "sha256";
      outputHash = (line name).nar;
    };

  # "1:1.37.0-6+b9" is epoch 1, upstream 1.37.0; only the latter names a store path.
  version =
    name:
    builtins.elemAt (builtins.match "([^:]*:)?([0-9.]+).*" (line name).version) 1;

  busyboxFile = executable "busybox";
  patchelfFile = executable "patchelf";

  # busybox looks at its own name, and a store path begins with a hash. A directory with a link
  # called `busybox` is needed before the first program can run. Nix' own unpacker makes it.
  link = derivation {
    name = "busybox-link";
    inherit system;
    builder = "builtin:unpack-channel";
    channelName = "busybox";
    busybox = busyboxFile;
    # The attribute above is the reference: toFile's text may not name a path that is to be built.
    src = builtins.toFile "busybox-link" (linkArchive {
      name = "link";
      target = builtins.unsafeDiscardStringContext "${busyboxFile}";
    });
  };
in
{
  busybox =
    derivation {
      name = "busybox-${version "busybox"}";
      inherit system;
      builder = "${link}/busybox";
      args = [
        "sh"
        "-eu"
        ./bootstrap.sh
      ];
      start = "${link}/busybox";
      program = busyboxFile;
    }
    // {
      pname = "busybox";
      version = version "busybox";
      meta.mainProgram = "busybox";
    };

  patchelf =
    derivation {
      name = "patchelf-${version "patchelf"}";
      inherit system;
      builder = "${link}/busybox";
      args = [
        "sh"
        "-euc"
        ''"$start" mkdir -p "$out/bin"; "$start" cp "$program" "$out/bin/patchelf"''
      ];
      start = "${link}/busybox";
      program = patchelfFile;
    }
    // {
      pname = "patchelf";
      version = version "patchelf";
      meta.mainProgram = "patchelf";
    };
}
