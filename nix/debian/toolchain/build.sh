# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Unpack packages into one tree whose programs run from where they are.
# Environment: debs (files), triplet, shell, keep, closure (empty), functions, parts, compiler, out.

# shellcheck source=SCRIPTDIR/../functions.sh
. "$functions"

for part in unpack prune links shebangs; do
  # shellcheck source=/dev/null
  . "$parts/$part.sh"
done

# Linker scripts and what programs print name files under /usr; with this, that is right below the sysroot.
ln -s . "$out/usr"
loader=$(echo "$out/lib/$triplet"/ld-linux*.so.*)

# Libraries in directories of their own, which alternatives would link to (BLAS), and those of each machine.
directories=$(
  find "$out/lib" -path "$out/lib/gcc" -prune -o -path "$out/lib/python3*" -prune -o -path '*/gconv' -prune -o \
    \( -name 'lib*.so' -o -name 'lib*.so.[0-9]*' \) ! -type d -print | sed 's|/[^/]*$||' | sort -u
)
mkdir -p "$out/nix-support"
printf '%s\n' "$directories" | grep -vxF "$out/lib" | grep -vxF "$out/lib/$triplet" >"$out/nix-support/library-dirs" || :
rpath=$({ printf '%s\n' "$out/lib/$triplet" "$out/lib" && cat "$out/nix-support/library-dirs"; } | join_path)

# The main program's DT_RPATH serves all libraries that it loads, but for those with a DT_RUNPATH of their own.
magic=$(printf '\177ELF')
find "$out/bin" "$out/sbin" "$out/lib" "$out/libexec" -type f \( -perm -100 -o -name '*.so' -o -name '*.so.[0-9]*' \) -exec grep -l "^$magic" {} + 2>/dev/null |
  sort >"$TMPDIR/elf" || :
while read -r file; do
  case $file in "$out/lib/$triplet"/ld-linux*.so.* | "$out/lib/$triplet"/libc.so.*) continue ;; esac
  if patchelf --print-interpreter "$file" >/dev/null 2>&1; then
    patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$rpath" "$file"
  # What is static has none.
  elif own=$(patchelf --print-rpath "$file" 2>/dev/null) && [ -n "$own" ]; then
    patchelf --force-rpath --set-rpath "$own:$rpath" "$file"
  fi
done <"$TMPDIR/elf"

# A script in the place of each compiler says where headers, libraries and the loader are.
mkdir -p "$out/real"
cd "$out/bin" || exit
for name in *; do
  plain=${name#"$triplet"-}
  case ${plain%-[0-9]*} in
    gcc | g++ | cpp | gfortran | clang | clang++) ;;
    *) continue ;;
  esac
  mv "$name" "$out/real/$name"
  {
    printf '#!%s\n' "$shell"
    sed -e "s|@root@|$out|g" -e "s|@loader@|$loader|" -e "s|@rpath@|$rpath|" -e "s|@name@|$name|" "$compiler"
  } >"$name"
  chmod +x "$name"
done
# What update-alternatives would link.
while read -r name target; do
  [ -e "$name" ] || [ ! -e "$target" ] || ln -s "$target" "$name"
done <<END
cc gcc
c++ g++
f77 gfortran
f95 gfortran
fc gfortran
pkg-config pkgconf
awk mawk
python3-config $triplet-python3-config
END
