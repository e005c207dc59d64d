# shellcheck shell=bash disable=SC2154 # environment, fonts and certificates are set above this text
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
# A host may have neither certificates nor fonts where Debian's programs look; what it says itself goes first.
export SSL_CERT_FILE="${SSL_CERT_FILE:-$certificates}"
export FONTCONFIG_FILE="${FONTCONFIG_FILE:-$fonts}"
program=${0##*/}
# `jupyter lab` is jupyter-lab: what jupyter itself would find out, with one more start of Python and of this.
if [ "$program" = jupyter ] && [ -z "${_ARGCOMPLETE-}" ] && [ -x "$environment/bin/jupyter-${1-}" ]; then
  program=jupyter-$1
  shift
fi
exec "$environment/bin/$program" "$@"
