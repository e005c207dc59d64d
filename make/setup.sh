#!/bin/sh
# Sets up what a target needs: programs from the system's packages, and the command line in build/venv.
#
#   make/setup.sh [--test | --without-nix]
#
# --test adds what only the tests need; --without-nix is for building in a container, which has Nix. With JUPYFLAKE_YES=1, or without a terminal, nothing is asked.
set -eu
# A temporary directory may belong to somebody else's session (TMPDIR of a `nix develop` that has ended).
[ -d "${TMPDIR:-/tmp}" ] || unset TMPDIR
cd -- "$(dirname -- "$0")/.."

tests=
nix=yes
case "${1-}" in
  --test) tests=yes ;;
  --without-nix) nix= ;;
  '') ;;
  *)
    echo "error: make/setup.sh knows no argument $1" >&2
    echo "  try: make/setup.sh [--test | --without-nix]" >&2
    exit 2
    ;;
esac

venv=build/venv

has() { command -v "$1" > /dev/null 2>&1; }

# Debian keeps some programs out of the PATH of ordinary users.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

python_works() { has python3 && python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; }
engine_works() { { has docker && docker info > /dev/null 2>&1; } || { has podman && podman info > /dev/null 2>&1; }; }

# --- What is missing: Debian packages, and for other systems one line each with the official way to get it.
packages=
advice=
needs() { # what, official way, Debian packages…
  advice="$advice  $1: $2
"
  shift 2
  packages="$packages $*"
}

python_works ||
  needs "Python 3.11 or newer, with venv" "https://www.python.org/downloads/" python3 python3-venv
[ -z "$nix" ] || has nix ||
  needs "Nix 2.8 or newer" "sh <(curl -L https://nixos.org/nix/install) --daemon" nix-bin
[ -e /etc/ssl/certs/ca-certificates.crt ] || [ -e /etc/pki/tls/certs/ca-bundle.crt ] || [ -e /etc/ssl/cert.pem ] ||
  needs "certificates of the public authorities" "the package ca-certificates of the system" ca-certificates
[ ! -e .git ] || has git ||
  needs "git" "https://git-scm.com/downloads" git
engine_works || {
  rootless=
  [ "$(id -u)" = 0 ] || rootless="uidmap slirp4netns fuse-overlayfs"
  # shellcheck disable=SC2086 # a list of packages
  needs "a container engine that runs (Docker or Podman)" "https://docs.docker.com/engine/install/" podman runc $rootless
}
if [ "$tests" ]; then
  has dockerd || needs "Docker's daemon" "https://docs.docker.com/engine/install/" docker.io
  has podman || needs "Podman" "https://podman.io/docs/installation" podman
  has runc || needs "runc" "https://github.com/opencontainers/runc" runc
  has chromium || needs "Chromium" "https://www.chromium.org/getting-involved/download-chromium/" chromium fonts-dejavu-core
  # The browser's driver is linked to it.
  python3 -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2> /dev/null ||
    needs "libatomic" "a part of GCC: https://gcc.gnu.org/" libatomic1
  has skopeo || needs "skopeo" "https://github.com/containers/skopeo/blob/main/install.md" skopeo
  has docker-registry || needs "a registry" "https://distribution.github.io/distribution/" docker-registry
  has zstd || needs "zstd" "https://github.com/facebook/zstd" zstd
  has shellcheck || needs "shellcheck" "https://github.com/koalaman/shellcheck#installing" shellcheck
  has apt-ftparchive || needs "apt-ftparchive" "a machine with Debian" apt-utils
  has sshd || needs "OpenSSH's server" "https://www.openssh.com/portable.html" openssh-server openssh-client
  has nginx || needs "nginx" "https://nginx.org/en/docs/install.html" nginx-light
  has gpg || needs "GnuPG" "https://gnupg.org/download/" gnupg
fi

# --- Installing them, on Debian and what descends from it.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
  # shellcheck disable=SC2046,SC2086 # a list of packages
  set -- $(printf '%s\n' $packages | sort -u)
  command="apt-get install --no-install-recommends $*"
  if ! has apt-get; then
    echo "error: this needs what the machine does not have:" >&2
    printf '%s' "$advice" >&2
    echo "  try: install it as said above, then run make again" >&2
    exit 1
  fi
  if [ "$(id -u)" != 0 ] && ! has sudo; then
    echo "error: packages are missing, and only root can install them" >&2
    echo "  try: as root, run: $command" >&2
    exit 1
  fi
  echo "Installing from the system's packages: $*"
  if [ -t 0 ] && [ -t 1 ] && [ "${JUPYFLAKE_YES-}" != 1 ]; then
    printf 'Go on? [Y/n] '
    read -r answer || answer=n
    case "$answer" in
      '' | [yY]*) ;;
      *)
        echo "error: nothing was installed" >&2
        echo "  try: install it yourself: $command" >&2
        exit 1
        ;;
    esac
  fi
  mkdir -p build
  # The machine's package lists may be missing or old, so they are fetched first.
  if ! { as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } \
    > build/apt.log 2>&1 < /dev/null; then
    tail -n 5 build/apt.log >&2
    echo "error: apt-get could not install the packages; all it said is in build/apt.log" >&2
    echo "  try: $command" >&2
    exit 1
  fi
}

[ -z "$packages" ] || install_packages

if ! python_works; then
  echo "error: this system's python3 is $(python3 --version 2>&1 | sed 's/.* //'), and 3.11 or newer is needed" >&2
  echo "  try: install a newer one from https://www.python.org/downloads/ and put it first on PATH" >&2
  exit 1
fi

# Podman's overlay storage is refused on some file systems, which fuse-overlayfs then serves.
if ! engine_works && has podman && has apt-get && ! has fuse-overlayfs; then
  packages=fuse-overlayfs
  install_packages
fi

# A user without Nix' daemon gets a store of their own, as the official single-user installation makes it.
if [ "$nix" ] && [ "$(id -u)" != 0 ] && [ ! -e /nix/store ] && [ ! -S /nix/var/nix/daemon-socket/socket ]; then
  echo "Making /nix, owned by $(id -un)"
  as_root install -d -m 755 -o "$(id -u)" -g "$(id -g)" /nix
fi

# --- The command line, in an environment of its own; nothing is done when nothing it depends on has changed.
requirements=python/pyproject.toml
[ -z "$tests" ] || requirements="$requirements make/dev-requirements.txt"
stamp=$venv/.setup${tests:+-test}
# shellcheck disable=SC2086 # a list of files
state=$(pwd && python3 --version && cat $requirements)
if [ ! -x "$venv/bin/jupyflake" ] || [ "$(cat "$stamp" 2> /dev/null)" != "$state" ]; then
  echo "Installing the command line into $venv"
  # An environment of another Python, or of a directory that was moved, is of no use.
  place=$(pwd && python3 --version)
  if [ "$(cat "$venv/.place" 2> /dev/null)" != "$place" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    printf '%s\n' "$place" > "$venv/.place"
  fi
  set -- --editable ./python
  [ -z "$tests" ] || set -- "$@" --requirement make/dev-requirements.txt
  if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@" 2> build/pip.log; then
    tail -n 5 build/pip.log >&2
    echo "error: pip could not install the command line; all it said is in build/pip.log" >&2
    echo "  try: check pip's index (pip config list), then run make again" >&2
    exit 1
  fi
  printf '%s\n' "$state" > "$stamp"
fi
