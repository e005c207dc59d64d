{
  lib,
  stdenv,
  runCommand,
  writeText,
  writeTextFile,
  busybox,
  getDeb,
  pythonVersion,
}:
/**
  Container images from store paths: the part of nixpkgs' `dockerTools` that images here need, with the same names.

  Neither an engine nor root rights take part: `streamer/` writes the archive from the closure.
*/
let
  inherit (builtins)
    isString
    match
    path
    toJSON
    ;

  architectures = {
    aarch64-linux = "arm64";
    x86_64-linux = "amd64";
  };

  # A path of its own: an image isn't made anew because another file of the toolkit has changed.
  streamer = path {
    name = "streamer";
    path = ./streamer;
    filter = file: _: lib.hasSuffix ".py" file;
  };

  # The suite's own Python, without the site packages of anybody.
  program = "${getDeb "python${pythonVersion}"}/bin/python${pythonVersion} -I -S ${streamer}";

  # Only what compresses with it needs it: the lock has it then.
  zstdFor = compression: if compression == "zstd" then "${getDeb "zstd"}/bin/zstd" else "";

  require = lib.assertMsg;

  checked =
    {
      name,
      tag,
      compression,
      created,
      maxLayers,
    }:
    result:
    assert require (match "[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*" name != null)
      "image name \"${name}\": write lower-case letters, digits and single '.', '_', '-' between them, as in \"my-image\" or \"registry.example:5000/team/my-image\"";
    assert require (
      match "[A-Za-z0-9_][A-Za-z0-9._-]*" tag != null && builtins.stringLength tag <= 128
    ) "image tag \"${tag}\": write up to 128 letters, digits, '.', '_' and '-', as in \"latest\" or \"1.0\"";
    assert require (
      isString created
      && match "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})" created != null
    ) "image time created = ${toJSON created}: write a fixed time, as in \"1970-01-01T00:00:01Z\" (\"now\" would give another image each time)";
    assert require (builtins.elem compression [ "none" "gzip" "zstd" ])
      "image compression = ${toJSON compression}: write \"none\", \"gzip\" or \"zstd\"";
    # Docker's overlay file system ends at 125 layers.
    assert require (
      maxLayers >= 2 && maxLayers <= 125
    ) "image maxLayers = ${toString maxLayers}: write a number from 2 to 125";
    result;

  /**
    A script that writes the image's archive to standard output, for `docker load` or `podman load`.

    # Example

    ```nix
    streamLayeredImage { name = "hello"; contents = [ busybox ]; config.Cmd = [ "/bin/sh" ]; }
    ```

    # Arguments

    - `name`, `tag`: what the engine calls the image
    - `contents`: packages whose files are linked below `/`; the first that has a file wins
    - `files`: attribute set from absolute paths to one of `{ text; mode; uid; gid; }`, the same with `copy` (a text file) for `text`, `{ link; }`, `{ directory = true; mode; uid; gid; }`
      and `{ links = [ directories ]; }` (a directory of links to all that is in these); wins over `contents`
    - `config`: the image configuration as Docker writes it (`Cmd`, `Env`, `User`, …)
    - `compression`: `"none"`, `"gzip"` or `"zstd"`, of each layer in the archive and on its way to a registry
    - `architecture`, `created`, `maxLayers`: as in nixpkgs
    - `later`: list of `{ path; since; }`, store paths that a project came to have by its change of the number `since`: they lie above the
      others, so that engines keep what is below

    # Result

    The script; `passthru.plan` is the image as JSON (layers, paths, digests), `imageName`, `imageTag` what it is called.
    `passthru.source` is a directory with two programs: `plan OUTPUT KNOWN` writes the same JSON, computing only those
    digests that the directory KNOWN hasn't kept from before; `image` serves such a plan or writes it (`streamer/`).

    Sources: https://github.com/opencontainers/image-spec/blob/main/config.md
  */
  streamLayeredImage =
    {
      name,
      tag ? "latest",
      contents ? [ ],
      files ? { },
      config ? { },
      architecture ? architectures.${stdenv.hostPlatform.system},
      compression ? "none",
      created ? "1970-01-01T00:00:01Z",
      later ? [ ],
      maxLayers ? 100,
    }:
    let
      storeName = baseNameOf name;
      zstd = zstdFor compression;

      # What the image needs is the closure of this text: every store path that one of its parts mentions.
      spec = writeText "${storeName}-spec.json" (toJSON {
        inherit
          architecture
          compression
          config
          contents
          created
          files
          later
          maxLayers
          name
          tag
          ;
        storeDir = builtins.storeDir;
      });

      plan = runCommand "${storeName}-plan.json" {
        inherit spec;
        exportReferencesGraph = [
          "graph"
          spec
        ];
      } ''${program} plan "$spec" graph "$out" "${zstd}" ""'';

      source =
        runCommand "${storeName}-source"
          {
            inherit spec;
            exportReferencesGraph = [
              "graph"
              spec
            ];
          }
          ''
            mkdir "$out"
            cp graph "$out/graph"
            {
              echo "#!${busybox}/bin/sh"
              echo 'exec ${program} plan '"$spec $out/graph"' "$1" "${zstd}" "$2"'
            } > "$out/plan"
            {
              echo "#!${busybox}/bin/sh"
              echo 'exec ${program} "$@"'
            } > "$out/image"
            chmod 555 "$out/plan" "$out/image"
          '';

      script = writeTextFile {
        name = "stream-${storeName}";
        executable = true;
        text = ''
          #!${busybox}/bin/sh
          exec ${program} write ${plan} "$@"
        '';
      };
    in
    checked {
      inherit
        name
        tag
        compression
        created
        maxLayers
        ;
    } script
    // {
      inherit plan source spec;
      imageName = name;
      imageTag = tag;
      passthru = {
        inherit plan source spec;
        imageName = name;
        imageTag = tag;
      };
    };

  /**
    The image's archive as a file: `docker load < result`.

    # Example

    ```nix
    buildLayeredImage { name = "hello"; contents = [ busybox ]; }
    ```

    # Arguments

    As `streamLayeredImage`, whose result is `passthru.stream`.
  */
  buildLayeredImage =
    arguments:
    let
      stream = streamLayeredImage arguments;
    in
    runCommand "${baseNameOf arguments.name}.tar" {
      inherit (stream) spec;
      exportReferencesGraph = [
        "graph"
        stream.spec
      ];
      passthru = {
        inherit stream;
        inherit (stream) imageName imageTag plan source;
      };
    } ''${program} build "$spec" graph "$out" "${zstdFor (arguments.compression or "none")}"'';
in
{
  inherit buildLayeredImage streamLayeredImage;
}
