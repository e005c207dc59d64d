/**
  What building native code with some packages takes: the one tree that has them, and the libraries that its results may load.

  # Example

  ```nix
  (buildTools { names = [ "g++" "libyaml-dev" ]; python = python313; }).attributes.toolchain
  => «derivation …-toolchain-trixie»
  ```

  # Type

  ```
  buildTools :: { names :: [ String ]; python :: Derivation; }
    -> { attributes :: AttrSet; libraries :: [ Derivation ]; libraryDirs :: [ String ]; python :: Derivation; setUp :: String; }
  ```
*/
{
  buildRoots,
  busybox,
  getDeb,
  lib,
  runCommand,
  toolchain,
  triplet,
}:
{ names, python }:
let
  tree = toolchain names;
  isDevelopment = name: builtins.match ".*-dev(-.*)?" name != null;

  # Libraries come with the packages of their headers, and those of the compilers themselves with these.
  runtimes = [
    "libatomic1"
    "libgcc-s1"
    "libgfortran5"
    "libgomp1"
    "libquadmath0"
    "libstdc++6"
  ];
  isLibrary = name: !isDevelopment name && builtins.match "lib.*|zlib1g|unixodbc" name != null;
  libraries = map getDeb (
    lib.unique (
      lib.filter isLibrary (
        tree.closureOf (lib.filter isDevelopment (lib.subtractLists buildRoots names))
      )
      ++ lib.filter (name: lib.elem name runtimes) (tree.closureOf names)
    )
  );
in
{
  # The same interpreter, whose headers are where it says that they are.
  python =
    runCommand "${python.name}-with-headers"
      {
        inherit python;
        headers = "${tree}/include";
        inherit (python) pythonVersion;
        passthru = { inherit (python) pythonVersion libraryDirs withLibraries; };
      }
      ''
        mkdir -p "$out/bin"
        for entry in "$python"/* "$python/bin/python$pythonVersion"; do
          case ''${entry##*/} in
            bin | include) ;;
            "python$pythonVersion") ln -s "$entry" "$out/bin/" ;;
            *) ln -s "$entry" "$out/" ;;
          esac
        done
        ln -s "$headers" "$out/include"
      '';

  attributes = {
    toolchain = tree;
    inherit triplet;
    programs = "${busybox}/bin";
    enter = ./toolchain/enter.sh;
    disallowedReferences = [ tree ];
  };
  libraryDirs = lib.unique (
    lib.subtractLists python.libraryDirs (lib.concatMap (library: library.libraryDirs) libraries)
  );
  setUp = lib.readFile ./toolchain/set-up.sh;
  # What is built has the places of libraries in it.
  libraries = [ ];
}
