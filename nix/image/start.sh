#!/bin/sh
# The entry of the image: finds places to write to, decides where notebooks are, then becomes the command.
#
#   docker run IMAGE [PROGRAM | SUBCOMMAND OF JUPYTER | OPTION OF JUPYTER LAB]…
#
# It runs as whatever user the container was started as. Nothing here may stop the start: who looks for a fault wants a shell.
set -u

say() {
  printf 'jupyflake: %s\n' "$*" >&2
}

# The options of the mount at a path; fails where nothing is mounted.
mount_options() {
  while read -r _ _ _ _ point options _; do
    if [ "$point" = "$1" ]; then
      printf '%s\n' "$options"
      return
    fi
  done < /proc/self/mountinfo
  return 1
}

# Whether files can be made in a directory, and keep the mode that hides a token from others (a share of a desktop may not).
private_files() {
  probe=$(mktemp "$1/.jupyflake.XXXXXX" 2> /dev/null) || return 1
  mode=$(stat -c %a "$probe")
  rm -f "$probe"
  [ "$mode" = 600 ]
}

# Say which flag makes a mounted directory writable.
explain() {
  owner=$(stat -c %u:%g "$1")
  read -r _ _ count < /proc/self/uid_map
  case $(mount_options "$1") in
    ro | ro,*) cure="it was mounted read-only (leave out \`:ro\`)" ;;
    *)
      if [ "$count" = 4294967295 ]; then
        case $owner in
          0:*) cure="it belongs to root: run \`chown $uid:$gid\` on that directory of the host" ;;
          *) cure="start the container with \`--user $owner\`" ;;
        esac
      elif [ "${container-}" = podman ]; then
        cure="start the container with \`--userns=keep-id:uid=$uid,gid=$gid\`"
      else
        cure="start the container with \`--user 0:0 -e NB_UID=0\` and \`jupyter lab --allow-root\`"
      fi
      ;;
  esac
  say "$1 can't be written by user $uid:$gid, so nothing is saved there: $cure"
}

wants_root() {
  [ "${NB_UID-}" = 0 ] && return
  for word; do
    [ "$word" = --allow-root ] && return
  done
  return 1
}

# A user without a name (OpenShift gives any number, in group 0) gets the name of the image's user.
name_user() {
  if ! id -un -- "$1" > /dev/null 2>&1 && [ -w /etc/passwd ]; then
    others=$(sed "s/^$NB_USER:/image-$NB_USER:/" /etc/passwd)
    printf '%s\n' "$others" "$NB_USER:x:$1:$2::$image_home:/bin/bash" > /etc/passwd
  fi
}

# --- the user -------------------------------------------------------------------------------------------------------------
uid=$(id -u)
gid=$(id -g)
image_home=/home/$NB_USER

if [ "$uid" = 0 ] && ! wants_root "$@"; then
  user=${NB_UID:-1000}:${NB_GID:-100}
  case ${CHOWN_HOME-} in
    1 | yes) chown -R "$user" "$image_home" || say "not all of $image_home could be given to $user" ;;
  esac
  name_user "${user%:*}" "${user#*:}"
  if chroot --userspec="$user" --skip-chdir / /bin/true 2> /dev/null; then
    exec chroot --userspec="$user" --skip-chdir / "$0" "$@"
  fi
  say "can't become user $user (no such capability), so this runs as root: start the container with \`--user $user\`"
fi

name_user "$uid" "$gid"
export USER="${USER:-$NB_USER}" LOGNAME="${LOGNAME:-$NB_USER}"

# --- places to write to ---------------------------------------------------------------------------------------------------
export HOME="${HOME:-$image_home}"
mkdir -p "$HOME" 2> /dev/null
if ! private_files "$HOME"; then
  for place in "${TMPDIR:-/tmp}" /tmp /dev/shm; do
    if private=$(mktemp -d "$place/home-$uid.XXXXXX" 2> /dev/null); then
      say "$HOME can't be written by user $uid:$gid, so settings and notebooks there are lost with the container: mount a writable volume at $HOME"
      HOME=$private
      [ -w /tmp ] || export TMPDIR="${TMPDIR:-$private}"
      break
    fi
  done
  [ "$HOME" = "${private-}" ] || say "there is no place to write to: start the container with \`--tmpfs /tmp\`"
fi

# --- where notebooks are --------------------------------------------------------------------------------------------------
notebooks=$HOME
if mount_options /mnt > /dev/null; then
  # The recipe of 2015: the directory at /mnt is the home of notebooks and state.
  notebooks=/mnt
  state=/mnt/.jupyter
  if mkdir -p "$state" 2> /dev/null && private_files "$state"; then
    export JUPYTER_DATA_DIR="${JUPYTER_DATA_DIR:-$state}"
    export JUPYTER_RUNTIME_DIR="${JUPYTER_RUNTIME_DIR:-$state/runtime}"
  elif [ ! -w /mnt ]; then
    explain /mnt
  fi
elif mount_options "$image_home/work" > /dev/null; then
  notebooks=$image_home/work
  [ -w "$notebooks" ] || explain "$notebooks"
fi

# --- the command ----------------------------------------------------------------------------------------------------------
case ${1-} in
  '') set -- jupyter lab ;;
  -*) set -- jupyter lab "$@" ;;
  *)
    # In 2015 the entry was `jupyter` itself: `docker run IMAGE notebook`.
    if ! command -v "$1" > /dev/null && command -v "jupyter-$1" > /dev/null; then
      set -- jupyter "$@"
    fi
    ;;
esac

# Jupyter shows the directory that it is started in. Another program, or a directory chosen with --workdir, is left alone.
case $1 in
  jupyter | jupyter-* | jupyterhub-singleuser)
    if [ "$PWD" = "$image_home" ]; then
      cd "$notebooks" || say "$notebooks can't be entered"
    fi
    ;;
esac
exec "$@"
