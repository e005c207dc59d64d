# shellcheck shell=dash disable=SC2154 # variables come from the environment
# gnuplot's own files, and the name that update-alternatives would make.

variables=" GNUHELP=$out/share/gnuplot/gnuplot-nox.gih"
for package in $closure; do
  for directory in "$package"/share/gnuplot/gnuplot/*/PostScript; do
    [ ! -e "$directory/prologue.ps" ] || variables="$variables GNUPLOT_PS_DIR=$directory"
  done
done
wrap_program "$out/bin/gnuplot-nox" "export$variables"
ln -s gnuplot-nox "$out/bin/gnuplot"
