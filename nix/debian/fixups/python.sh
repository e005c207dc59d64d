# shellcheck shell=dash disable=SC2154 # variables come from the environment
# CPython from its several packages, in one prefix.
# Environment: pythonVersion, compileScript, storeLibraries, driver.

stdlib=$out/lib/python$pythonVersion
program=$out/bin/python$pythonVersion

# The marker forbids pip; these environments are closed anyway and answer in their own words.
rm -f "$stdlib/EXTERNALLY-MANAGED"
# Debian's hook for crash reports.
rm -f "$stdlib/sitecustomize.py" "$out/etc/python$pythonVersion/sitecustomize.py"
# Start menu entries and the like.
rm -rf "$out/share/applications" "$out/share/binfmts" "$out/share/pixmaps" "$out/share/python3"

# Time zones are the store's.
for package in $closure; do
  [ ! -d "$package/share/zoneinfo" ] ||
    find "$stdlib" -name '_sysconfigdata_*' -exec sed -i "s|'TZPATH': '[^']*'|'TZPATH': '$package/share/zoneinfo'|" {} +
done

# The driver of a graphics card is the machine's, and belongs to its kernel: libraries that no package has are looked for
# where NixOS has them, and nixpkgs' programs too.
patchelf --force-rpath --set-rpath "$(patchelf --print-rpath "$program"):$driver" "$program"

# ctypes.util.find_library looks where this Python looks. Before the module's test code is the place to say so.
cp "$storeLibraries" "$stdlib/ctypes/_store_libraries.py"
sed -i '/^def test()/i from ctypes._store_libraries import find_library\n\n' "$stdlib/ctypes/util.py"
grep -q '^from ctypes._store_libraries' "$stdlib/ctypes/util.py" || {
  echo "$pname: ctypes/util.py has changed: the place for find_library is not there" >&2
  exit 1
}

for name in python3 python; do
  [ -e "$out/bin/$name" ] || ln -s "python$pythonVersion" "$out/bin/$name"
done

# Through a shell, since Python finds its prefix by the name that it is called with.
find "$stdlib" -name __pycache__ -type d -exec rm -rf {} +
PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 sh -c "exec $program -I -S $compileScript $stdlib"
