# shellcheck shell=bash disable=SC2154 # variables of start.sh, whose functions these are
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

# Run what was mounted into a directory of hooks, as docker-stacks does: *.sh may set variables, and a failure stops nothing.
run_hooks() {
  local hook
  for hook in "$1"/*; do
    case $hook in
      *.sh)
        set +u
        # shellcheck source=/dev/null
        source "$hook" || say "the hook $hook has failed; the start goes on"
        set -u
        ;;
      *)
        if [ -f "$hook" ] && [ -x "$hook" ]; then
          "$hook" || say "the hook $hook has failed; the start goes on"
        elif [ -f "$hook" ]; then
          say "the hook $hook is left out: it is neither executable nor called *.sh"
        fi
        ;;
    esac
  done
}

# A locale that isn't here would be one warning of each program that starts.
choose_locale() {
  local variable name
  for variable in LC_ALL LANG; do
    name=${!variable-}
    case $name in
      '' | C | POSIX | C.UTF-8 | C.utf8) continue ;;
    esac
    if [ ! -d "${LOCPATH-}/$name" ] && [ ! -d "${LOCPATH-}/${name%%.*}.utf8" ]; then
      say "$variable=$name is no locale of this image, so it is C.UTF-8"
      export "$variable=C.UTF-8"
    fi
  done
}

# Whether a hub starts this container, and so expects its own server although the command is Jupyter's.
is_for_hub() {
  [ -n "${JUPYTERHUB_API_TOKEN-}" ] && [ -n "${JUPYTERHUB_SERVICE_URL-}" ] || return 1
  case "$1 $2" in
    jupyter\ lab | jupyter\ notebook | jupyter\ server) return 0 ;;
  esac
  return 1
}

# A program that only a kernel has (`dask scheduler`) runs with that kernel's programs first on PATH.
find_in_kernels() {
  local each name directory
  for each in $kernel_programs; do
    name=${each%%=*} directory=${each#*=}
    if [ -x "$directory/$1" ] && [ "${JUPYFLAKE_KERNEL:-$name}" = "$name" ]; then
      export PATH="$directory:$PATH"
      return
    fi
  done
}
