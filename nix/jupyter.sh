# shellcheck shell=bash disable=SC2154 # environment, fonts and certificates are set above this text
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
# A host may have neither certificates nor fonts where Debian's programs look; what it says itself goes first.
export SSL_CERT_FILE="${SSL_CERT_FILE:-$certificates}"
export FONTCONFIG_FILE="${FONTCONFIG_FILE:-$fonts}"
exec "$environment/bin/${0##*/}" "$@"
