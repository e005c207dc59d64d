# shellcheck shell=dash
# Start a program in a root directory that has /bin/sh: PROGRAMS COMMAND…, in a mount namespace of its own.

programs=$1
shift
root=$NIX_BUILD_TOP/.root
for directory in /nix /proc /dev /tmp /etc "$NIX_BUILD_TOP"; do
  [ -d "$directory" ] || continue
  mkdir -p "$root$directory"
  "$programs/mount" -o rbind "$directory" "$root$directory"
done
mkdir -p "$root/bin" "$root/usr/bin"
ln -s "$programs/sh" "$root/bin/sh"
ln -s "$programs/env" "$root/usr/bin/env"
# shellcheck disable=SC2016 # expanded inside
exec "$programs/chroot" "$root" "$programs/sh" -c 'cd "$0" && exec "$@"' "$PWD" "$@"
