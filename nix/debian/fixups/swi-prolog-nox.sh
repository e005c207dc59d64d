# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Prolog asks this where its own files are. Its program is a link, and moves.

ln -sfn "$(realpath "$out/bin/swipl")" "$out/bin/swipl"
wrap_program "$out/bin/swipl" "export SWI_HOME_DIR=$out/lib/swi-prolog"

# What the maintainer script makes: which library has which predicate.
for directory in "$out"/lib/swi-prolog/library "$out"/lib/swi-prolog/library/ext/*; do
  [ ! -d "$directory" ] || "$out/bin/swipl" -g "make_library_index('$directory')" -t halt
done
