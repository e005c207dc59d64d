{
  lib,
  runCommand,
}:
/**
  A kernel out of any package that has a kernelspec: one of nixpkgs' or one that a build of your own has made.

  The kernelspec is taken as it is, so its program must be an absolute path; a check at build time sees to it. An
  interpreter that has ipykernel (`python3.withPackages (ps: [ ps.ipykernel ])`) needs no kernelspec: see `languages.python`.

  # Example

  ```nix
  mkKernelFrom { name = "bash"; package = python3Packages.bash-kernel; kernelspec = "share/jupyter/kernels/bash"; }
  ```

  # Arguments

  - `name`: kernel name, `[a-z0-9][a-z0-9._-]*`
  - `package`: a package
  - `kernelspec`: the directory of `kernel.json` in it; without it, the package's only one below `share/jupyter/kernels`,
    or the package itself

  Source: jupyter_client, "Kernel specs".
*/
{
  name,
  package,
  kernelspec ? "",
}:
assert lib.assertMsg (builtins.match "[a-z0-9][a-z0-9._-]*" name != null)
  "mkKernelFrom: \"${name}\" is no kernel name: use lower-case letters, digits, '.', '_' and '-', a letter or digit first";
runCommand "kernel-${name}"
  {
    inherit kernelspec package;
    kernel = name;
    passthru = {
      environment = package;
      kernelName = name;
      displayName = name;
      language = package.language or "";
    };
  }
  ''
    fail() {
      echo "error: kernel $kernel: $1" >&2
      echo "  try: $2" >&2
      exit 1
    }
    if [ -n "$kernelspec" ]; then
      set -- "$package/$kernelspec/kernel.json"
    elif [ -e "$package/kernel.json" ]; then
      set -- "$package/kernel.json"
    else
      set -- "$package"/share/jupyter/kernels/*/kernel.json
    fi
    [ -e "$1" ] || fail "$1 is not in the package" "kernelspec = \"…\", the directory of kernel.json in it"
    [ $# = 1 ] || fail "the package has several kernelspecs: $*" "kernelspec = \"…\", the directory of one of them"
    tr -d '\n' < "$1" | grep -q '"argv"[[:space:]]*:[[:space:]]*\[[[:space:]]*"/' ||
      fail "the program in $1 is no absolute path" "mkKernel with the full path, as in argv = [ \"/nix/store/…/bin/…\" ]"
    mkdir -p "$out"
    cp -RL "''${1%/kernel.json}"/. "$out"
    chmod -R u+w "$out"
  ''
