# shellcheck shell=dash disable=SC2154 # variables come from the environment
# The names that update-alternatives would make.

for program in "$out"/lib/jvm/java-*-openjdk-*/bin/*; do
  [ ! -x "$program" ] || { mkdir -p "$out/bin" && ln -sfn "$program" "$out/bin/"; }
done
