# Prints the names of the ELF files in the output of `head -v -c 4 FILE…`, whose
# file names start with "./" (NUL bytes were turned to blanks before).
#
# When `find` runs `head` more than once, the second run's first header follows
# the last four bytes without a line break: hence the look at both sides.

function look(bytes) {
  if (name != "" && substr(bytes, 1, 4) == "\177ELF") print name
  name = ""
}

match($0, /==> \.\/.* <==$/) && RSTART <= 5 {
  if (RSTART > 1) look($0)
  name = substr($0, RSTART + 4, RLENGTH - 8)
  next
}

{ look($0) }
