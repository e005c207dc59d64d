/**
  Which packages the set's store paths hold, for the list of an image's contents: one entry a package and path.

  A path is its name in the store, without context: what isn't in an image is neither built nor fetched for its list.

  # Example

  ```nix
  contents { inherit debs bootstrap; }
  => [ { kind = "deb"; name = "libc6"; path = "…-libc6-2.41-12"; source = "glibc"; suite = "trixie"; … } … ]
  ```
*/
{
  busybox,
  cacert,
  debs,
  dejavu_fonts,
  lib,
  locales,
  suite,
}:
arguments:
let
  # Packages of which a part is in a path of its own.
  parts = {
    ca-certificates = [ cacert ];
    fonts-dejavu-core = [ dejavu_fonts ];
    fonts-dejavu-mono = [ dejavu_fonts ];
    libc-bin = [ locales ];
  };

  # pool/main/g/glibc/libc6_2.41-12_amd64.deb
  sourceOf = path: lib.elemAt (builtins.match ".*/([^/]+)/[^/]+" path) 0;

  entry = line: package: {
    inherit (line) name sha256 version;
    inherit suite;
    depends = line.depends or [ ];
    file = baseNameOf line.path;
    kind = "deb";
    path = baseNameOf (builtins.unsafeDiscardStringContext package.outPath);
    source = sourceOf line.path;
  };
in
lib.concatMap (
  line: map (entry line) ([ debs.${line.name} ] ++ parts.${line.name} or [ ])
) arguments.debs
++ map (line: entry (line // { name = "busybox-static"; }) busybox) (
  lib.filter (line: line.name == "busybox" && line.suite or null == suite) arguments.bootstrap
)
