# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Make each link mean the same file as in a Debian system: in this package, else in one that it depends on.
# Those that lead to neither (into /var, /proc or a package that isn't there) are left out.

tab=$(printf '\t')
while IFS=$tab read -r link target fate; do
  [ -L "$out/$link" ] || continue
  if [ "$fate" = kept ] && [ -e "$out/$link" ]; then continue; fi
  found=
  for package in "$out" $closure; do
    if [ -e "$package/$target" ] || [ -L "$package/$target" ]; then
      found=$package/$target
      break
    fi
  done
  if [ -n "$found" ] && [ "$found" != "$out/$link" ]; then
    ln -sfn "$found" "$out/$link"
  else
    echo "$pname: $link leads to /$target, which is in no package here: left out"
    rm "$out/$link"
  fi
done <"$links"
