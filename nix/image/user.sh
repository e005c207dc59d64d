# shellcheck shell=bash disable=SC2154 # image_user, image_home and say are set before this text
# Who the container runs as. Started as root, it becomes the user that NB_USER, NB_UID and NB_GID name, as docker-stacks' images do.

wants_root() {
  [ "${NB_UID-}" = 0 ] && return
  for word; do
    [ "$word" = --allow-root ] && return
  done
  return 1
}

# The number in a variable, or what goes without saying.
number() {
  case ${!1-} in
    '') printf '%s\n' "$2" ;;
    *[!0-9]*)
      say "$1=${!1} is no number, so it is $2"
      printf '%s\n' "$2"
      ;;
    *) printf '%s\n' "${!1}" ;;
  esac
}

is_yes() {
  case ${1-} in
    1 | yes | true) return 0 ;;
  esac
  return 1
}

# The home of a user by another name: what the image's user has in its own, without what is mounted there, which is linked.
make_home() {
  mkdir -p "$1" && chown "$2" "$1" || return
  for entry in "$image_home"/* "$image_home"/.[!.]*; do
    place=$1/${entry##*/}
    if [ ! -e "$entry" ] || [ -e "$place" ]; then
      continue
    fi
    if mount_options "$entry" > /dev/null; then
      ln -s "$entry" "$place"
    else
      cp -a "$entry" "$place" && chown -R "$2" "$place"
    fi
  done
}

# Write the accounts of a user and its group, in place of the image's user.
write_account() { # name uid gid group home
  others=$(grep -v -e "^$image_user:" -e "^$1:" /etc/passwd)
  printf '%s\n' "$others" "$1:x:$2:$3::$5:/bin/bash" > /etc/passwd
  if ! grep -q "^[^:]*:[^:]*:$3:" /etc/group; then
    others=$(grep -v "^$4:" /etc/group)
    printf '%s\n' "$others" "$4:x:$3:" > /etc/group
  fi
} 2> /dev/null

# Change the owners of directories that a variable lists.
give() { # owner options directories, with commas between
  IFS=, read -r -a directories <<< "$3"
  for each in "${directories[@]}"; do
    # shellcheck disable=SC2086 # options are words
    chown $2 "$1" "$each" || say "not all of $each could be given to $1"
  done
}

# Become the user and start anew, or give back where root hasn't got the capabilities for it.
become_user() {
  local user home uid gid owner groups
  user=${NB_USER:-$image_user}
  if [[ ! $user =~ ^[a-z_][a-z0-9_-]{0,31}$ ]] || [ "$user" = root ]; then
    say "NB_USER=$user is no name of lower-case letters, digits, - and _, so the user is $image_user"
    user=$image_user
  fi
  uid=$(number NB_UID 1000)
  gid=$(number NB_GID 100)
  owner=$uid:$gid
  home=/home/$user
  export NB_USER=$user NB_UID=$uid NB_GID=$gid
  if [ "$user" != "$image_user" ]; then
    make_home "$home" "$owner" || say "$home could not be made, so the home is $image_home"
    [ -d "$home" ] || home=$image_home
  fi
  if [ "$owner" != 1000:100 ] || [ "$user" != "$image_user" ]; then
    write_account "$user" "$uid" "$gid" "${NB_GROUP:-$user}" "$home"
  fi
  if is_yes "${CHOWN_HOME-}"; then
    give "$owner" "${CHOWN_HOME_OPTS--R}" "$home"
  fi
  [ -z "${CHOWN_EXTRA-}" ] || give "$owner" "${CHOWN_EXTRA_OPTS-}" "$CHOWN_EXTRA"
  if is_yes "${GRANT_SUDO-}"; then
    say "GRANT_SUDO is not heeded: there is no sudo here. NB_UID=0 and --allow-root start a server that is root"
  fi
  if [ "$HOME" = "$image_home" ] || [ "$HOME" = /root ]; then
    HOME=$home
    [ "$PWD" != "$image_home" ] || cd "$home" || :
  fi
  run_hooks /usr/local/bin/before-notebook.d
  export JUPYFLAKE_START=became

  # Group users, which the home belongs to, and what --group-add has added; not root's.
  groups=$(id -G | tr ' ' '\n' | grep -vx 0 | tr '\n' ,)100
  if chroot --userspec="$owner" --groups="$groups" --skip-chdir / /bin/true 2> /dev/null; then
    exec chroot --userspec="$owner" --groups="$groups" --skip-chdir / "$0" "$@"
  fi
  say "can't become user $owner (no such capability), so this runs as root: start the container with \`--user $owner\`"
}

# What only root can do was asked for, and this isn't root.
explain_not_root() {
  local asked=
  [ "${NB_USER:-$image_user}" = "$image_user" ] || asked="$asked NB_USER=$NB_USER"
  case ${NB_UID:-1000} in "$uid" | 1000) ;; *) asked="$asked NB_UID=$NB_UID" ;; esac
  case ${NB_GID:-100} in "$gid" | 100) ;; *) asked="$asked NB_GID=$NB_GID" ;; esac
  for variable in NB_GROUP CHOWN_HOME CHOWN_EXTRA GRANT_SUDO; do
    [ -z "${!variable-}" ] || asked="$asked $variable=${!variable}"
  done
  [ -z "$asked" ] || say "not heeded, since the container was not started as root (\`--user root\`):$asked"
}

# A user without a name (OpenShift gives any number, in group 0) gets the name of the image's user.
name_user() {
  if ! id -un -- "$1" > /dev/null 2>&1 && [ -w /etc/passwd ]; then
    others=$(sed "s/^$image_user:/image-$image_user:/" /etc/passwd)
    printf '%s\n' "$others" "$image_user:x:$1:$2::$image_home:/bin/bash" > /etc/passwd
  fi
}
