# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Octave asks these where its own files are, and the fonts of its plots.

fonts=
for package in $closure; do
  [ ! -d "$package/share/fonts/opentype/freefont" ] || fonts=" OCTAVE_FONTS_DIR=$package/share/fonts/opentype/freefont"
done
for program in "$out"/bin/octave*; do
  wrap_program "$program" "export OCTAVE_HOME=$out OCTAVE_EXEC_HOME=$out$fonts"
done
