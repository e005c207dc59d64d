{
  lib,
  system,
  runCommand,
  writeText,
  dockerTools,
  bashInteractive,
  busybox,
  cacert,
  chrootProgram,
  coreutils,
  dejavu_fonts,
  locales,
  makeFontsConf,
  terminfo,
  tini,
  tzdata,
  base,
}:
/**
  The container image of a project: the `jupyter` command with its configuration and kernels, a user, and the few files that programs
  look for at fixed places.

  The result is an archive for `docker load` and `podman load`. `passthru.stream` is a script that writes the same archive to
  standard output, `passthru.plan` the image as JSON: its id, layers and their store paths.

  # Example

  ```nix
  mkImage { inherit jupyter config; name = "my-project"; env.OMP_NUM_THREADS = "2"; }
  ```

  # Arguments

  - `jupyter`: result of `mkJupyter`
  - `config`: result of `mkJupyterConfig`
  - `kernels`: list of kernels that the image is to have, where `config` doesn't mention them already
  - `name`, `tag`: what the engine calls the image
  - `user`: name of the user with number 1000 in group `users` (100)
  - `env`: attribute set of strings, further environment variables
  - `labels`: attribute set of strings
  - `tools`: packages whose programs are on `PATH`
  - `components`: list of what store paths hold (`path`, `kind`, `name`, `version`, …), for the image's bill of materials
  - `compression`: `"none"`, `"gzip"` or `"zstd"`: of the layers on the Debian base, of the archive on nixpkgs
  - `ports`: list of further TCP ports that programs of the image listen on
  - `extraPaths`: attribute set from absolute paths in the image to store paths that are linked there
  - `created`: a fixed time; the same input gives the same image
  - `maxLayers`: at most this many layers

  Sources: jupyter/docker-stacks "base-notebook", https://github.com/opencontainers/image-spec/blob/main/annotations.md
*/
{
  jupyter,
  config,
  name,
  kernels ? [ ],
  tag ? "latest",
  user ? "jovyan",
  env ? { },
  labels ? { },
  tools ? [ ],
  components ? [ ],
  ports ? [ ],
  extraPaths ? { },
  compression ? "none",
  created ? "1970-01-01T00:00:01Z",
  maxLayers ? 100,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    dirOf
    filter
    foldl'
    hasAttr
    isInt
    isString
    listToAttrs
    mapAttrs
    match
    ;

  home = "/home/${user}";
  second = 1000000000;

  content = import ./image/files.nix {
    inherit
      base
      home
      kernels
      lib
      system
      tools
      user
      ;
    inherit
      bashInteractive
      busybox
      cacert
      chrootProgram
      coreutils
      dejavu_fonts
      locales
      makeFontsConf
      terminfo
      tini
      tzdata
      ;
    certificate = program "make-certificate" python [ ./image/certificate.py ];
    healthcheck = program "healthcheck" python [ ./image/healthcheck.py ];
    start = program "start.sh" "${bashInteractive}/bin/bash" [
      variables
      ./image/functions.sh
      ./image/user.sh
      ./image/start.sh
    ];
    startNotebook = program "start-notebook.py" python [ ./image/start_notebook.py ];
  };

  isDebian = lib.hasPrefix "debian/" base;
  hasNix = isDebian && lib.any (tool: tool.pname or "" == "nix-bin") tools;

  everything = writeText "image-content.json" (
    builtins.toJSON {
      inherit environment;
      files = content;
    }
  );

  # A Nix in the image learns from it which store paths are there already: `nix-store --register-validity` reads this form.
  # Each path has a line, its deriver, a number, and so many references.
  registration =
    runCommand "registration"
      {
        inherit everything;
        exportReferencesGraph = [
          "graph"
          everything
        ];
      }
      ''
        awk -v without="$everything" '
          count == 0 { keep = $0 != without; last = 3 }
          count == 2 { last = 3 + $0 }
          keep
          { if (++count == last) count = 0 }
        ' graph > "$out"
      '';

  # What is in the image is known when all of it is there: the closure of all that its files and variables mention.
  inventory =
    runCommand "inventory"
      {
        inherit python;
        described = builtins.toJSON {
          inherit base components;
          image = {
            inherit name;
            version = tag;
          };
        };
        exportReferencesGraph = [
          "graph"
          everything
        ];
        passAsFile = [ "described" ];
        program = ./image/inventory.py;
      }
      ''
        $python "$program" "$describedPath" graph "$out"
      '';

  files =
    content
    // {
      "/usr/share/jupyflake/sbom.cdx.json".copy = "${inventory}/sbom.cdx.json";
    }
    // lib.optionalAttrs isDebian {
      "/var/lib/dpkg/status".copy = "${inventory}/status";
    }
    // lib.optionalAttrs hasNix {
      "/usr/share/jupyflake/registration".copy = "${registration}";
    };

  # A script of one or more parts, started by its full interpreter (and one word of options: a kernel passes no more), not through PATH.
  program =
    name: interpreter: sources:
    runCommand name { inherit interpreter sources; } ''
      { echo "#!$interpreter"; cat $sources; } > "$out"
      chmod 555 "$out"
    '';
  python = "${jupyter.environment}/bin/python3 -IS";

  # What start.sh can't know: neither is a variable of the image, which whoever starts it may change.
  variables = writeText "start-variables.sh" ''
    image_user=${user}
    kernel_programs=${lib.escapeShellArg (concatStringsSep " " programsOf)}
  '';
  programsOf = concatMap (
    kernel:
    if kernel.environment == null then [ ] else [ "${kernel.kernelName}=${kernel.environment}/bin" ]
  ) kernels';

  environment = {
    FONTCONFIG_FILE = "/etc/fonts/fonts.conf";
    HOME = home;
    # Kernels say it to who wants to install something.
    JUPYFLAKE_IMAGE = name;
    # State goes to the user's home, or where start.sh has found place; never to a directory with a jupyter.toml.
    JUPYFLAKE_STATE = home;
    # "*" is the variable's form of 2015 for all addresses of the container.
    JUPYTER_NOTEBOOK_IP = "*";
    JUPYTER_PORT = "8888";
    # The next free port would be one that isn't published.
    JUPYTER_PORT_RETRIES = "0";
    LANG = "C.UTF-8";
    LC_ALL = "C.UTF-8";
    LOCPATH = "/usr/lib/locale";
    NB_GID = "100";
    NB_UID = "1000";
    NB_USER = user;
    NIX_SSL_CERT_FILE = bundle;
    PATH = "${jupyter}/bin:/usr/local/bin:/usr/bin:/bin";
    # So that a company's certificates, mounted over the bundle, count for Python's requests too.
    REQUESTS_CA_BUNDLE = bundle;
    SHELL = "/bin/bash";
    SSL_CERT_FILE = bundle;
    TZDIR = "/usr/share/zoneinfo";
  }
  // config.environmentOf config
  // env;
  bundle = "/etc/ssl/certs/ca-certificates.crt";

  # Wheels that came after the project's first lock, and their bytecode: an engine that has the image from before keeps the rest.
  later = lib.unique (
    concatMap
      (
        environment:
        let
          new = filter (wheel: wheel.since or 0 > 0) environment.wheels;
          last = foldl' (last: wheel: if wheel.since > last then wheel.since else last) 0 new;
          at = since: path: { inherit path since; };
        in
        concatMap (wheel: map (at wheel.since) [ "${wheel}" (dirOf environment.bytecode.${wheel.pname}) ]) new
        ++ (if new == [ ] then [ ] else [ (at last "${environment}") ])
      )
      (
        filter (environment: environment ? bytecode) (
          [ jupyter.environment ] ++ map (kernel: kernel.environment) kernels'
        )
      )
  );
  kernels' = if kernels == [ ] then config.kernels else kernels;

  # What the user puts there, as links: the store has the files.
  extra = mapAttrs (_: path: { link = path; }) extraPaths;
  badPath = filter (
    path: match "(/[^/]+)+" path == null || match ".*/\\.\\.?(/.*)?" path != null || hasAttr path files
  ) (attrNames extraPaths);
  badPort = filter (port: !(isInt port && port > 0 && port < 65536)) ports;

  bad = filter (
    variable: match "[A-Za-z_][A-Za-z0-9_]*" variable == null || !isString env.${variable}
  ) (attrNames env);
