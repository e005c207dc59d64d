# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Let programs find what is in a toolchain, and define `run`, which starts a build.
# Environment: toolchain, triplet, programs (a directory), enter, PATH.

library_dirs=$toolchain/lib/$triplet:$toolchain/lib
pkgconfig_dirs=$toolchain/lib/$triplet/pkgconfig:$toolchain/lib/pkgconfig:$toolchain/share/pkgconfig
while read -r directory; do
  library_dirs=$library_dirs:$directory
  [ ! -d "$directory/pkgconfig" ] || pkgconfig_dirs=$directory/pkgconfig:$pkgconfig_dirs
done <"$toolchain/nix-support/library-dirs"

PATH=${PATH%%:*}:$toolchain/bin:$toolchain/sbin:${PATH#*:}
export PATH
export LIBRARY_PATH="$library_dirs"
export PKG_CONFIG_LIBDIR="$pkgconfig_dirs" PKG_CONFIG_SYSROOT_DIR="$toolchain"
export CMAKE_PREFIX_PATH="$toolchain" CMAKE_BUILD_PARALLEL_LEVEL="${NIX_BUILD_CORES:-1}"
export MAKEFLAGS="-j${NIX_BUILD_CORES:-1}"
PERL5LIB=
for directory in "$toolchain/lib/$triplet"/perl-base "$toolchain/lib/$triplet"/perl*/5.* "$toolchain"/share/perl*; do
  [ ! -d "$directory" ] || PERL5LIB=$PERL5LIB${PERL5LIB:+:}$directory
done
for directory in "$toolchain"/share/perl/5.*; do
  [ ! -d "$directory" ] || PERL5LIB=$PERL5LIB:$directory
done
export PERL5LIB
export CARGO_NET_OFFLINE=true CARGO_HOME="$NIX_BUILD_TOP/cargo" CARGO_BUILD_JOBS="${NIX_BUILD_CORES:-1}"

# Programs reach for /bin/sh and /usr/bin/env, which some sandboxes lack. Where the root isn't to be written to, the build
# gets one of its own.
run() { "$@"; }
if [ ! -e /bin/sh ] || [ ! -e /usr/bin/env ]; then
  if mkdir -p /bin /usr/bin 2>/dev/null && [ -w /bin ] && [ -w /usr/bin ]; then
    [ -e /bin/sh ] || ln -s "$programs/sh" /bin/sh
    [ -e /usr/bin/env ] || ln -s "$programs/env" /usr/bin/env
  elif "$programs/unshare" -rm "$programs/true" 2>/dev/null; then
    run() { "$programs/unshare" -rm "$programs/sh" "$enter" "$programs" "$@"; }
  fi
fi
