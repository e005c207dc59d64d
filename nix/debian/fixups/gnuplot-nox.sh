# shellcheck shell=dash disable=SC2154 # variables come from the environment
# The name that update-alternatives would make.

ln -s gnuplot-nox "$out/bin/gnuplot"
