#!/bin/sh
# Evaluates the contract and a whole project on a nixpkgs tree; nothing is built.
#
#   make/check-nixpkgs.sh TREE [SYSTEM…]
set -eu
here=$(cd -- "$(dirname -- "$0")/.." && pwd)

if [ -z "${1-}" ] || [ ! -e "$1" ]; then
  echo "error: there is no nixpkgs at \"${1-}\"" >&2
  echo "  try: make check-nixpkgs NIXPKGS=<the directory of a nixpkgs>" >&2
  exit 2
fi
tree=$(cd -- "$1" && pwd)
shift

systems=
for system in "$@"; do systems="$systems \"$system\""; done
set -- --arg nixpkgs "$tree"
[ -z "$systems" ] || set -- "$@" --arg systems "[$systems ]"

problems=$(nix-instantiate --eval --strict --json "$@" "$here/tests/nix/check-nixpkgs.nix") || {
  echo "error: this nixpkgs has something else than nix/nixpkgs expects of one, or does not evaluate at all" >&2
  echo "  try: the message above names it" >&2
  exit 1
}
if [ "$problems" != "[]" ]; then
  printf '%s\n' "$problems" | sed 's/^\["//; s/"\]$//; s/","/\n/g' >&2
  echo "error: this nixpkgs does not fulfil nix/contract.nix" >&2
  echo "  try: adapt nix/nixpkgs to it" >&2
  exit 1
fi
echo "the contract is fulfilled, and all outputs of tests/nix/projects/nixpkgs evaluate"
