# shellcheck shell=dash disable=SC2154 # variables come from the environment
# R's two commands with their environment. Environment: R, shell, exports (lines of shell), out.

mkdir -p "$out/bin"
for name in R Rscript; do
  {
    printf '#!%s\n%s' "$shell" "$exports"
    # Rscript asks RHOME; R's front end sets R_HOME itself, and warns when it is set already.
    # shellcheck disable=SC2016
    printf 'export RHOME="$R_HOME"\n'
    # The front end calls sed and others; those of the machine come first.
    # shellcheck disable=SC2016
    printf 'export PATH="${PATH:+$PATH:}%s"\n' "${shell%/*}"
    [ "$name" = Rscript ] || printf 'unset R_HOME\n'
    printf 'exec %s/bin/%s "$@"\n' "$R" "$name"
  } >"$out/bin/$name"
  chmod +x "$out/bin/$name"
done
