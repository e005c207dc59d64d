# shellcheck shell=dash disable=SC2154 # variables come from the environment
# What every build shares. Run by `sh -eu`; the script itself is in the file $buildCommandPath.

umask 022
# Tools that would write the time write this one instead (the value that nixpkgs uses).
export SOURCE_DATE_EPOCH=315532800 TZ=UTC
# shellcheck source=/dev/null
. "$buildCommandPath"
