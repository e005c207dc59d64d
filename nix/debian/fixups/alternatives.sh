# shellcheck shell=dash disable=SC2154 # variables come from the environment
# The names that update-alternatives would make: `name=program`.

for alternative in $alternatives; do
  ln -s "${alternative#*=}" "$out/bin/${alternative%%=*}"
done
