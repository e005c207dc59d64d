# shellcheck shell=dash disable=SC2154 # variables come from the environment
# The Python of another path, with more directories on its RPATH.
# Environment: python, pythonVersion, libraries (store paths), triplet, functions, out.

# shellcheck source=SCRIPTDIR/functions.sh
. "$functions"

mkdir -p "$out/bin"
for entry in "$python"/*; do
  [ "${entry##*/}" = bin ] || ln -s "$entry" "$out/${entry##*/}"
done
cp "$python/bin/python$pythonVersion" "$out/bin/"
chmod u+w "$out/bin/python$pythonVersion"
for name in python3 python; do
  ln -s "python$pythonVersion" "$out/bin/$name"
done

# shellcheck disable=SC2046,SC2086 # store paths have no spaces
more=$(with_libraries $(library_dirs $libraries))
rpath=$(patchelf --print-rpath "$python/bin/python$pythonVersion" | tr : '\n')
# What is not the store's stays behind all that is.
rpath=$({ echo "$rpath" | grep "^${python%/*}/"; printf '%s\n' "$more"; echo "$rpath" | grep -v "^${python%/*}/"; } | join_path)
patchelf --force-rpath --set-rpath "$rpath" "$out/bin/python$pythonVersion"
