# Checks a wheel's RECORD against the files that were unpacked, and prints the
# SHA-256 sums in the form that `sha256sum -c` reads.
#
#   awk -f record.awk files RECORD
#
# `files` is the output of `find . -type f`; every complaint is one line on
# standard error and makes the exit code 1.

function complain(message) {
  print message > "/dev/stderr"
  failed = 1
}

# Two base64url digits are twelve bits are three hexadecimal digits, so a table
# of pairs (filled as they come up) converts a digest in 22 look-ups.
function hex(digest, result, i, pair) {
  result = ""
  for (i = 1; i < 43; i += 2) {
    pair = substr(digest, i, 2)
    if (!(pair in pairs)) {
      pairs[pair] = sprintf("%03x", 64 * value(substr(pair, 1, 1)) + value(substr(pair, 2, 1)))
    }
    result = result pairs[pair]
  }
  return result sprintf("%x", int(value(substr(digest, 43, 1)) / 4))
}

function value(digit) {
  return index("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", digit) - 1
}

# A name that leads out of the directory, or that a line-based tool misreads.
function unsafe(path) {
  return path == "" || path ~ /^\// || ("/" path "/") ~ /\/\.\.?\// || path ~ /\\/ || path ~ /[[:cntrl:]]/
}

# Remembers one spelling of each name; another one that differs in case only
# would be the same module on a file system that ignores case.
function spelling(name, key) {
  key = tolower(name)
  if (key in spelled && spelled[key] != name) {
    complain("'" spelled[key] "' and '" name "' differ in case only")
  }
  spelled[key] = name
}

# Splits one CSV line into path, digest (the size that follows is not needed).
function parse(line, rest) {
  sub(/\r$/, "", line)
  if (line ~ /^"/) {
    path = ""
    line = substr(line, 2)
    while (match(line, /"/)) {
      path = path substr(line, 1, RSTART - 1)
      line = substr(line, RSTART + 1)
      if (line !~ /^"/) break
      path = path "\""
      line = substr(line, 2)
    }
    rest = substr(line, 2)
  } else {
    path = line
    sub(/,.*/, "", path)
    rest = substr(line, length(path) + 2)
  }
  digest = rest
  sub(/,.*/, "", digest)
}

# First file: what there is.
FNR == NR {
  name = substr($0, 3)
  if (unsafe(name)) complain("it holds the unsafe name '" name "'")
  present[name] = 1
  if (name ~ /\.(py|so)$/) {
    spelling(name)
    # The directories above: once each.
    while (sub(/\/[^\/]*$/, "", name) && !(name in above)) {
      above[name] = 1
      spelling(name)
    }
  }
  next
}

# Second file: what RECORD says.
$0 != "" && $0 != "\r" {
  parse($0)
  if (unsafe(path)) {
    complain("RECORD lists the unsafe path '" path "'")
  } else if (!(path in present)) {
    complain("RECORD lists '" path "', which is not there")
  } else if (digest ~ /^sha256=/) {
    digest = substr(digest, 8)
    sub(/=+$/, "", digest)
    if (length(digest) == 43 && digest !~ /[^A-Za-z0-9_-]/) {
      print hex(digest) "  ./" path
    } else {
      complain("RECORD's digest of '" path "' is not a SHA-256")
    }
  }
  # A line without a digest (RECORD itself), or with another of hashlib's
  # algorithms, says that the file belongs there; the lock pins its content.
  listed[path] = 1
}

END {
  for (name in present) {
    # RECORD can't list its own signatures (PEP 427).
    if (!(name in listed) && name !~ /^[^\/]*\.dist-info\/RECORD(\.jws|\.p7s)?$/) {
      complain("'" name "' is not listed in RECORD")
    }
  }
  exit failed
}
