# Read `tar -tv`; refuse what must not be in a package; print the symbolic links for a prefix without usr/.

function refuse(path, why) {
  printf "%s: %s %s: refused\n", archive, path, why > "/dev/stderr"
  failed = 1
  exit 1
}

# A path without "." and ".." parts; ".." at the root stays there, as in a file system.
function normal(path, parts, count, depth, i, stack, result) {
  count = split(path, parts, "/")
  depth = escapes = 0
  for (i = 1; i <= count; i++) {
    if (parts[i] == "" || parts[i] == ".") continue
    if (parts[i] == "..") {
      if (depth) depth--
      else escapes = 1
      continue
    }
    stack[++depth] = parts[i]
  }
  result = ""
  for (i = 1; i <= depth; i++) result = result (i > 1 ? "/" : "") stack[i]
  return result
}

function in_prefix(path) {
  sub(/^usr\//, "", path)
  return path
}

{
  type = substr($0, 1, 1)
  path = $0
  sub(/^[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ /, "", path)
  if (type !~ /[-dl]/) refuse(path, "is a device, a pipe or a socket")

  target = ""
  at = index(path, " -> ")
  if (at && type != "d") {
    target = substr(path, at + 4)
    path = substr(path, 1, at - 1)
  }
  if (path ~ /^\// || path ~ /(^|\/)\.\.(\/|$)/) refuse(path, "leaves the package's tree")
  if (type == "-" && (target ~ /^\// || target ~ /(^|\/)\.\.(\/|$)/)) {
    refuse(path, "is a hard link that leaves the package's tree")
  }

  path = normal(path)
  order[++total] = path
  if (type == "l") link[path] = target
}

END {
  if (failed) exit 1
  for (i = 1; i <= total; i++) {
    path = order[i]
    while (match(path, /\/[^\/]*$/)) {
      path = substr(path, 1, RSTART - 1)
      if (path in link) refuse(order[i], "is written through the link " path)
    }
  }
  for (i = 1; i <= total; i++) {
    path = order[i]
    if (!(path in link) || path ~ /^(bin|sbin|lib|lib32|lib64)$/) continue
    parent = path
    if (!sub(/\/[^\/]*$/, "", parent)) parent = ""
    target = link[path]
    absolute = target ~ /^\// ? normal(target) : normal(parent "/" target)
    # A relative link that means the same without usr/ can stay as it is.
    kept = target !~ /^\// && normal(in_prefix(parent "/") "/" target) == in_prefix(absolute) && !escapes
    printf "%s\t%s\t%s\n", in_prefix(path), in_prefix(absolute), kept ? "kept" : "rewritten"
  }
}
