# shellcheck shell=bash disable=SC2154 # stream is set above this text
# Loads the image into the engine named, or into the first of Docker and Podman that answers.
set -eu
if [ $# = 0 ]; then
  for engine in docker podman; do
    if command -v "$engine" > /dev/null && "$engine" info > /dev/null 2>&1; then
      set -- "$engine"
      break
    fi
  done
fi
case "${1-}" in
  docker | podman) ;;
  '')
    echo "error: neither docker nor podman answers" >&2
    echo "  try: start one of them, or install it: https://docs.docker.com/engine/install/ or https://podman.io/docs/installation" >&2
    exit 1
    ;;
  *)
    echo "error: there is no engine \"$1\"" >&2
    echo "  try: docker or podman" >&2
    exit 2
    ;;
esac
"$stream" | "$1" load
