# shellcheck shell=sh disable=SC2154 # variables come from the environment
# A program that starts an interpreter which finds its own files, and those of the packages beside it: where it looks is
# compiled in, and is another place here.
# Environment: language, program, path, closure, searchPath (a variable and a pattern a line), separator, shell, out.

# Print the directories of pattern $1 in all packages; from a question mark on it is the interpreter's own pattern.
found() {
  for package in $closure; do
    for directory in "$package"/${1%%/\?*}; do
      case $1 in
        *\?*) [ ! -d "$directory" ] || echo "$directory/?${1#*\?}" ;;
        *) [ ! -e "$directory" ] || echo "$directory" ;;
      esac
    done
  done
}

mkdir -p "$out/bin"
launcher=$out/bin/$program
echo "#!$shell" >"$launcher"
while read -r variable pattern; do
  found "$pattern" | while read -r directory; do
    echo "export $variable=\"\${$variable:+\$$variable$separator}$directory\""
  done
done <"$searchPath" >>"$launcher"

# Left to right, as a shell would; the words of $path have no spaces.
for directory in $(echo "$path" | tr : ' '); do
  if [ -x "$directory/$program" ]; then
    echo "exec '$directory/$program' \"\$@\"" >>"$launcher"
    chmod 555 "$launcher"
    exit 0
  fi
done
echo "error: the packages of $language have no program $program" >&2
exit 1
