# shellcheck shell=bash disable=SC2154 # environment, fonts and certificates are set above this text
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
# A machine knows its company's certificates; it may have none, and no fonts where Debian's programs look. What its user says goes first.
for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem "$certificates"; do
  [ ! -s "$bundle" ] || break
done
export SSL_CERT_FILE="${SSL_CERT_FILE:-$bundle}"
# Python's requests would trust a list of its own.
export REQUESTS_CA_BUNDLE="${REQUESTS_CA_BUNDLE:-$SSL_CERT_FILE}"
export FONTCONFIG_FILE="${FONTCONFIG_FILE:-$fonts}"
program=${0##*/}
# `jupyter lab` is jupyter-lab: what jupyter itself would find out, with one more start of Python and of this.
if [ "$program" = jupyter ] && [ -z "${_ARGCOMPLETE-}" ] && [ -x "$environment/bin/jupyter-${1-}" ]; then
  program=jupyter-$1
  shift
fi
# nbconvert would say that, and where it was when it found out.
if [ "$program" = jupyter-nbconvert ] && [[ " $* " =~ " --to"[\ =]"pdf " ]] && ! { command -v pandoc && command -v xelatex; } > /dev/null; then
  echo "error: a PDF takes pandoc and xelatex, which are not on PATH" >&2
  echo "  try: jupyter nbconvert --to html, and print that from the browser" >&2
  exit 1
fi
exec "$environment/bin/$program" "$@"
