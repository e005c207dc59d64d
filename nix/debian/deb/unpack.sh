# shellcheck shell=dash disable=SC2154 # variables come from the environment
# The archives' files in $out, in a prefix: usr/ and the links of the merged /usr are gone.
# Leaves a table of the symbolic links in $links, three fields a line with tabs between them:
# its path in the prefix, what it means as a path in the prefix, and "kept" or "rewritten".

root=$TMPDIR/root
links=$TMPDIR/links
mkdir -p "$root" "$out"
: >"$TMPDIR/listing"

for deb in $debs; do
  member=$(ar -t "$deb" | grep '^data\.tar' || :)
  case $member in
    data.tar) decompress='cat' ;;
    data.tar.gz) decompress='zcat' ;;
    data.tar.bz2) decompress='bzcat' ;;
    data.tar.xz) decompress='xzcat' ;;
    *)
      echo "${deb##*/}: no data.tar that can be read here, but '$member'; report this package" >&2
      exit 1
      ;;
  esac
  ar -p "$deb" "$member" >"$TMPDIR/data"
  $decompress <"$TMPDIR/data" >"$TMPDIR/data.tar"
  tar -tvf "$TMPDIR/data.tar" >>"$TMPDIR/listing" 2>"$TMPDIR/warnings"
  # It says so when it takes a leading / or .. away from a name.
  if [ -s "$TMPDIR/warnings" ]; then
    echo "${deb##*/}: a path leaves the package's tree: refused" >&2
    cat "$TMPDIR/warnings" >&2
    exit 1
  fi

  # Nothing is written before all of the listing was found harmless.
  awk -v archive="${deb##*/}" -f "$parts/listing.awk" "$TMPDIR/listing" >"$links"
  tar -xof "$TMPDIR/data.tar" -C "$root"
  rm "$TMPDIR/data" "$TMPDIR/data.tar"
done

# Before /usr was merged, a package had both lib/ and usr/lib/.
for directory in bin sbin lib lib32 lib64; do
  if [ -L "$root/$directory" ]; then
    rm "$root/$directory"
  elif [ -d "$root/$directory" ]; then
    mkdir -p "$root/usr/$directory"
    cp -a "$root/$directory/." "$root/usr/$directory/"
  fi
done
[ ! -d "$root/usr" ] || cp -a "$root/usr/." "$out/"
for directory in etc opt; do
  [ ! -d "$root/$directory" ] || cp -a "$root/$directory" "$out/"
done
rm -rf "$root"
chmod -R u+rwX,go-w,ug-s,-t "$out"
