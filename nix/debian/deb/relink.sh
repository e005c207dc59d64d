# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Give every program the store's dynamic loader and every program and library an RPATH to what it needs.
# RPATH, not RUNPATH: it also serves what is loaded later, by libraries that have none.

magic=$(printf '\177ELF')
find "$out" -type f \( -perm -100 -o -name '*.so' -o -name '*.so.[0-9]*' \) -exec grep -l "^$magic" {} + 2>/dev/null |
  sort >"$TMPDIR/elf" || :

# Where this package's own libraries are; the usual directories first.
own=$(
  {
    library_dirs "$out"
    find "$out" \( -name '*.so' -o -name '*.so.[0-9]*' \) ! -name '*.py' | sed 's|/[^/]*$||' | sort -u
  } | awk '!seen[$0]++'
)

# Private directories that others link with. The C library's converters are its own alone.
private=$(
  find "$out/lib" \( -name 'lib*.so' -o -name 'lib*.so.[0-9]*' \) ! -name '*.py' ! -path '*/gconv/*' 2>/dev/null | sed 's|/[^/]*$||' | sort -u |
    grep -vxF -e "$out/lib" -e "$out/lib/$triplet" | sed "s|^$out/||" || :
)
if [ -n "$private" ]; then
  mkdir -p "$out/nix-support"
  printf '%s\n' "$private" >"$out/nix-support/library-dirs"
fi

# shellcheck disable=SC2086 # store paths have no spaces
search=$(library_dirs $closure)
# shellcheck disable=SC2046,SC2086
program_search=$(with_libraries $(library_dirs $programLibraries))
loader=$(echo "${libc:-$out}/lib/$triplet"/ld-linux*.so.*)

# Print the directory that holds the library $1 for the file $2.
directory_of() {
  for directory in "${2%/*}" $own $search; do
    if [ -e "$directory/$1" ]; then
      echo "$directory"
      return
    fi
  done
  case " $allowMissing " in
    *" $1 "*) ;;
    *)
      echo "$pname: ${2#"$out"/} needs $1, which no package it depends on has" >&2
      return 1
      ;;
  esac
}

# An entry of the RPATH that Debian gave to file $1, as directories of the store.
old_directories() {
  patchelf --print-rpath "$1" | tr : '\n' | while read -r entry; do
    case $entry in
      "\$ORIGIN"* | "\${ORIGIN}"*)
        entry=${entry#*ORIGIN}
        entry=$(realpath "${1%/*}${entry#\}}" 2>/dev/null || :)
        ;;
      /*)
        entry=${entry#/usr} && relative=$entry && entry=
        for package in "$out" $closure; do
          if [ -d "$package$relative" ]; then
            entry=$package$relative
            break
          fi
        done
        ;;
      *) entry= ;;
    esac
    [ -z "$entry" ] || with_libraries "$entry"
  done
}

while read -r file; do
  # The C library itself finds everything already; its loader must not be touched.
  case $file in
    "$out/lib/$triplet"/ld-linux*.so.* | "$out/lib/$triplet/libc.so.6") continue ;;
  esac
  if ! needed=$(patchelf --print-needed "$file" 2>"$TMPDIR/why"); then
    # A static program or an object file has nothing to relink.
    grep -q "cannot find section '.dynamic'\|no section headers" "$TMPDIR/why" && continue
    cat "$TMPDIR/why" >&2
    exit 1
  fi
  interpreter=$(patchelf --print-interpreter "$file" 2>/dev/null || :)
  for library in $needed; do
    directory_of "$library" "$file"
  done >"$TMPDIR/directories"
  old_directories "$file" >>"$TMPDIR/directories"
  set --
  if [ -n "$interpreter" ]; then
    if [ ! -e "$loader" ]; then
      echo "$pname: ${file#"$out"/} is a program, but nothing it depends on has a dynamic loader" >&2
      exit 1
    fi
    [ -z "$program_search" ] || printf '%s\n' "$program_search" >>"$TMPDIR/directories"
    set -- --set-interpreter "$loader"
  fi
  rpath=$(join_path <"$TMPDIR/directories")
  if [ -n "$rpath" ]; then
    set -- "$@" --force-rpath --set-rpath "$rpath"
  else
    set -- "$@" --remove-rpath
  fi
  patchelf "$@" "$file"
done <"$TMPDIR/elf"

# Plug-in directories are compiled in. Point those strings to where nothing is (/nix/lib/… is as long as
# /usr/lib/…), or a library of the machine would be loaded into a program of the store.
while read -r file; do
  strings_at "$file" "/usr/lib/$triplet/" | while read -r offset _; do
    overwrite "$file" "$offset" /nix
  done
done <"$TMPDIR/elf"
