# shellcheck shell=dash disable=SC2154 # variables come from the environment
# No library of the machine: every place where the loader and the C library look by themselves becomes one where
# nothing is. The first four bytes are replaced, so that lengths (which are stored apart) stay right:
# /lib/ → /nix/, /usr/lib/ → /nix/lib/, /etc/ld.so.cache → /nix/ld.so.cache.

for file in "$out/lib/$triplet"/ld-linux*.so.* "$out/lib/$triplet/libc.so.6"; do
  strings_at "$file" '(/usr)?/lib/($|[a-z0-9_]+-linux-gnu/)|/etc/ld\.so\.(cache|preload)$' | while read -r offset _; do
    overwrite "$file" "$offset" /nix
  done
done
