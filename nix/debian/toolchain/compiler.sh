# shellcheck shell=dash
# Runs a compiler of this tree. Absolute names that configuration programs print are meant in the tree.
# @root@, @loader@, @rpath@ and @name@ are filled in.

input=''
link=1
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  count=$((count - 1))
  case $argument in
    -c | -S | -E | -M | -MM | -shared | -r | -static | -static-pie | -fsyntax-only) link='' ;;
    -I/usr/* | -L/usr/*) argument=${argument%"${argument#??}"}@root@${argument#??} ;;
    -isystem/usr/*) argument=-isystem@root@${argument#-isystem} ;;
    /usr/include/* | /usr/lib/*) argument=@root@$argument ;;
  esac
  case $argument in
    -*) ;;
    *) input=1 ;;
  esac
  set -- "$@" "$argument"
done
# Made programs are run while things are built. Without input, options for the linker would start it.
if [ -n "$input" ] && [ -n "$link" ]; then
  set -- "$@" -Wl,-dynamic-linker,@loader@ -Wl,-rpath,@rpath@
fi
# Where things are built may differ from machine to machine.
exec @root@/real/@name@ --sysroot=@root@ -B@root@/bin/ -ffile-prefix-map=@root@= \
  ${NIX_BUILD_TOP:+"-ffile-prefix-map=$NIX_BUILD_TOP=/build"} "$@"
