/**
  The suite's Python. Its RPATH, which serves every extension module, holds what wheels expect of
  a system: libstdc++, libgcc_s, zlib. `withLibraries` is the same Python with more libraries on
  it.

  # Example

  ```nix
  (python313.withLibraries [ debs.libgl1 ]).pythonVersion
  => "3.13"
  ```
*/
{
  fixups,
  getDeb,
  lib,
  pythonVersion,
  runCommand,
  triplet,
}:
let
  package = getDeb "python${pythonVersion}";

  systemLibraries = map getDeb fixups.packages."python${pythonVersion}".programLibraries;

  directories = lib.concatMap (library: [
    "${library}/lib/${triplet}"
    "${library}/lib"
  ]);

  passthru = {
    inherit pythonVersion withLibraries;
    libraryDirs = directories systemLibraries;
    meta.mainProgram = "python${pythonVersion}";
  };

  withLibraries =
    libraries:
    let
      closure = lib.unique (lib.concatMap (library: library.debClosure or [ library ]) libraries);
    in
    if closure == [ ] then
      python
    else
      runCommand "${package.name}-with-libraries"
        {
          inherit pythonVersion triplet;
          python = package;
          libraries = map (library: library.outPath) closure;
          functions = ./functions.sh;
          passthru = passthru // {
            inherit (package) pname version;
            libraryDirs = lib.unique (passthru.libraryDirs ++ directories closure);
            debClosure = lib.unique (package.debClosure ++ closure);
          };
        }
        ''
          . ${./python-with-libraries.sh}
        '';

  python = package // passthru;
in
python
