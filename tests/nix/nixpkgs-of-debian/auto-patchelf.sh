# shellcheck shell=bash disable=SC2154 # variables come from the environment
# As nixpkgs' autoPatchelf: each object's RUNPATH becomes the directories where the libraries that it asks for are found, in the paths
# themselves or in buildInputs; what is missing is an error, unless a pattern of autoPatchelfIgnoreMissingDeps says otherwise.
autoPatchelf() {
  while [ $# -gt 0 ]; do
    case $1 in
      --) shift; break ;;
      --*) echo "autoPatchelf: unknown option $1" >&2; return 1 ;;
      *) break ;;
    esac
  done
  local object name directory found wanted pattern
  local -a patterns directories
  # shellcheck disable=SC2206 # words, as there
  patterns=($autoPatchelfIgnoreMissingDeps)
  mapfile -t directories < <(find "$@" -name '*.so*' | sed 's,/[^/]*$,,' | sort -u)
  for directory in $buildInputs; do
    directories+=("$directory/lib")
  done
  while IFS= read -r object; do
    wanted=$(patchelf --print-needed "$object" 2> /dev/null) || continue
    found=
    for name in $wanted; do
      for directory in "${directories[@]}"; do
        if [ -e "$directory/$name" ]; then
          case ":$found:" in *":$directory:"*) ;; *) found=$found${found:+:}$directory ;; esac
          continue 2
        fi
      done
      for pattern in "${patterns[@]}"; do
        # shellcheck disable=SC2254 # a pattern
        case $name in $pattern) continue 2 ;; esac
      done
      echo "auto-patchelf could not satisfy dependency $name wanted by $object" >&2
      return 1
    done
    [ -z "$found" ] || patchelf --set-rpath "$found" "$object"
  done < <(find "$@" -type f)
}
