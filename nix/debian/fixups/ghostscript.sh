# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Where its files and fonts are: it knows /usr only.

path=
for package in $closure; do
  for directory in "$package"/share/ghostscript/*/Resource/Init "$package"/share/ghostscript/*/lib \
    "$package"/share/ghostscript/*/Resource "$package/share/fonts/type1/urw-base35" "$package/share/color/icc/ghostscript"; do
    [ ! -d "$directory" ] || path=$path${path:+:}$directory
  done
done
wrap_program "$out/bin/gs" "export GS_LIB=$path"
