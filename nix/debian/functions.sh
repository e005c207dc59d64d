# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Shared by the builds that relink.

# Print where the libraries of the given store paths lie, one directory a line, in their order: the usual directories
# that exist, then the private ones that a path lists itself.
library_dirs() {
  for package in "$@"; do
    for directory in "$package/lib/$triplet" "$package/lib"; do
      [ ! -d "$directory" ] || printf '%s\n' "$directory"
    done
    [ ! -f "$package/nix-support/library-dirs" ] || sed "s|^|$package/|" "$package/nix-support/library-dirs"
  done
}

# Print those of the given directories that hold a library.
with_libraries() {
  for directory in "$@"; do
    for library in "$directory"/*.so*; do
      [ ! -e "$library" ] || printf '%s\n' "$directory"
      break
    done
  done
}

# Join the lines of standard input with colons, leaving repeated ones out.
join_path() {
  awk '!seen[$0]++ { printf "%s%s", separator, $0; separator = ":" }'
}

# Overwrite bytes in a file: FILE OFFSET TEXT. Its length stays.
overwrite() {
  printf '%s' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# Print "OFFSET STRING" for each string of FILE that matches the extended regular expression.
strings_at() {
  strings -n 4 -t d "$1" | sed 's/^ *//' | grep -E "^[0-9]+ ($2)" || :
}

# Put a script in the place of a program: PROGRAM LINE…; the lines (of shell) run before it.
# The program keeps its name, which some look at.
wrap_program() {
  wrapped=${1%/bin/*}/libexec/wrapped/${1##*/}
  mkdir -p "${wrapped%/*}"
  mv "$1" "$wrapped"
  program=$1
  shift
  {
    printf '#!%s\n' "$shell"
    printf '%s\n' "$@"
    printf 'exec %s "$@"\n' "$wrapped"
  } >"$program"
  chmod +x "$program"
}
