# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Where the table is that kinds of files are known by.

for package in $closure; do
  [ ! -e "$package/lib/file/magic.mgc" ] || table=$package/lib/file/magic.mgc
done
# shellcheck disable=SC2016 # for the script
wrap_program "$out/bin/file" 'export MAGIC="${MAGIC:-'"$table"'}"'
