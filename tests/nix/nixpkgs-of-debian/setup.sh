# shellcheck shell=bash disable=SC2154 # variables come from the environment
# The part of stdenv's setup that builds by `runCommand` see: programs and hooks of nativeBuildInputs, then the command.
set -eu -o pipefail
umask 022
export SOURCE_DATE_EPOCH=315532800
for input in ${nativeBuildInputs-}; do
  [ ! -d "$input/bin" ] || PATH=$input/bin:$PATH
done
for input in ${nativeBuildInputs-}; do
  # shellcheck source=/dev/null
  [ ! -f "$input/nix-support/setup-hook" ] || . "$input/nix-support/setup-hook"
done
set +u
# shellcheck source=/dev/null
. "$buildCommandPath"
