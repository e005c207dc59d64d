# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Scripts start an interpreter of the store; where no dependency has it, the one on PATH.

find "$out" -type f -perm -100 | sort >"$TMPDIR/executables"
while read -r file; do
  IFS= read -r first <"$file" || :
  case $first in
    '#!'*) ;;
    *) continue ;;
  esac
  # shellcheck disable=SC2086 # split on purpose
  set -- ${first#'#!'}
  program=${1:-}
  case $program in
    */env) shift && program=${1:-} ;;
    /bin/* | /usr/bin/* | /usr/local/bin/*) ;;
    *) continue ;;
  esac
  [ $# -eq 0 ] || shift
  name=${program##*/}
  case $name in
    sh | dash | ash) program=$shell ;;
    *)
      program="${shell%/*}/env $name"
      for package in "$out" $closure; do
        if [ -x "$package/bin/$name" ]; then
          program=$package/bin/$name
          break
        fi
      done
      # env takes one word only.
      case $program in *" "*) set -- ;; esac
      ;;
  esac
  mode=$(stat -c %a "$file")
  {
    printf '#!%s\n' "$program${*:+ $*}"
    tail -n +2 "$file"
  } >"$TMPDIR/script"
  cat "$TMPDIR/script" >"$file"
  chmod "$mode" "$file"
done <"$TMPDIR/executables"
