# shellcheck shell=bash
# What would be installed here would be gone, or differ, on the next machine; and a program of this name on the machine itself would
# install for another Python.
words=()
for word in "${@:2}"; do
  case $word in
    -*) ;;
    *) words+=("$(printf '%q' "$word")") ;;
  esac
done
case ${1-} in
  install | uninstall | add | remove | update | upgrade | create) ;;
  *)
    echo "error: ${0##*/} is not part of this kernel" >&2
    echo "  try: jupyflake list --kernel ${JUPYFLAKE_KERNEL-}" >&2
    exit 1
    ;;
esac
verb=add
case $1 in uninstall | remove) verb=remove ;; esac
echo "error: the packages of this kernel are fixed by jupyter.lock" >&2
if [ -n "${JUPYFLAKE_IMAGE-}" ]; then
  echo "  this is a container of the image $JUPYFLAKE_IMAGE: change jupyter.toml where the image was built, then build it again" >&2
fi
echo "  try: jupyflake $verb --kernel ${JUPYFLAKE_KERNEL-} ${words[*]:-PACKAGE}" >&2
exit 1
