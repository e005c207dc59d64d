# Tells which directories of tests nothing of a wheel asks for, outside of them.
#
#   awk -f tests.awk candidates mentions
#
# `candidates` are directories called `tests`, relative to site-packages, one a
# line; `mentions` are lines of the other modules that have the word, as
# `grep -H` prints them. In doubt a directory stays.

function keep(directory) {
  if (directory in candidate) kept[directory] = 1
}

# The package that `from ..x` names in a module of `directory`.
function relative(directory, name, dots) {
  for (dots = 1; substr(name, dots + 1, 1) == "."; dots++) sub(/(^|\/)[^\/]*$/, "", directory)
  name = substr(name, dots + 1)
  gsub(/\./, "/", name)
  return directory (name == "" || directory == "" ? "" : "/") name
}

# First file: what may go.
FNR == NR {
  candidate[$0] = 1
  next
}

# Second file: who asks for it.
{
  place = index($0, ":")
  directory = substr($0, 1, place - 1)
  text = substr($0, place + 1)
  sub(/^\.\//, "", directory)
  sub(/\/?[^\/]*$/, "", directory)
  if (text ~ /^[ \t]*#/) next
  # By its whole name, imported or as a text of its own (an entry point, a name to import later).
  if (text ~ /^[ \t]*(import|from)[ \t]/ || directory ~ /\.dist-info$/) {
    sub(/[ \t]#.*/, "", text)
    named = text
  } else {
    named = ""
    for (rest = text; match(rest, /["'][A-Za-z0-9_.:]+["']/); rest = substr(rest, RSTART + RLENGTH)) {
      named = named " " substr(rest, RSTART, RLENGTH)
    }
  }
  gsub(/[^A-Za-z0-9_.]/, " ", named)
  count = split(named, words, " ")
  for (each in candidate) {
    dotted = each
    gsub(/\//, ".", dotted)
    for (i = 1; i <= count; i++) {
      if (index(words[i] ".", dotted ".") == 1) keep(each)
    }
  }
  if (match(text, /^[ \t]*from[ \t]+[.A-Za-z0-9_]+[ \t]+import[ \t(]/)) {
    imported = substr(text, RLENGTH)
    split(substr(text, 1, RLENGTH), words, /[ \t]+/)
    module = words[1] == "" ? words[3] : words[2]
    if (module ~ /^\./) {
      module = relative(directory, module)
    } else {
      gsub(/\./, "/", module)
    }
    if ((" " imported " ") ~ /[^A-Za-z0-9_]tests[^A-Za-z0-9_]/) keep(module "/tests")
    for (rest = module; rest != ""; sub(/(^|\/)[^\/]*$/, "", rest)) keep(rest)
  } else if (text ~ /^[ \t]*tests([ \t]+as[ \t]+[A-Za-z0-9_]+)?[ \t]*[,)]?[ \t]*$/) {
    # A line of a longer import: from where, it doesn't say.
    for (each in candidate) keep(each)
  }
}

END {
  for (each in candidate) {
    if (!(each in kept)) print each
  }
}
