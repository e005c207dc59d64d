# shellcheck shell=dash disable=SC2154 # variables come from the environment
# R in the store: its scripts and start-up files name this path, and programs by name only.
# Environment: sysWhich (R code).

home=$out/lib/R

# What the package's maintainer script does with ucf.
mv "$home/etc/Renviron.ucf" "$home/etc/Renviron"
sed -i \
  -e "s#'/\(usr/\)\?bin/\([^']*\)'#'\2'#" \
  -e "s#'pager'#'less'#" \
  -e 's#/usr/local/lib/R/site-library/\?:##' \
  "$home/etc/Renviron"
# The environment says where packages are; the library of R itself always counts.
sed -i '/^R_LIBS_SITE=/d' "$out/etc/R/Renviron.site"

# RPATHs find all libraries.
echo '## Libraries are found without LD_LIBRARY_PATH.' >"$out/etc/R/ldpaths"

# An R of the machine would be taken instead of this one.
for script in "$out/bin/R" "$home/bin/R"; do
  # shellcheck disable=SC2016 # what the script has
  sed -i '/^if test "\${R_HOME_DIR}" = /,/^fi$/d' "$script"
done

grep -rlIF -e /usr/lib/R -e /usr/share/R "$out/bin" "$out/etc" "$home/bin" "$home/etc" "$home/library/base/R/Rprofile" \
  "$out/lib/pkgconfig" "$out/share/R/share" |
  sort >"$TMPDIR/named"
while read -r file; do
  sed -i -e "s#/usr/lib/R\b#$home#g" -e "s#/usr/share/R\b#$out/share/R#g" "$file"
done <"$TMPDIR/named"

# Programs by name; the R of a store is not at home where its builder was.
for file in "$out/bin/R" "$home/bin/R" "$out/etc/R/Makeconf"; do
  sed -i -e 's#^\([A-Z]* *= *\)/\(usr/\)\?bin/#\1#' "$file"
done

# Sys.which starts /usr/bin/which, which is not everywhere.
cat "$sysWhich" >>"$home/library/base/R/Rprofile"
