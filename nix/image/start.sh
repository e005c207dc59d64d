# shellcheck shell=bash disable=SC2154 # image_user and kernel_programs are set above this text
# The entry of the image: becomes the user, runs hooks, finds places to write to, decides where notebooks are, then becomes the command.
#
#   docker run IMAGE [PROGRAM | SUBCOMMAND OF JUPYTER | OPTION OF JUPYTER LAB]…
#
# It runs as whatever user the container was started as. Nothing here may stop the start: who looks for a fault wants a shell.
set -u

if [ "${_START_SH_EXECUTED-}" = 1 ] && [ $# -gt 0 ]; then
  # A command that begins with start.sh, as in docker-stacks' older recipes.
  exec "$@"
fi

image_home=/home/$image_user
export HOME="${HOME:-$image_home}"
# What a hook must not set aside.
started=${JUPYFLAKE_START-}
unset JUPYFLAKE_START

# --- the user -------------------------------------------------------------------------------------------------------------
[ "$started" = became ] || run_hooks /usr/local/bin/start-notebook.d
uid=$(id -u)
gid=$(id -g)
if [ "$uid" = 0 ] && [ "$started" != became ]; then
  if wants_root "$@"; then
    run_hooks /usr/local/bin/before-notebook.d
  else
    become_user "$@"
  fi
elif [ "$started" != became ]; then
  explain_not_root
fi
name_user "$uid" "$gid"
if [ "$uid" = 0 ]; then user=root; else user=${NB_USER:-$image_user}; fi
export USER="${USER:-$user}" LOGNAME="${LOGNAME:-$user}"

# --- places to write to ---------------------------------------------------------------------------------------------------
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
else
  for place in "$HOME/work" "$image_home/work"; do
    if mount_options "$(realpath "$place" 2> /dev/null)" > /dev/null; then
      notebooks=$place
      [ -w "$notebooks" ] || explain "$notebooks"
      break
    fi
  done
fi

[ "$uid" = 0 ] || [ "$started" = became ] || run_hooks /usr/local/bin/before-notebook.d
choose_locale

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
if is_for_hub "$1" "${2-}"; then
  set -- jupyterhub-singleuser "${@:3}"
fi
if [ "$1" = jupyterhub-singleuser ] && ! command -v "$1" > /dev/null; then
  say "a hub starts jupyterhub-singleuser, which isn't in this image: write \`hub = true\` under [image] in jupyter.toml"
fi
case "$1 ${2-}" in
  jupyter\ notebook | jupyter\ nbclassic)
    # BinderHub and repo2docker start `jupyter notebook`, with options that Lab takes too.
    command -v "jupyter-$2" > /dev/null || set -- jupyter lab "${@:3}"
    ;;
  jupyter-notebook\ *) command -v jupyter-notebook > /dev/null || set -- jupyter lab "${@:2}" ;;
esac
if ! command -v "$1" > /dev/null; then
  find_in_kernels "$1"
fi

# Jupyter shows the directory that it is started in. Another program, or a directory chosen with --workdir, is left alone.
case $1 in
  jupyter | jupyter-* | jupyterhub-singleuser | start-*)
    case $PWD in
      "$image_home" | "$HOME") cd "$notebooks" || say "$notebooks can't be entered" ;;
    esac
    ;;
esac

IFS=, read -r -a unwanted <<< "${JUPYTER_ENV_VARS_TO_UNSET-}"
unset JUPYTER_ENV_VARS_TO_UNSET "${unwanted[@]}"
export _START_SH_EXECUTED=1
exec "$@"