in
assert lib.assertMsg (match "[a-z_][a-z0-9_-]{0,31}" user != null && user != "root" && user != "nobody")
  "image user \"${user}\": write a name of lower-case letters, digits, '-' and '_' that isn't root or nobody, as in \"jovyan\"";
assert lib.assertMsg (bad == [ ])
  "image env ${concatStringsSep ", " bad}: names have letters, digits and '_', values are strings, as in env.OMP_NUM_THREADS = \"2\"";
assert lib.assertMsg (badPath == [ ])
  "image extraPaths ${concatStringsSep ", " badPath}: write absolute paths that the image hasn't got by itself, as in extraPaths.\"/srv/course\"";
assert lib.assertMsg (badPort == [ ])
  "image ports ${toString badPort}: write numbers from 1 to 65535, as in ports = [ 8050 ]";
dockerTools.buildLayeredImage {
  inherit
    compression
    created
    later
    maxLayers
    name
    tag
    ;
  files = files // extra;
  config = {
    Cmd = [
      "jupyter"
      "lab"
    ];
    Entrypoint = [
      "/bin/tini"
      "-g"
      "--"
      "/usr/local/bin/start.sh"
    ];
    Env = lib.mapAttrsToList (variable: value: "${variable}=${value}") environment;
    ExposedPorts = listToAttrs (
      map (port: {
        name = "${toString port}/tcp";
        value = { };
      }) ([ 8888 ] ++ ports)
    );
    # Nanoseconds. Only Docker's format has this; others can run the same program.
    Healthcheck = {
      Interval = 5 * second;
      Retries = 3;
      StartPeriod = 30 * second;
      Test = [
        "CMD"
        "/usr/local/bin/healthcheck"
      ];
      Timeout = 5 * second;
    };
    Labels = {
      # Where to find the bill of materials, in CycloneDX.
      "jupyflake.sbom" = "/usr/share/jupyflake/sbom.cdx.json";
      "org.opencontainers.image.created" = created;
      "org.opencontainers.image.title" = name;
      "org.opencontainers.image.version" = tag;
    }
    // labels;
    StopSignal = "SIGTERM";
    # Numbers: Kubernetes' runAsNonRoot can't look names up.
    User = "1000:100";
    WorkingDir = home;
  };
}
