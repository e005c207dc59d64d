# shellcheck shell=dash disable=SC2154 # variables come from the environment
# Write a fonts.conf of Debian's rules, without those that read the user's and the machine's own files.
# Environment: fontDirectories, rules (fontconfig-config), cache (a directory or empty), out.

{
  cat <<'END'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
END
  for directory in $fontDirectories; do
    printf '  <dir>%s</dir>\n' "$directory"
  done
  for rule in "$rules"/etc/fonts/conf.d/*.conf; do
    case ${rule##*/} in
      50-user.conf | 51-local.conf) ;;
      *) printf '  <include>%s</include>\n' "$rule" ;;
    esac
  done
  # The first directory that can be written is written to, by a program of another fontconfig or with fonts
  # of its own. That must not be the store, where root could; so the user's comes before it.
  printf '  <cachedir prefix="xdg">fontconfig</cachedir>\n'
  [ -z "$cache" ] || printf '  <cachedir>%s</cachedir>\n' "$cache"
  printf '</fontconfig>\n'
} >"$out"
