# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Descriptions of terminals are in lib/ or in share/ depending on the suite: offer them in share/.

if [ -d "$out/lib/terminfo" ]; then
  mkdir -p "$out/share/terminfo"
  cp -a "$out/lib/terminfo/." "$out/share/terminfo/"
  rm -r "$out/lib/terminfo"
fi
