/**
  nixpkgs' dockerTools with `files`: what stands at which path of the image.

  Its commands make them: links and texts in `extraCommands`, owners and modes in `fakeRootCommands`.

  # Example

  ```nix
  buildLayeredImage { name = "hello"; files."/etc/motd".text = "welcome"; config.Cmd = [ "/bin/sh" ]; }
  ```
*/
{ pkgs }:
let
  inherit (pkgs) lib;
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    map
    sort
    stringLength
    ;
  inherit (lib) escapeShellArg;
  inherit (pkgs.stdenv.hostPlatform) system isLinux;

  # Directories before what is in them.
  ordered = files: sort (a: b: stringLength a < stringLength b || a < b && stringLength a == stringLength b) (attrNames files);

  make =
    files: path:
    let
      file = files.${path};
      place = escapeShellArg ".${path}";
    in
    [ "mkdir -p \"$(dirname ${place})\"" ]
    ++ (
      if file ? link then
        [ "ln -sfn ${escapeShellArg "${file.link}"} ${place}" ]
      else if file ? links then
        [ "mkdir -p ${place}" ]
        ++ concatMap (directory: [
          # The first that has a name wins.
          ''for each in ${escapeShellArg directory}/*; do [ -L ${place}/"''${each##*/}" ] || [ -e ${place}/"''${each##*/}" ] || ln -s "$each" ${place}/; done''
        ]) file.links
      else if file ? directory then
        [ "mkdir -p ${place}" ]
      else
        [ "cp ${file.copy or (pkgs.writeText "file" file.text)} ${place}" ]
    );

  own =
    files: path:
    let
      file = files.${path};
      place = escapeShellArg ".${path}";
      plain = if file ? directory then "0755" else "0444";
    in
    if file ? link || file ? links then
      [ ]
    else
      [
        "chmod ${file.mode or plain} ${place}"
        "chown ${toString (file.uid or 0)}:${toString (file.gid or 0)} ${place}"
      ];

  compressors = {
    none = "none";
    zstd = "zstd";
  };

  commands = each: files: concatStringsSep "\n" (concatMap (each files) (ordered files)) + "\n";

  buildLayeredImage =
    {
      files,
      name,
      compression ? "none",
      ...
    }@arguments:
    pkgs.dockerTools.buildLayeredImage (
      removeAttrs arguments [
        "compression"
        "files"
        # Its layers have an order of their own.
        "later"
      ]
      # What it does by itself, and all that versions without the argument do.
      // lib.optionalAttrs (compression != "gzip") { compressor = compressors.${compression}; }
      // {
        # A link such as /bin -> usr/bin is made before its target has anything in it.
        extraCommands = commands make files;
        fakeRootCommands = commands own files;
      }
    );

  # A derivation that can be evaluated and says at its build what to do instead: `nix flake show` and `check` stay clean.
  elsewhere =
    { name, ... }:
    let
      linux = builtins.replaceStrings [ "darwin" ] [ "linux" ] system;
      message = "an image holds Linux programs, and this is ${system}: `nix build .#packages.${linux}.image` builds it through a remote or linux builder (https://nixos.org/manual/nixpkgs/stable/#sec-darwin-builder)";
      refuse = pkgs.runCommand "${baseNameOf name}-image" { inherit message; } ''
        echo "error: $message" >&2
        exit 1
      '';
    in
    refuse // { stream = refuse; };
in
{
  buildLayeredImage = if isLinux then buildLayeredImage else elsewhere;
}
