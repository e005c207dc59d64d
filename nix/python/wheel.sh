# shellcheck shell=sh
# shellcheck disable=SC2154  # out, src, file, size, … are the derivation's attributes
#
# Unpacks one wheel into $out. Each process start counts here (a hundred wheels,
# two cores), so every step handles all files of the wheel at once.

set -eu
LC_ALL=C
export LC_ALL

refuse() {
  echo "error: wheel $file: $1" >&2
  echo "  try: another version of $pname: change jupyter.toml, then run 'jupyflake lock'" >&2
  exit 1
}

# The first complaint is enough: one line says what is wrong.
refuse_for() {
  IFS= read -r complaint <"$1" || complaint=$2
  refuse "$complaint"
}

# 1. Look before unpacking. unzip's one warning here is that it made a path safe.
unzip -l "$src" >listing 2>complaints || refuse_for complaints "not a zip file"
[ ! -s complaints ] || refuse "it holds a path that leads outside ($(head -n 1 complaints))"
# shellcheck disable=SC2046  # three numbers
set -- $(awk '
  $1 ~ /^[0-9]+$/ && $2 ~ /^[0-9]+-[0-9]+-[0-9]+$/ {
    total += $1
    if ($1 > largest) largest = $1
    if ($0 !~ /\/$/) entries++
  }
  END { printf "%.0f %.0f %.0f\n", entries, total, largest }' listing)
entries=$1
# Honest wheels unpack to at most some ten times their size.
if [ "$2" -gt 67108864 ] && [ "$2" -gt $((size * 100)) ]; then
  refuse "it would unpack to $2 bytes, more than 100 times its size"
fi

# 2. Unpack, never over another entry. unzip stops at the first file that is
# longer than announced; the limit is what such a file can take until then.
mkdir -p "$out/site-packages" "$out/nix-support"
cd "$out/site-packages"
(
  ulimit -f $(($3 / 512 + 1))
  exec unzip -n -q "$src"
) </dev/null >"$NIX_BUILD_TOP/complaints" 2>&1 || refuse_for "$NIX_BUILD_TOP/complaints" "a file in it is longer than announced"
# One walk tells that nothing is odd, as in nearly all wheels.
if [ -n "$(find . ! -type d ! -type f -o ! -perm -600)" ]; then
  [ -z "$(find . ! -type d ! -type f)" ] || refuse "it holds a link or a special file"
  chmod -R u+rwX .
fi
find . -type f >"$NIX_BUILD_TOP/files"

# 3. Compare with RECORD. Two entries of one name make the count differ.
set -- *.dist-info/RECORD
if [ $# -ne 1 ] || [ ! -f "$1" ]; then
  refuse "it has no single *.dist-info/RECORD"
fi
info=${1%/RECORD}
awk -f "$record" "$NIX_BUILD_TOP/files" "$1" >"$NIX_BUILD_TOP/sums" 2>"$NIX_BUILD_TOP/complaints" ||
  refuse_for "$NIX_BUILD_TOP/complaints" "RECORD can't be read"
[ "$(wc -l <"$NIX_BUILD_TOP/files")" -eq "$entries" ] || refuse "two of its entries have the same name"
sha256sum -c "$NIX_BUILD_TOP/sums" >"$NIX_BUILD_TOP/checked" 2>/dev/null ||
  refuse "its RECORD has another hash for$(sed -n 's/^\.\/\(.*\): FAILED.*/ \1/p' "$NIX_BUILD_TOP/checked" | head -n 1)"

# 4. Place what is in *.data.
data=${info%.dist-info}.data
if [ -d "$data" ]; then
  for part in "$data"/*; do
    case ${part##*/} in
      purelib | platlib)
        cp -R "$part/." .
        rm -r "$part"
        [ "$(find "$out" -type f | wc -l)" -eq "$entries" ] || refuse "$part has files that the wheel's root has too"
        ;;
      data | scripts | headers) mv "$part" "$out/" ;;
      '*') ;;
      *) refuse "$part is not one of purelib, platlib, data, scripts, headers" ;;
    esac
  done
  rmdir "$data" 2>/dev/null || refuse "$data has files beside its directories"
fi

# 5. What the project changes in this wheel, then what the base does to native code.
cd "$out"
if [ -n "$postUnpack$relink" ]; then
  # These commands are written for the base's own shell, whose functions leave variables unset.
  set +u
  eval "$postUnpack"
  eval "$relink"
  set -u
fi

# 6. Find the ELF files by their first four bytes, whatever they are called.
cd "$out"
find . -type f -exec head -v -c 4 {} + | tr '\000' ' ' | awk -f "$elf" >"$NIX_BUILD_TOP/elfs"

# 7. Native code, in an order that doesn't depend on the file system. An object with DT_RUNPATH doesn't look where the main program's
# DT_RPATH points, which is where a base keeps its libraries: make it DT_RPATH.
: >nix-support/needed
: >nix-support/programs
[ ! -s "$NIX_BUILD_TOP/elfs" ] || sort -o "$NIX_BUILD_TOP/elfs" "$NIX_BUILD_TOP/elfs"
while IFS= read -r object; do
  # Object files and static programs have no dynamic section: nothing to do.
  lines=$(patchelf --print-rpath --print-needed "$object" 2>/dev/null) || continue
  rpath=${lines%%"
"*}
  path=${object#./}
  # A place that isn't in this wheel is in another one's, reached through the environment.
  case :$rpath in *:"\$ORIGIN/"*)
    for place in $(printf %s "$rpath" | tr ': ' '\n?'); do
      case $place in
        "\$ORIGIN/"*) [ -d "${object%/*}/${place#*/}" ] || echo "$path" >>nix-support/leans ;;
      esac
    done
    ;;
  esac
  [ -z "$rpath" ] || patchelf --force-rpath --set-rpath "$rpath" "$object"
  # Programs of another libc (musl's) can't be relinked for a base: left alone.
  case $(patchelf --print-interpreter "$object" 2>/dev/null || true) in
    */ld-linux* | */ld64.so*) echo "$path" >>nix-support/programs ;;
  esac
  # shellcheck disable=SC2086  # sonames hold no blanks
  [ "$lines" = "$rpath" ] || printf '%s%s\n' "$path" "$(printf '\t%s' ${lines#"$rpath"})" >>nix-support/needed
done <"$NIX_BUILD_TOP/elfs"
