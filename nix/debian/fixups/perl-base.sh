# shellcheck shell=dash disable=SC2154 # variables come from the environment
# The module directories are compiled in.

# shellcheck disable=SC2016 # for the script
wrap_program "$out/bin/perl" 'export PERL5LIB="${PERL5LIB:+$PERL5LIB:}'"$out/lib/$triplet/perl-base\""
