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
  [ -z "$cache" ] || printf '  <cachedir>%s</cachedir>\n' "$cache"
  # Where a program brings fonts of its own.
  cat <<'END'
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
END
} >"$out"
