# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Unpack .deb files into one prefix and relink what is in it.
# Environment: pname, debs (files), closure (store paths), libc (store path or empty), triplet, shell,
# keep, allowMissing, programLibraries, fixups, functions, parts, out.

# shellcheck source=SCRIPTDIR/../functions.sh
. "$functions"

for part in unpack prune links relink shebangs; do
  # shellcheck source=/dev/null
  . "$parts/$part.sh"
done

# What this package needs beyond that.
for fixup in $fixups; do
  # shellcheck source=/dev/null
  . "$fixup"
done
