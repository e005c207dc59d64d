# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Leave out what nothing here reads. Licences stay; message catalogues can't be used, since C.UTF-8 is the locale.

for path in share/man share/info share/lintian share/bug share/doc-base share/locale share/menu; do
  case " $keep " in
    *" $path "*) ;;
    *) rm -rf "${out:?}/$path" ;;
  esac
done

case " $keep " in
  *" static "*) ;;
  *) find "$out" -type f \( -name '*.a' -o -name '*.la' \) -exec rm {} + ;;
esac

if [ -d "$out/share/doc" ]; then
  find "$out/share/doc" -mindepth 2 ! -type d ! -name copyright -exec rm {} +
  find "$out/share/doc" -depth -type d -exec rmdir {} + 2>/dev/null || :
fi
