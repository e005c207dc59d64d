# shellcheck shell=sh disable=SC2154 # sh is set by whoever includes this
# R, as many programs, starts others through /bin/sh. Debian's Nix gives builds none, so one is made before a command runs:
# in the sandbox itself where that may be written (builds by root), else in a copy of its root directory.
with_shell() {
  if [ -e /bin/sh ]; then
    "$@"
  elif [ -w / ]; then
    mkdir -p /bin
    ln -s "$sh" /bin/sh
    "$@"
  else
    # shellcheck disable=SC2016 # expanded inside
    unshare -r -m "$sh" -c '
      set -eu
      root=$NIX_BUILD_TOP/root
      mkdir -p "$root/bin"
      ln -s "$0" "$root/bin/sh"
      for entry in /*; do
        if [ -L "$entry" ]; then
          cp -P "$entry" "$root$entry"
        elif [ -d "$entry" ]; then
          mkdir -p "$root$entry"
          mount --rbind "$entry" "$root$entry"
        fi
      done
      exec chroot "$root" "$0" -c "cd \"\$0\" && exec \"\$@\"" "$PWD" "$@"
    ' "$sh" "$@"
  fi
}
