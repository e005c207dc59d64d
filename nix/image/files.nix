# What the image has at fixed places; all else is found through PATH and variables that name the store.
{
  lib,
  system,
  base,
  user,
  home,
  tools,
  kernels,
  certificate,
  healthcheck,
  start,
  startNotebook,
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
}:
let
  inherit (builtins) readFile;

  debian = {
    "debian/bookworm" = "12";
    "debian/trixie" = "13";
    "debian/forky" = "14";
  };

  # Scanners choose their list of known faults by this file, so it says where the programs come from.
  osRelease =
    if debian ? ${base} then
      let
        suite = lib.removePrefix "debian/" base;
      in
      ''
        PRETTY_NAME="Debian GNU/Linux ${debian.${base}} (${suite}), packages in the Nix store"
        NAME="Debian GNU/Linux"
        VERSION_ID="${debian.${base}}"
        VERSION="${debian.${base}} (${suite})"
        VERSION_CODENAME=${suite}
        ID=debian
        HOME_URL="https://www.debian.org/"
      ''
    else
      ''
        PRETTY_NAME="packages in the Nix store"
        NAME="Linux"
        ID=linux
      '';

  bundle.link = "${cacert}/etc/ssl/certs/ca-bundle.crt";

  # For anyone, as /tmp: the number that the container runs as isn't known here, nor its group.
  shared = {
    directory = true;
    mode = "1777";
  };
  own = shared // {
    uid = 1000;
    gid = 100;
  };
  directory.directory = true;
in
{
  "/bin".link = "usr/bin";
  "/dev" = directory;
  "/etc/bash.bashrc".text = readFile ./profile;
  "/etc/fonts/fonts.conf".link = makeFontsConf { fontDirectories = [ dejavu_fonts ]; };
  "/etc/group".text = ''
    root:x:0:
    tty:x:5:
    users:x:100:
    nogroup:x:65534:
  '';
  # The lowest of Jupyter's configurations: a user's own, and the project's, win.
  "/etc/jupyter/jupyter_server_config.json".text = builtins.toJSON {
    FileContentsManager.delete_to_trash = false;
    ServerApp.open_browser = false;
  };
  "/etc/jupyter/jupyter_server_config.py".text = readFile ./jupyter_server_config.py;
  "/etc/localtime".link = "/usr/share/zoneinfo/Etc/UTC";
  "/etc/nsswitch.conf".text = ''
    passwd: files
    group: files
    hosts: files dns
  '';
  "/etc/os-release".text = osRelease;
  # Group 0 may write: a container that runs as a number without a name, in group 0, gives itself one.
  "/etc/passwd" = {
    mode = "0664";
    text = ''
      root:x:0:0:root:/root:/bin/bash
      ${user}:x:1000:100:${user}:${home}:/bin/bash
      nobody:x:65534:65534:nobody:/nonexistent:/bin/false
    '';
  };
  "/etc/profile".text = readFile ./profile;
  "/etc/ssl/certs/ca-bundle.crt" = bundle;
  "/etc/ssl/certs/ca-certificates.crt" = bundle;
  ${home} = own;
  "${home}/work" = own;
  "/mnt" = own;
  "/proc" = directory;
  "/root" = directory // {
    mode = "0700";
  };
  "/run" = directory;
  # Where Python looks for a graphics card's driver; engines put it where Debian has libraries.
  "/run/opengl-driver/lib".link = "/usr/lib/${system}-gnu";
  "/sbin".link = "usr/bin";
  "/sys" = directory;
  "/tmp" = shared;
  # The first of a name wins: BusyBox has what the others don't.
  "/usr/bin".links = map (package: "${package}/bin") (
    tools
    ++ [
      bashInteractive
      coreutils
      tini
      busybox
    ]
  );
  # start.sh drops root's rights by it, and BusyBox' own can't.
  "/usr/bin/chroot".link = chrootProgram;
  "/usr/bin/sh".link = "${bashInteractive}/bin/bash";
  "/usr/lib/locale".link = "${locales}/lib/locale";
  "/usr/lib/os-release".link = "../../etc/os-release";
  "/usr/local/bin/healthcheck".link = healthcheck;
  "/usr/local/bin/make-certificate".link = certificate;
  # docker-stacks' names.
  "/etc/jupyter/docker_healthcheck.py".link = healthcheck;
  "/usr/local/bin/start-notebook.py".link = startNotebook;
  "/usr/local/bin/start-notebook.sh".link = startNotebook;
  "/usr/local/bin/start-singleuser.py".link = startNotebook;
  "/usr/local/bin/start-singleuser.sh".link = startNotebook;
  "/usr/local/bin/start.sh".link = start;
  "/usr/sbin".link = "bin";
  # For bash's line editing and whatever draws on Lab's terminal.
  "/usr/share/terminfo".link = "${terminfo}/share/terminfo";
  "/usr/share/zoneinfo".link = "${tzdata}/share/zoneinfo";
  "/var/tmp" = shared;
}
# Clients that know nothing of JUPYTER_PATH find the kernels too.
// builtins.listToAttrs (
  map (kernel: {
    name = "/usr/share/jupyter/kernels/${kernel.kernelName}";
    value.link = kernel;
  }) kernels
)
