# shellcheck shell=dash disable=SC2154 # variables come from the environment
# One directory that links the R packages of several paths. Environment: packages, out.

mkdir "$out"
for package in $packages; do
  # Recommended packages are in library/, all others in site-library/.
  for directory in "$package"/lib/R/site-library/* "$package"/lib/R/library/*; do
    [ -d "$directory" ] || continue
    ln -s "$directory" "$out/${directory##*/}"
  done
done
