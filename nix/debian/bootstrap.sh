# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Lay out busybox: one executable and a link for each of its applets.
# Environment: start (a link called busybox), program (the static executable), out.

"$start" mkdir -p "$out/bin"
"$start" cp "$program" "$out/bin/busybox"
for applet in $("$start" --list); do
  case $applet in
    # The executable itself.
    busybox) ;;
    *) "$start" ln -s busybox "$out/bin/$applet" ;;
  esac
done
