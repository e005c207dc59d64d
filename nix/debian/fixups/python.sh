# shellcheck shell=dash
# CPython from its several packages, in one prefix.
# Environment: pythonVersion, compileScript, findLibrary.

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

# ctypes.util.find_library looks where this Python looks.
awk -v code="$findLibrary" '
  /^# test code$|^def test\(\)/ && !done { while ((getline line < code) > 0) print line; print ""; print ""; done = 1 }
  { print }
' "$stdlib/ctypes/util.py" >"$TMPDIR/util.py"
grep -q '_search_path' "$TMPDIR/util.py" || {
  echo "$pname: ctypes/util.py has changed: the place for find_library is not there" >&2
  exit 1
}
cat "$TMPDIR/util.py" >"$stdlib/ctypes/util.py"

for name in python3 python; do
  [ -e "$out/bin/$name" ] || ln -s "python$pythonVersion" "$out/bin/$name"
done

# Through a shell, since Python finds its prefix by the name that it is called with.
find "$stdlib" -name __pycache__ -type d -exec rm -rf {} +
PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 sh -c "exec $program -I -S $compileScript $stdlib"
