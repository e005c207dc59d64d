# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Octave asks these two where its own files are.

for program in "$out"/bin/octave*; do
  wrap_program "$program" "export OCTAVE_HOME=$out OCTAVE_EXEC_HOME=$out"
done
