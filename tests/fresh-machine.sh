#!/usr/bin/env bash
# Imitates a machine that has nothing but Debian bookworm, runs the README's two commands there, and prints how long they took.
#
#   tests/fresh-machine.sh DIRECTORY [TARGET…]
#
# DIRECTORY is outside the repository; it is made, or emptied when this script made it before. The targets are `demo`, `demo` again and
# `test` where none are given. The commits of this clone are what is tested, not what is uncommitted. Needs root and debootstrap.
# Package mirrors, certificates and index settings are this machine's own.
set -euo pipefail

repository=$(cd "$(dirname "$0")/.." && pwd)
[ $# -ge 1 ] || { sed -n 's/^#   //p' "$0" >&2; exit 2; }
mkdir -p "$1"
machine=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- demo demo test

case "$machine/" in
  "$repository"/*) echo "error: $machine is inside the repository" >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || { echo "error: only root can make a machine" >&2; exit 2; }
command -v debootstrap > /dev/null || { echo "error: debootstrap is missing; try: apt-get install debootstrap" >&2; exit 2; }
if [ -n "$(ls -A "$machine")" ] && [ ! -e "$machine/.fresh-machine" ]; then
  echo "error: $machine is not empty, and was not made by this script" >&2
  exit 2
fi
rm -rf --one-file-system -- "${machine:?}"/* "$machine"/.[!.]*
touch "$machine/.fresh-machine"

# shellcheck disable=SC2016 # apt's own way to write what it shall print
mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' 'Created-By: Packages' | head -n 1)
debootstrap --variant=minbase bookworm "$machine" "${mirror:?}" > "$machine.log" 2>&1 || { tail -n 5 "$machine.log" >&2; exit 1; }

# The machine's own configuration: where packages come from, who is trusted.
rm -f "$machine/etc/apt/sources.list"
cp -a /etc/apt/sources.list* "$machine/etc/apt/"
apt-config dump | grep -E '^Acquire::(Check-|http|https)' > "$machine/etc/apt/apt.conf.d/99machine" || true
cp /etc/resolv.conf "$machine/etc/resolv.conf"
if [ -d /usr/local/share/ca-certificates ]; then
  mkdir -p "$machine/usr/local/share"
  cp -a /usr/local/share/ca-certificates "$machine/usr/local/share/"
fi

git clone --quiet --no-hardlinks "$repository" "$machine/srv/jupyflake"
git -C "$machine/srv/jupyflake" remote remove origin

# What the fresh machine runs; everything is timed there.
cat > "$machine/srv/try.sh" <<'EOF'
set -eu
apt-get update -q > /dev/null
# The README's first line: make and git.
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends make git > /srv/apt.log 2>&1
cd /srv/jupyflake
for target in "$@"; do
  echo "--- make $target"
  began=$(date +%s)
  code=0
  make "$target" < /dev/null || code=$?
  echo "--- make $target: exit code $code, $(($(date +%s) - began)) s"
  [ "$code" = 0 ] || exit "$code"
done
EOF

# Namespaces of its own: whatever is mounted or started there ends with it.
# shellcheck disable=SC2016 # a program of its own
enter='
  machine=$1; shift
  mount --bind "$machine" "$machine"
  mount --rbind /sys "$machine/sys"
  mount --rbind /dev "$machine/dev"
  mount -t proc proc "$machine/proc"
  mount -t tmpfs -o mode=1777 tmpfs "$machine/tmp"
  cd "$machine"
  mkdir -p .outside
  pivot_root . .outside
  umount -l /.outside
  rmdir /.outside
  cd /srv
  exec env -i HOME=/srv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 bash try.sh "$@"
'
unshare --mount --pid --fork --kill-child --propagation private bash -c "$enter" fresh-machine "$machine" "$@" < /dev/null
