# Which packages the store paths of a project hold, by its lock: what a list of an image's contents is made from.
#
# A path is a name without context: what isn't in the image is neither built nor fetched for its list.
{
  lines,
  bootstrap,
  sets,
  wheels,
}:
let
  inherit (builtins)
    attrNames
    baseNameOf
    concatLists
    concatMap
    elemAt
    filter
    map
    match
    unsafeDiscardStringContext
    ;

  plain = path: baseNameOf (unsafeDiscardStringContext "${path}");

  # Packages of which only a part is in a path of its own.
  parts = set: {
    ca-certificates = [ set.cacert ];
    fonts-dejavu-core = [ set.dejavu_fonts ];
    fonts-dejavu-mono = [ set.dejavu_fonts ];
    libc-bin = [ set.locales ];
  };

  debian = filter (set: builtins.substring 0 7 set.base == "debian/") (builtins.attrValues sets);

  debOf =
    set: line: paths:
    map (path: {
      inherit (line) name sha256 version;
      inherit (set) suite;
      depends = line.depends or [ ];
      file = baseNameOf line.path;
      kind = "deb";
      path = plain path;
      # pool/main/g/glibc/libc6_2.41-12_amd64.deb
      source = elemAt (match ".*/([^/]+)/[^/]+" line.path) 0;
    }) paths;

  debsOf =
    set:
    concatMap (
      line: debOf set line ([ set.debs.${line.name} ] ++ (parts set).${line.name} or [ ])
    ) (filter (line: line.suite == set.suite) lines);

  busyboxOf =
    set:
    concatMap (
      line: debOf set (line // { name = "busybox-static"; }) [ set.busybox ]
    ) (filter (line: line.name == "busybox" && line.suite or null == set.suite) bootstrap);
in
concatLists (
  map debsOf debian
  ++ map busyboxOf debian
  ++ map (
    base:
    map (wheel: {
      inherit (wheel)
        file
        name
        sha256
        version
        ;
      kind = "wheel";
      path = plain wheels.${base}.${wheel.file};
    }) wheels.lines
  ) (filter (base: base != "lines") (attrNames wheels))
)
