# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Plug-ins and their register, which the maintainer script makes with `dot -c`.

plugins=$out/lib/graphviz
mkdir -p "$plugins"
for package in $closure; do
  for library in "$package/lib/$triplet/graphviz"/libgvplugin_*.so.*; do
    [ ! -e "$library" ] || ln -s "$library" "$plugins/"
  done
done
GVBINDIR=$plugins "$out/bin/dot" -c

# The layout programs are links to one that looks at its name.
real=$(readlink -f "$out/bin/dot")
names=$(find "$out/bin" | sort | while read -r program; do
  [ "$(readlink -f "$program")" != "$real" ] || echo "${program##*/}"
done)
if [ "$real" = "$out/bin/dot" ]; then
  mkdir -p "$out/libexec"
  mv "$real" "$out/libexec/graphviz"
  real=$out/libexec/graphviz
fi
for name in $names; do
  ln -sfn "$real" "$out/bin/$name"
  # shellcheck disable=SC2016 # for the script
  wrap_program "$out/bin/$name" 'export GVBINDIR="${GVBINDIR:-'"$plugins"'}"'
done
